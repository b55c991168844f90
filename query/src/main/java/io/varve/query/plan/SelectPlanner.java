package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.influxql.Reducer;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.Group;
import io.varve.query.operator.QueryBudget;
import io.varve.query.operator.RawPlan;
import io.varve.query.operator.RowPlan;
import io.varve.query.operator.ScanSource;
import io.varve.query.operator.Windows;
import io.varve.query.operator.ZonedWindows;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.TimeRange;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * Plans a SELECT: the range of time, the names over all sources, the columns, and for each
 * measurement the series in their groups.
 */
public final class SelectPlanner {
  private final Select select;
  private final QueryBudget budget;
  private final long nowNanos;
  private final ZoneId zone;
  private final Schema schema = new Schema();
  private final Inputs inputs = new Inputs(schema);
  private long seriesCount;

  private SelectPlanner(Select select, QueryBudget budget, long nowNanos) {
    this.select = select;
    this.budget = budget;
    this.nowNanos = nowNanos;
    ZoneId given = select.timeZone();
    zone = given == null ? ZoneOffset.UTC : given;
  }

  /**
   * Plans a statement. Snapshots must stay open until the plan has run.
   *
   * @throws QueryException if the statement cannot be answered
   */
  public static SelectPlan plan(
      Select select, Snapshots snapshots, QueryBudget budget, long nowNanos) {
    return new SelectPlanner(select, budget, nowNanos).plan(snapshots);
  }

  private SelectPlan plan(Snapshots snapshots) {
    SelectChecks.check(select);
    WhereClause where = WhereClause.of(select.condition(), nowNanos, zone);
    SortedMap<String, Set<SeriesReader>> sources =
        SourceResolver.resolve(select.sources(), snapshots);
    sources.forEach((name, readers) -> readers.forEach(reader -> schema.add(reader, name)));
    Dimensions dimensions = Dimensions.of(select.dimensions(), schema, nowNanos, zone);
    List<SelectField> fields =
        Calls.withTagsOfTop(new Wildcards(schema, dimensions.tags()).expand(withoutTime()));
    String timeName = timeName();
    List<String> columns = new ArrayList<>();
    columns.add(timeName);
    columns.addAll(ColumnNames.of(fields, timeName));

    Shape shape =
        Calls.anyIn(fields)
            ? new FunctionShape(select, fields, inputs, dimensions, budget)
            : new Raw(fields);
    List<SelectPlan.MeasurementPlan> plans = new ArrayList<>();
    if (!fields.isEmpty()) {
      TimeRange range = shape.extend(range(where, dimensions));
      for (Map.Entry<String, Set<SeriesReader>> source : sources.entrySet()) {
        plans.add(
            new SelectPlan.MeasurementPlan(
                source.getKey(),
                measurement(source.getKey(), source.getValue(), where, range, dimensions, shape)));
      }
    }
    if (!select.ascending()) {
      Collections.reverse(plans);
    }
    Limits limits = select.limits();
    return new SelectPlan(columns, limits.limit(), limits.offset(), plans);
  }

  private List<SelectField> withoutTime() {
    return select.fields().stream()
        .filter(field -> !isTime(field))
        .map(
            field ->
                new SelectField(Calls.normalize(Reducer.reduce(field.expression())), field.alias()))
        .toList();
  }

  private static boolean isTime(SelectField field) {
    return Expressions.unwrap(field.expression()) instanceof Expression.VarRef ref
        && ref.name().equals("time");
  }

  private String timeName() {
    for (SelectField field : select.fields()) {
      String alias = field.alias();
      if (alias != null && isTime(field)) {
        return alias;
      }
    }
    return "time";
  }

