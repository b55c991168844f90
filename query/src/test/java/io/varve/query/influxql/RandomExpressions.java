package io.varve.query.influxql;

import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random expressions of the shapes that the parser makes. */
final class RandomExpressions {
  private static final List<String> NAMES =
      List.of(
          "a", "value", "time", "fill", "tz", "select", "FROM", "x y", "a.b", "é", "q\"q", "b\\c",
          "l\nf", "_1", "1a", "'", "$p", "/", "--", "end");
  private static final List<String> REGEXES =
      List.of("a", "^a/b$", "\\.", "[/]", "\\/", "a|b", "(?i)x", "", "\\\\a", "é+", "'\"");

  private final SplittableRandom random;

  RandomExpressions(SplittableRandom random) {
    this.random = random;
  }

  String name() {
    return pick(NAMES);
  }

  String text() {
    return random.nextInt(5) == 0 ? "" : name() + name();
  }

  Expression.Regex regex() {
    return new Expression.Regex(pick(REGEXES));
  }

  /** Without comparisons; may be a regular expression. */
  Expression field(int depth) {
    return random.nextInt(8) == 0 ? regex() : expression(depth, Operator.ADD.precedence());
  }

  Expression condition(int depth) {
    return expression(depth, 1);
  }

  /** Binds at least as tightly as the precedence says. */
  private Expression expression(int depth, int lowest) {
    if (depth <= 0 || lowest > 5 || random.nextInt(3) == 0) {
      return operand(depth - 1, lowest >= 4);
    }
    Operator operator;
    do {
      operator = pick(List.of(Operator.values()));
    } while (operator.precedence() < lowest);
    Expression left = expression(depth - 1, Math.max(operator.precedence(), lowest));
    Expression right =
        operator.isRegex() ? regex() : expression(depth - 1, operator.precedence() + 1);
    return new Expression.Binary(operator, left, right);
  }

  private Expression operand(int depth, boolean arithmetic) {
    int lowest = arithmetic ? 4 : 1;
    return switch (random.nextInt(14)) {
      case 0, 1, 2 -> new Expression.VarRef(name(), null);
      case 3 -> new Expression.VarRef(name(), pick(List.of(Cast.values())));
      case 4 -> new Expression.IntegerLiteral(random.nextLong() >> random.nextInt(64));
      case 5 -> new Expression.UnsignedLiteral(random.nextLong() | Long.MIN_VALUE);
      case 6 -> new Expression.NumberLiteral(number());
      case 7 -> new Expression.StringLiteral(text());
      case 8 -> new Expression.BooleanLiteral(random.nextBoolean());
      case 9 ->
          new Expression.DurationLiteral(
              (random.nextLong(Long.MAX_VALUE) >> random.nextInt(63)) * sign());
      case 10 -> new Expression.Wildcard(pick(List.of(Expression.Wildcard.Kind.values())));
      case 11 -> new Expression.Distinct(name());
      case 12 -> new Expression.Paren(expression(depth, lowest));
      default -> call(depth, lowest);
    };
  }

  private Expression call(int depth, int lowest) {
    List<Expression> arguments = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      arguments.add(random.nextInt(5) == 0 ? regex() : expression(depth, lowest));
    }
    return new Expression.Call(pick(List.of("mean", "distinct", "odd name", "f")), arguments);
  }

  private double number() {
    double value;
    do {
      value = Double.longBitsToDouble(random.nextLong());
    } while (!Double.isFinite(value));
    return random.nextBoolean() ? value : random.nextInt(10_000) / 1000.0 * sign();
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private int sign() {
    return random.nextBoolean() ? 1 : -1;
  }
}
