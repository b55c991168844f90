package io.varve.query.promql;

import io.varve.query.promql.ast.Aggregator;
import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.ast.ValueType;
import io.varve.query.promql.ast.VectorMatching;
import io.varve.query.promql.ast.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Expressions, by precedence climbing. Whether types fit is looked at later, by {@link
 * TypeChecker}, so that errors of syntax come first.
 */
final class ExpressionParser {
  private final TokenStream in;
  private final ParserOptions options;
  private final LiteralParser literals;
  private final SelectorParser selectors;
  private final ModifierParser modifiers;
  private final IdentityHashMap<Expr.BinaryExpr, VectorMatching> writtenMatching =
      new IdentityHashMap<>();

  ExpressionParser(TokenStream in, ParserOptions options) {
    this.in = in;
    this.options = options;
    this.literals = new LiteralParser(in);
    this.selectors = new SelectorParser(in);
    this.modifiers = new ModifierParser(in, literals, options);
  }

  /** Matching as it was written, also where the tree has none because an operand is no vector. */
  IdentityHashMap<Expr.BinaryExpr, VectorMatching> writtenMatching() {
    return writtenMatching;
  }

  Expr expression() {
    return binary(BinaryOperator.OR.precedence());
  }

  private Expr binary(int minPrecedence) {
    in.enter();
    Expr lhs = unary();
    while (true) {
      BinaryOperator operator = in.peek().kind().binaryOperator();
      if (operator == null || operator.precedence() < minPrecedence) {
        in.leave();
        return lhs;
      }
      in.next();
      boolean returnBool = in.accept(TokenKind.BOOL) != null;
      VectorMatching written = matching();
      Expr rhs = binary(operator.precedence() + (operator.isRightAssociative() ? 0 : 1));
      lhs = binaryExpr(operator, lhs, rhs, written, returnBool);
    }
  }

  private Expr binaryExpr(
      BinaryOperator operator, Expr lhs, Expr rhs, VectorMatching written, boolean returnBool) {
    boolean vectors = lhs.type() == ValueType.VECTOR && rhs.type() == ValueType.VECTOR;
    VectorMatching matching = written;
    if (operator.isSet() && written.card() == Cardinality.ONE_TO_ONE) {
      matching = written.with(Cardinality.MANY_TO_MANY);
    }
    Expr.BinaryExpr expr =
        new Expr.BinaryExpr(operator, lhs, rhs, vectors ? matching : null, returnBool);
    if (written.fills() && !options.experimentalFunctions()) {
      throw in.error(expr.position(), "binop fill modifiers are experimental and not enabled");
    }
    writtenMatching.put(expr, matching);
    return in.grown(expr, lhs, rhs);
  }

  private VectorMatching matching() {
    boolean on = in.peekIs(TokenKind.ON);
    if (!on && !in.peekIs(TokenKind.IGNORING)) {
      return filled(Cardinality.ONE_TO_ONE, List.of(), false, List.of());
    }
    in.next();
    List<String> labels = selectors.labels();
    Cardinality card =
        switch (in.peek().kind()) {
          case GROUP_LEFT -> Cardinality.MANY_TO_ONE;
          case GROUP_RIGHT -> Cardinality.ONE_TO_MANY;
          default -> Cardinality.ONE_TO_ONE;
        };
    List<String> include = List.of();
    if (card != Cardinality.ONE_TO_ONE) {
      in.next();
      if (in.peekIs(TokenKind.LEFT_PAREN)) {
        include = selectors.labels();
      }
    }
    return filled(card, labels, on, include);
  }

  /** The matching with {@code fill}, or one or both of {@code fill_left} and {@code fill_right}. */
  private VectorMatching filled(
      Cardinality card, List<String> labels, boolean on, List<String> include) {
    Double both = fill(TokenKind.FILL);
    Double left = both;
    Double right = both;
    if (both == null) {
      right = fill(TokenKind.FILL_RIGHT);
      left = fill(TokenKind.FILL_LEFT);
      if (right == null) {
        right = fill(TokenKind.FILL_RIGHT);
      }
    }
    return new VectorMatching(card, labels, on, include, left, right);
  }

  /** The number behind a modifier. Without a parenthesis the word is the name of a metric. */
  private @Nullable Double fill(TokenKind modifier) {
    if (!in.peekIs(modifier) || !in.peekSecond().is(TokenKind.LEFT_PAREN)) {
      return null;
    }
    in.next();
    in.next();
    Token sign = in.peek().kind().isUnary() ? in.next() : null;
    if (!LiteralParser.startsNumber(in.peek())) {
      throw in.unexpected();
    }
    double value = literals.number().value();
    in.expect(TokenKind.RIGHT_PAREN);
    return sign != null && sign.is(TokenKind.SUB) ? -value : value;
  }

