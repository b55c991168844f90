package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.influxql.TimeLiterals;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import java.time.ZoneId;

/**
 * Evaluates what {@code time} is compared with: strings, nanoseconds, durations since the epoch,
 * {@code now()}, and sums and differences of these.
 */
final class TimeExpression {
  private final long nowNanos;
  private final ZoneId zone;

  TimeExpression(long nowNanos, ZoneId zone) {
    this.nowNanos = nowNanos;
    this.zone = zone;
  }

  /** Nanoseconds since the epoch. */
  long evaluate(Expression expression) {
    if (expression instanceof Expression.Paren paren) {
      return evaluate(paren.inner());
    }
    if (expression instanceof Expression.IntegerLiteral literal) {
      return literal.value();
    }
    if (expression instanceof Expression.NumberLiteral literal) {
      return (long) literal.value();
    }
    if (expression instanceof Expression.DurationLiteral literal) {
      return literal.nanos();
    }
    if (expression instanceof Expression.StringLiteral literal
        && TimeLiterals.looksLikeTime(literal.value())) {
      return TimeLiterals.parse(literal.value(), zone);
    }
    if (expression instanceof Expression.Call call) {
      if (call.name().equals("now") && call.arguments().isEmpty()) {
        return nowNanos;
      }
      throw new QueryException("invalid function in time condition: " + call.name() + "()");
    }
    if (expression instanceof Expression.Binary binary) {
      return combine(binary);
    }
    throw new QueryException(
        "invalid operation: time and " + kindOf(expression) + " are not compatible");
  }

  private long combine(Expression.Binary binary) {
    long left = evaluate(binary.left());
    long right = evaluate(binary.right());
    try {
      if (binary.operator() == Operator.ADD) {
        return Math.addExact(left, right);
      }
      if (binary.operator() == Operator.SUB) {
        return Math.subtractExact(left, right);
      }
      if (binary.operator() == Operator.MUL) {
        return Math.multiplyExact(left, right);
      }
    } catch (ArithmeticException e) {
      throw new QueryException("time in the condition is out of range");
    }
    throw new QueryException("invalid operator in time condition: " + binary.operator().text());
  }

  /** The name that InfluxDB gives to the kind of an expression. */
  private static String kindOf(Expression expression) {
    String name = expression.getClass().getSimpleName();
    return "*influxql." + (expression instanceof Expression.Regex ? "RegexLiteral" : name);
  }
}
