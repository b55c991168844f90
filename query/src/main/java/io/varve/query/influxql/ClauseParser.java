package io.varve.query.influxql;

import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.KeyFilter;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.SortField;
import io.varve.query.influxql.ast.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The clauses that several statements share. Each method reads its clause if it is there. */
final class ClauseParser {
  private static final String ONLY_TIME = "only ORDER BY time supported at this time";

  private final TokenStream in;
  private final ExpressionParser expressions;

  ClauseParser(TokenStream in, ExpressionParser expressions) {
    this.in = in;
    this.expressions = expressions;
  }

  /** ON database, or null. */
  @Nullable String onDatabase() {
    return in.accept(TokenKind.ON) ? in.expectIdent() : null;
  }

  /** FROM measurement, ... or an empty list. */
  List<Source> from() {
    return in.accept(TokenKind.FROM) ? in.commaSeparated(this::measurement) : List.of();
  }

  /** A measurement: a regular expression, or a path that may end in one. */
  Source.Measurement measurement() {
    Expression.Regex regex = in.acceptRegex();
    if (regex != null) {
      return new Source.Measurement(null, null, null, regex);
    }
    List<String> path = expressions.parseSegments();
    if (path.size() < 3 && in.isBehindDot() && in.peekCharacter() == '/') {
      regex = in.expectRegex();
      return path.size() == 1
          ? new Source.Measurement(null, orNull(path.get(0)), null, regex)
          : new Source.Measurement(orNull(path.get(0)), orNull(path.get(1)), null, regex);
    }
    if (path.size() < 3) {
      refuseRegexBehindSpace();
    }
    return switch (path.size()) {
      case 1 -> new Source.Measurement(null, null, path.get(0), null);
      case 2 -> new Source.Measurement(null, orNull(path.get(0)), path.get(1), null);
      default ->
          new Source.Measurement(orNull(path.get(0)), orNull(path.get(1)), path.get(2), null);
    };
  }

  /** InfluxDB looks for a regular expression there and stumbles over the space. */
  private void refuseRegexBehindSpace() {
    Token space = in.nextRaw();
    if (space.is(TokenKind.WHITESPACE)) {
      Token next = in.peek();
      if (next.is(TokenKind.DIV) && next.start() == space.end()) {
        throw in.unexpected(space, "regex");
      }
    }
    in.back(space);
  }

  static @Nullable String orNull(String name) {
    return name.isEmpty() ? null : name;
  }

  /** WHERE condition, or null. */
  @Nullable Expression where() {
    return in.accept(TokenKind.WHERE) ? expressions.parse() : null;
  }

  /** GROUP BY dimension, ... or an empty list. */
  List<Dimension> groupBy() {
    if (!in.accept(TokenKind.GROUP)) {
      return List.of();
    }
    in.expect(TokenKind.BY);
    return in.commaSeparated(() -> new Dimension(expressions.parseWithRegex()));
  }

  /** ORDER BY [time] [ASC | DESC], or null. */
  @Nullable SortField orderBy() {
    if (!in.accept(TokenKind.ORDER)) {
      return null;
    }
    in.expect(TokenKind.BY);
    Token token = in.next();
    SortField field;
    switch (token.kind()) {
      case ASC, DESC -> field = new SortField(null, token.is(TokenKind.ASC));
      case IDENT -> {
        boolean descending = in.accept(TokenKind.DESC);
        if (!descending) {
          in.accept(TokenKind.ASC);
        }
        field = new SortField(token.text(), !descending);
        if (!token.text().equals("time")) {
          throw new ParseException(ONLY_TIME);
        }
      }
      default -> throw in.unexpected(token, "identifier", "ASC", "DESC");
    }
    if (in.accept(TokenKind.COMMA)) {
      in.expectIdent();
      throw new ParseException(ONLY_TIME);
    }
    return field;
  }

  /** LIMIT and OFFSET. */
  Limits limits() {
    return new Limits(count(TokenKind.LIMIT), count(TokenKind.OFFSET), 0, 0);
  }

  /** LIMIT, OFFSET, SLIMIT and SOFFSET. */
  Limits limitsWithSeries() {
    return new Limits(
        count(TokenKind.LIMIT),
        count(TokenKind.OFFSET),
        count(TokenKind.SLIMIT),
        count(TokenKind.SOFFSET));
  }

  private long count(TokenKind clause) {
    return in.accept(clause) ? in.expectCount(clause) : 0;
  }

  /** What must follow WITH KEY. */
  KeyFilter keyFilter() {
    Token token = in.next();
    switch (token.kind()) {
      case IN -> {
        in.expect(TokenKind.LPAREN);
        List<String> keys = in.commaSeparated(in::expectIdent);
        in.expect(TokenKind.RPAREN);
        return new KeyFilter.In(keys);
      }
      case EQ, NEQ -> {
        return new KeyFilter.Equal(in.expectIdent(), token.is(TokenKind.NEQ));
      }
      case EQ_REGEX, NEQ_REGEX -> {
        return new KeyFilter.Match(in.expectRegex(), token.is(TokenKind.NEQ_REGEX));
      }
      default -> throw in.unexpected(token, "IN", "=", "=~");
    }
  }
}