  /** With windows, a range without end ends now. */
  private TimeRange range(WhereClause where, Dimensions dimensions) {
    TimeRange range = where.range();
    if (!dimensions.hasWindows()) {
      return range;
    }
    if (!where.hasUpperBound()) {
      range = new TimeRange(range.startNanos(), nowNanos + 1);
    }
    if (where.hasLowerBound() && !range.isEmpty()) {
      Windows windows = windows(dimensions);
      budget.checkWindows(estimatedWindows(range, dimensions.widthNanos()));
      long first = windows.indexOf(range.startNanos());
      budget.checkWindows(windows.indexOf(range.endNanos() - 1) - first + 1);
    }
    return range;
  }

  /** Not more windows than there are; keeps the exact count from walking through years of days. */
  private static long estimatedWindows(TimeRange range, long widthNanos) {
    long length = range.endNanos() - range.startNanos();
    return (length < 0 ? Long.MAX_VALUE : length) / widthNanos;
  }

  private Windows windows(Dimensions dimensions) {
    if (!dimensions.hasWindows()) {
      return Windows.whole();
    }
    if (zone.equals(ZoneOffset.UTC)) {
      return Windows.tumbling(dimensions.widthNanos(), dimensions.offsetNanos());
    }
    return new ZonedWindows(
        dimensions.widthNanos(),
        dimensions.offsetNanos(),
        zone,
        (int) Math.min(Integer.MAX_VALUE / 8, budget.limits().maxSelectBuckets()));
  }

  private RowPlan measurement(
      String name,
      Set<SeriesReader> readers,
      WhereClause where,
      TimeRange range,
      Dimensions dimensions,
      Shape shape) {
    List<SeriesReader> sources = List.copyOf(readers);
    List<List<Field>> fields = new ArrayList<>();
    List<ConditionBinder.Bound> conditions = new ArrayList<>();
    for (SeriesReader reader : sources) {
      List<Field> own = reader.fields(name);
      Set<String> names = new HashSet<>();
      own.forEach(field -> names.add(field.name()));
      fields.add(own);
      conditions.add(new ConditionBinder(inputs, names::contains).bind(where.rest()));
    }
    SeriesGrouping grouping = new SeriesGrouping(dimensions.tags(), sources.size());
    List<ScanSource> scans = new ArrayList<>();
    for (int s = 0; s < sources.size(); s++) {
      SeriesReader reader = sources.get(s);
      ConditionBinder.Bound condition = conditions.get(s);
      Inputs.Binding binding = inputs.bind(fields.get(s));
      scans.add(new ScanSource(reader, binding.fieldIds(), binding.columns(), condition.rest()));
      boolean worth = !range.isEmpty() && binding.fieldIds().length > 0;
      int[] ids = worth ? reader.select(name, condition.tags(), range) : new int[0];
      seriesCount += ids.length;
      budget.checkSeries(seriesCount);
      grouping.add(s, reader, ids);
    }
    List<Group> groups =
        grouping.groups(select.limits().seriesLimit(), select.limits().seriesOffset());
    if (!select.ascending()) {
      Collections.reverse(groups);
    }
    return shape.plan(scans, groups, range, windows(dimensions));
  }

  private final class Raw implements Shape {
    private final List<ColumnExpression> outputs;
    private final int[] fieldInputs;

    Raw(List<SelectField> fields) {
      ExpressionBinder binder = new ExpressionBinder(leaf -> inputs.of((Expression.VarRef) leaf));
      outputs = fields.stream().map(field -> binder.bind(field.expression())).toList();
      fieldInputs = IntStream.range(0, inputs.size()).filter(inputs::isField).toArray();
    }

    @Override
    public RowPlan plan(
        List<ScanSource> sources, List<Group> groups, TimeRange range, Windows windows) {
      Limits limits = select.limits();
      long maxRows = limits.limit() == 0 ? Long.MAX_VALUE : limits.limit() + limits.offset();
      return new RawPlan(
          sources,
          groups,
          range,
          !select.ascending(),
          fieldInputs,
          outputs,
          maxRows < 0 ? Long.MAX_VALUE : maxRows);
    }
  }
}