  private Expr unary() {
    if (!in.peek().kind().isUnary()) {
      return modifiers.modified(operand());
    }
    Token sign = in.next();
    Expr inner = binary(BinaryOperator.POW.precedence());
    boolean negated = sign.is(TokenKind.SUB);
    PositionRange position = sign.position().to(inner.position());
    if (inner instanceof Expr.NumberLiteral number) {
      double value = negated ? -number.value() : number.value();
      return new Expr.NumberLiteral(value, number.duration(), position);
    }
    return in.grown(new Expr.UnaryExpr(negated, inner, position), inner);
  }

  private Expr operand() {
    Token token = in.peek();
    return switch (token.kind()) {
      case NUMBER, DURATION -> literals.number();
      case STRING -> literals.string();
      case LEFT_PAREN -> paren();
      case LEFT_BRACE -> selectors.selector();
      default -> named(token);
    };
  }

  private Expr named(Token token) {
    if (token.kind().isAggregator() || token.kind().canNameFunction()) {
      return aggregationCallOrSelector(in.next());
    }
    if (token.kind().canNameMetric()) {
      return selectors.selector();
    }
    throw in.unexpected();
  }

  private Expr paren() {
    PositionRange start = in.next().position();
    Expr inner = expression();
    PositionRange position = start.to(in.expect(TokenKind.RIGHT_PAREN).position());
    return in.grown(new Expr.ParenExpr(inner, position), inner);
  }

  private Expr aggregationCallOrSelector(Token name) {
    TokenKind following = in.peek().kind();
    if (name.kind().isAggregator()) {
      return switch (following) {
        // Any word here is taken for a misplaced argument, as Prometheus does.
        case LEFT_PAREN, BY, WITHOUT, IDENTIFIER, METRIC_IDENTIFIER, STRING, NUMBER, DURATION ->
            aggregation(name);
        default -> selectors.selector(name);
      };
    }
    return following == TokenKind.LEFT_PAREN ? call(name) : selectors.selector(name);
  }

  private Expr call(Token name) {
    Arguments arguments = arguments();
    PromFunction function = PromFunction.find(name.text());
    if (function == null) {
      throw in.error(name.position(), "unknown function with name " + Quoting.quote(name.text()));
    }
    if (function.isExperimental() && !options.experimentalFunctions()) {
      throw in.error(name.position(), "function " + Quoting.quote(name.text()) + " is not enabled");
    }
    return in.grown(
        new Expr.Call(function, arguments.list, name.position().to(arguments.position)),
        arguments.list.toArray(Expr[]::new));
  }

  private Expr aggregation(Token name) {
    in.enterAggregation();
    Token keyword = groupingKeyword();
    List<String> grouping = keyword == null ? List.of() : selectors.labels();
    Arguments arguments = arguments();
    in.leaveAggregation();
    PositionRange position = name.position().to(arguments.position);
    if (keyword == null) {
      keyword = groupingKeyword();
      if (keyword != null) {
        grouping = selectors.labels();
      }
    }
    boolean without = keyword != null && keyword.is(TokenKind.WITHOUT);
    return aggregateExpr(name.kind().aggregator(), arguments.list, grouping, without, position);
  }

  private @Nullable Token groupingKeyword() {
    Token by = in.accept(TokenKind.BY);
    return by != null ? by : in.accept(TokenKind.WITHOUT);
  }

  private Expr aggregateExpr(
      Aggregator operator,
      List<Expr> arguments,
      List<String> grouping,
      boolean without,
      PositionRange position) {
    if (arguments.isEmpty()) {
      throw in.error(position, "no arguments for aggregate expression provided");
    }
    if (operator.isExperimental() && !options.experimentalFunctions()) {
      throw in.error(
          position,
          operator.text()
              + "() is experimental and must be enabled with"
              + " --enable-feature=promql-experimental-functions");
    }
    int expected = operator.paramType() == null ? 1 : 2;
    if (arguments.size() != expected) {
      throw in.error(
          position,
          "wrong number of arguments for aggregate expression provided, expected "
              + expected
              + ", got "
              + arguments.size());
    }
    Expr param = expected == 1 ? null : arguments.get(0);
    Expr expr = arguments.get(expected - 1);
    return in.grown(
        new Expr.AggregateExpr(operator, expr, param, grouping, without, position),
        arguments.toArray(Expr[]::new));
  }

  private record Arguments(List<Expr> list, PositionRange position) {}

  /** {@code (a, b)}, perhaps empty. */
  private Arguments arguments() {
    PositionRange start = in.expect(TokenKind.LEFT_PAREN).position();
    List<Expr> list = new ArrayList<>();
    if (!in.peekIs(TokenKind.RIGHT_PAREN)) {
      list.add(expression());
      while (in.peekIs(TokenKind.COMMA)) {
        Token comma = in.next();
        if (!in.peek().kind().startsExpression()) {
          throw in.error(comma.position(), "trailing commas not allowed in function call args");
        }
        list.add(expression());
      }
    }
    return new Arguments(list, start.to(in.expect(TokenKind.RIGHT_PAREN).position()));
  }
}
