package io.varve.query.influxql.ast;

import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SELECT, at the top, in a continuous query or as a subquery.
 *
 * @param fields at least one
 * @param target where INTO sends the rows; null without INTO
 * @param sources at least one
 * @param condition the WHERE clause, times and all; null without one
 * @param dimensions the GROUP BY list; empty without one
 * @param order null without ORDER BY, which means ascending time
 * @param timeZone the zone of tz(); null means UTC
 */
public record Select(
    List<SelectField> fields,
    @Nullable Target target,
    List<Source> sources,
    @Nullable Expression condition,
    List<Dimension> dimensions,
    Fill fill,
    @Nullable SortField order,
    Limits limits,
    @Nullable ZoneId timeZone)
    implements Statement {

  public Select {
    fields = List.copyOf(fields);
    sources = List.copyOf(sources);
    dimensions = List.copyOf(dimensions);
  }

  public boolean ascending() {
    return order == null || order.ascending();
  }

  /** Whether no function is called anywhere in the field list. */
  public boolean isRaw() {
    for (SelectField field : fields) {
      if (Expressions.anyMatch(field.expression(), e -> e instanceof Expression.Call)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean changesState() {
    return target != null;
  }
}
