package io.varve.query.plan;

import com.google.re2j.Pattern;
import io.varve.query.influxql.Reducer;
import io.varve.query.influxql.TimeLiterals;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TimeRange;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What GROUP BY says.
 *
 * @param widthNanos of the windows; 0 without time()
 * @param offsetNanos of the windows
 * @param tags the tags, in output order
 */
record Dimensions(long widthNanos, long offsetNanos, SortedSet<String> tags) {
  boolean hasWindows() {
    return widthNanos > 0;
  }

  /** With other windows. */
  Dimensions withWindows(long width, long offset) {
    return new Dimensions(width, offset, tags);
  }

  /** A range with so many windows more at the end where rows begin. */
  TimeRange before(TimeRange range, long windowCount, boolean descending) {
    if (windowCount == 0 || !hasWindows() || range.isEmpty()) {
      return range;
    }
    long length = Math.multiplyHigh(widthNanos, windowCount) == 0 ? widthNanos * windowCount : -1;
    if (length < 0) {
      length = Long.MAX_VALUE;
    }
    if (descending) {
      long end = range.endNanos() + length;
      return new TimeRange(range.startNanos(), end < range.endNanos() ? Long.MAX_VALUE : end);
    }
    long start = range.startNanos() - length;
    return new TimeRange(start > range.startNanos() ? Long.MIN_VALUE : start, range.endNanos());
  }

  /** Grouped by further tags. */
  Dimensions and(Set<String> further) {
    SortedSet<String> all = new TreeSet<>(tags);
    all.addAll(further);
    return new Dimensions(widthNanos, offsetNanos, all);
  }

  /** Reads dimensions that {@link io.varve.query.influxql.SelectValidator} has let pass. */
  static Dimensions of(List<Dimension> dimensions, Schema schema, long nowNanos, ZoneId zone) {
    SortedSet<String> tags = new TreeSet<>(SeriesKey::compareUtf8);
    long width = 0;
    long offset = 0;
    for (Dimension dimension : dimensions) {
      Expression expression = Reducer.reduce(dimension.expression());
      if (expression instanceof Expression.VarRef ref) {
        tags.add(ref.name());
      } else if (expression instanceof Expression.Wildcard) {
        tags.addAll(schema.tags());
      } else if (expression instanceof Expression.Regex regex) {
        Pattern pattern = Pattern.compile(regex.pattern());
        for (String tag : schema.tags()) {
          if (pattern.matcher(tag).find()) {
            tags.add(tag);
          }
        }
      } else if (expression instanceof Expression.Call time
          && time.arguments().get(0) instanceof Expression.DurationLiteral literal) {
        width = literal.nanos();
        offset = offset(time, width, nowNanos, zone);
      } else {
        throw new IllegalStateException("unchecked dimension " + expression);
      }
    }
    return new Dimensions(width, offset, tags);
  }

  private static long offset(Expression.Call call, long width, long nowNanos, ZoneId zone) {
    if (call.arguments().size() == 1 || width == 0) {
      return 0;
    }
    Expression offset = call.arguments().get(1);
    if (offset instanceof Expression.DurationLiteral literal) {
      return literal.nanos() % width;
    }
    return offset instanceof Expression.StringLiteral literal
        ? Math.floorMod(TimeLiterals.parse(literal.value(), zone), width)
        : Math.floorMod(nowNanos, width);
  }
}
