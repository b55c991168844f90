package io.varve.query.influxql;

import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Fill;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.Operator;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.influxql.ast.SortField;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Target;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SELECT, from behind the keyword on. */
final class SelectParser {
  /** What the place of a SELECT says about INTO. */
  enum Into {
    ALLOWED,
    REQUIRED,
    FORBIDDEN
  }

  private final TokenStream in;
  private final ExpressionParser expressions;
  private final ClauseParser clauses;
  private int subqueryDepth;

  SelectParser(TokenStream in, ExpressionParser expressions, ClauseParser clauses) {
    this.in = in;
    this.expressions = expressions;
    this.clauses = clauses;
  }

  Select parse(Into into) {
    List<SelectField> fields = in.commaSeparated(this::field);
    Target target = target(into);
    in.expect(TokenKind.FROM);
    List<Source> sources = in.commaSeparated(this::source);
    Expression condition = clauses.where();
    List<Dimension> dimensions = clauses.groupBy();
    Fill fill = fill();
    SortField order = clauses.orderBy();
    Limits limits = clauses.limitsWithSeries();
    ZoneId timeZone = timeZone();
    return new Select(
        fields, target, sources, condition, dimensions, fill, order, limits, timeZone);
  }

  private SelectField field() {
    Expression expression = in.acceptRegex();
    if (expression == null) {
      Token start = in.peek();
      expression = expressions.parse();
      refuseConditions(expression, start);
    }
    return new SelectField(expression, in.accept(TokenKind.AS) ? in.expectIdent() : null);
  }

  private void refuseConditions(Expression expression, Token start) {
    List<Operator> found = new ArrayList<>();
    Expressions.anyMatch(
        expression,
        e ->
            e instanceof Expression.Binary binary
                && !binary.operator().isArithmetic()
                && found.add(binary.operator()));
    if (!found.isEmpty()) {
      throw in.errorAt(
          start,
          "invalid operator " + found.get(0).text() + " in SELECT clause",
          "; operator is intended for WHERE clause");
    }
  }

  private @Nullable Target target(Into into) {
    Token token = in.next();
    if (!token.is(TokenKind.INTO)) {
      if (into == Into.REQUIRED) {
        throw in.unexpected(token, "INTO");
      }
      in.back(token);
      return null;
    }
    if (into == Into.FORBIDDEN) {
      throw in.unexpected(token, "FROM");
    }
    List<String> path = new ArrayList<>(expressions.parseSegments());
    if (path.size() < 3 && in.isBehindDot() && in.peekCharacter() == ':') {
      in.expect(TokenKind.COLON, TokenKind.MEASUREMENT);
      path.add("");
    }
    int last = path.size() - 1;
    return new Target(
        last == 2 ? ClauseParser.orNull(path.get(0)) : null,
        last >= 1 ? ClauseParser.orNull(path.get(last - 1)) : null,
        ClauseParser.orNull(path.get(last)));
  }

  private Source source() {
    if (!in.accept(TokenKind.LPAREN)) {
      Token end = in.peek();
      if (end.is(TokenKind.EOF)) {
        // InfluxDB has looked for a parenthesis there, and reads the end once more.
        throw in.unexpected(
            new Token(end.kind(), "", end.start(), end.end(), end.end() + 1), "identifier");
      }
      return clauses.measurement();
    }
    in.expect(TokenKind.SELECT);
    if (++subqueryDepth > Parser.MAX_SUBQUERY_DEPTH) {
      throw in.error(
          in.peek(), "subqueries are nested more than " + Parser.MAX_SUBQUERY_DEPTH + " deep");
    }
    Select select = parse(Into.FORBIDDEN);
    subqueryDepth--;
    in.expect(TokenKind.RPAREN);
    return new Source.Subquery(select);
  }

  private Fill fill() {
    if (!nextIsWord("fill")) {
      return Fill.NULL;
    }
    if (!(expressions.parse() instanceof Expression.Call call)) {
      throw new ParseException("fill must be a function call");
    }
    if (call.arguments().size() != 1) {
      throw new ParseException("fill requires an argument, e.g.: 0, null, none, previous, linear");
    }
    Expression option = call.arguments().get(0);
    if (option instanceof Expression.IntegerLiteral || option instanceof Expression.NumberLiteral) {
      return new Fill(Fill.Kind.NUMBER, option);
    }
    String word =
        option instanceof Expression.VarRef name && name.cast() == null ? name.name() : "";
    return switch (word) {
      case "null" -> Fill.NULL;
      case "none" -> Fill.NONE;
      case "previous" -> Fill.PREVIOUS;
      case "linear" -> Fill.LINEAR;
      default -> throw new ParseException("expected number argument in fill()");
    };
  }

  private @Nullable ZoneId timeZone() {
    if (!nextIsWord("tz")) {
      return null;
    }
    if (!(expressions.parse() instanceof Expression.Call call)) {
      throw new ParseException("tz must be a function call");
    }
    if (call.arguments().size() != 1) {
      throw new ParseException("tz requires exactly one argument");
    }
    if (!(call.arguments().get(0) instanceof Expression.StringLiteral zone)) {
      throw new ParseException("expected string argument in tz()");
    }
    String name = zone.value().isEmpty() ? "UTC" : zone.value();
    if (!ZoneId.getAvailableZoneIds().contains(name)) {
      throw new ParseException("unable to find time zone " + name);
    }
    return ZoneId.of(name);
  }

  private boolean nextIsWord(String word) {
    Token token = in.peek();
    return token.is(TokenKind.IDENT) && token.text().equalsIgnoreCase(word);
  }
}
