package io.varve.query.plan;

import com.google.re2j.Pattern;
import io.varve.query.influxql.SelectValidator;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.storage.model.TimeRange;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a subquery takes over from the statement around it.
 *
 * @param range the times that count at all
 * @param outermost the times that the outermost statement reads: their shards say which names there
 *     are
 * @param windows those of a subquery that has none of its own
 * @param zone in which {@code windows} are cut
 * @param tags names that all statements around group by; the subquery has to keep them apart
 * @param dimensions of the statement around, for its wildcards
 */
record OuterSelect(
    TimeRange range,
    TimeRange outermost,
    boolean hasLowerBound,
    boolean hasUpperBound,
    Dimensions windows,
    ZoneId zone,
    Set<String> tags,
    List<Dimension> dimensions,
    boolean ascending) {

  Dimensions windowsOf(Dimensions own) {
    return own.hasWindows() ? own : own.withWindows(windows.widthNanos(), windows.offsetNanos());
  }

  ZoneId zoneOf(Select inner, ZoneId own) {
    return SelectValidator.groupByInterval(inner) == 0 ? zone : own;
  }

  /**
   * The tags that {@code inner} groups by beside its own: those named around, and those that it
   * selects as columns and that a wildcard around finds. A column that is no tag does no harm: all
   * series agree on not having it.
   */
  Set<String> tagsFor(Select inner) {
    Set<String> all = new HashSet<>(tags);
    for (Dimension dimension : dimensions) {
      Expression expression = dimension.expression();
      Pattern pattern =
          expression instanceof Expression.Regex regex ? Pattern.compile(regex.pattern()) : null;
      if (pattern == null && !(expression instanceof Expression.Wildcard)) {
        continue;
      }
      for (SelectField field : inner.fields()) {
        if (Expressions.unwrap(field.expression()) instanceof Expression.VarRef ref
            && (pattern == null || pattern.matcher(ref.name()).find())) {
          all.add(ref.name());
        }
      }
    }
    return all;
  }
}
