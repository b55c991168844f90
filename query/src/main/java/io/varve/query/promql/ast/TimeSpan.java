package io.varve.query.promql.ast;

import org.jspecify.annotations.Nullable;

/**
 * The length of a range, step or offset.
 *
 * @param millis the length; offsets may be negative. Meaningless while {@code expr} waits to be
 *     computed: {@code DurationExpressions.resolve} gives the tree in which every one is known.
 * @param expr what is to be computed, or null if the text has the length itself. Kept when
 *     computed, so that the query's text can be given back.
 */
public record TimeSpan(long millis, @Nullable DurationExpr expr) {
  public static final TimeSpan ZERO = new TimeSpan(0, null);

  public static TimeSpan ofMillis(long millis) {
    return millis == 0 ? ZERO : new TimeSpan(millis, null);
  }

  public static TimeSpan of(DurationExpr expr) {
    return new TimeSpan(0, expr);
  }

  /** Whether nothing was written: no offset, or the default step. */
  public boolean isAbsent() {
    return millis == 0 && expr == null;
  }
}
