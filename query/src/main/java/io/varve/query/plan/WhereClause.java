package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Operator;
import io.varve.storage.model.TimeRange;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A WHERE clause cut in two: which times, and what else.
 *
 * <p>All comparisons of {@code time} are intersected, wherever they stand, even under OR; that is
 * InfluxQL.
 *
 * @param range the times
 * @param hasLowerBound whether a start was given
 * @param hasUpperBound whether an end was given
 * @param rest the condition without times; null if nothing is left
 */
public record WhereClause(
    TimeRange range, boolean hasLowerBound, boolean hasUpperBound, @Nullable Expression rest) {

  /** Takes a clause apart; {@code zone} is that of times that name none. */
  public static WhereClause of(@Nullable Expression condition, long nowNanos, ZoneId zone) {
    Splitter splitter = new Splitter(nowNanos, zone);
    Expression rest = condition == null ? null : splitter.split(condition);
    // Both bounds are inclusive so far; an end of Long.MAX_VALUE is "without end" and includes it.
    long end = splitter.max == Long.MAX_VALUE ? Long.MAX_VALUE : splitter.max + 1;
    return new WhereClause(
        new TimeRange(splitter.min, splitter.min > splitter.max ? splitter.min : end),
        splitter.min != Long.MIN_VALUE,
        splitter.max != Long.MAX_VALUE,
        rest);
  }

  /** This clause of a subquery, cut to the times of the statement around it. */
  WhereClause within(TimeRange outer, boolean outerLowerBound, boolean outerUpperBound) {
    long start = Math.max(range.startNanos(), outer.startNanos());
    long end = Math.min(range.endNanos(), outer.endNanos());
    return new WhereClause(
        new TimeRange(start, Math.max(start, end)),
        hasLowerBound || outerLowerBound,
        hasUpperBound || outerUpperBound,
        rest);
  }

  /** Whether the clause says anything about time. */
  public boolean hasTime() {
    return hasLowerBound || hasUpperBound;
  }

  static boolean isTime(Expression expression) {
    return expression instanceof Expression.VarRef ref
        && ref.name().toLowerCase(Locale.ROOT).equals("time");
  }

  private static final class Splitter {
    private final long nowNanos;
    private final ZoneId zone;
    private long min = Long.MIN_VALUE;
    private long max = Long.MAX_VALUE;

    Splitter(long nowNanos, ZoneId zone) {
      this.nowNanos = nowNanos;
      this.zone = zone;
    }

    @Nullable Expression split(Expression expression) {
      if (expression instanceof Expression.Paren paren) {
        Expression inner = split(paren.inner());
        return inner == null ? null : new Expression.Paren(inner);
      }
      if (!(expression instanceof Expression.Binary binary)) {
        return expression;
      }
      if (binary.operator().isLogical()) {
        Expression left = split(binary.left());
        Expression right = split(binary.right());
        if (left == null || right == null) {
          return left == null ? right : left;
        }
        return new Expression.Binary(binary.operator(), left, right);
      }
      Expression left = Expressions.unwrap(binary.left());
      Expression right = Expressions.unwrap(binary.right());
      if (binary.operator().isComparison() && isTime(left)) {
        restrict(binary.operator(), right);
        return null;
      }
      if (binary.operator().isComparison() && isTime(right)) {
        restrict(mirrored(binary.operator()), left);
        return null;
      }
      return expression;
    }

    private static Operator mirrored(Operator operator) {
      return switch (operator) {
        case LT -> Operator.GT;
        case LTE -> Operator.GTE;
        case GT -> Operator.LT;
        case GTE -> Operator.LTE;
        default -> operator;
      };
    }

    private void restrict(Operator operator, Expression operand) {
      long time = new TimeExpression(nowNanos, zone).evaluate(operand);
      switch (operator) {
        case EQ -> {
          min = Math.max(min, time);
          max = Math.min(max, time);
        }
        case GT -> min = Math.max(min, time == Long.MAX_VALUE ? time : time + 1);
        case GTE -> min = Math.max(min, time);
        case LT -> max = Math.min(max, time == Long.MIN_VALUE ? time : time - 1);
        case LTE -> max = Math.min(max, time);
        default -> throw new QueryException("invalid time comparison operator: " + operator.text());
      }
    }
  }
}
