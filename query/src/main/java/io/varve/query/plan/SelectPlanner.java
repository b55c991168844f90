package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.influxql.Reducer;
import io.varve.query.influxql.ast.Dimension;
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
import io.varve.query.operator.SubqueryReader;
import io.varve.query.operator.Windows;
import io.varve.query.operator.ZonedWindows;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.TimeRange;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Plans a SELECT: the range of time, the names over all sources, the columns, and for each
 * measurement the series in their groups.
 */
public final class SelectPlanner {
  /** So many that no measurement has more fields, and few enough to hold a block of each. */
  private static final int MAX_COLUMNS = 1 << 14;

  private final Select select;
  private final QueryBudget budget;
  private final WorkingSpace space;
  private final long nowNanos;
  private final ZoneId zone;
  private final Schema schema = new Schema();
  private final Inputs inputs = new Inputs(schema);
  private final @Nullable OuterSelect outer;
  private final List<PlannedScan> planned;
  private long seriesCount;
  private List<String> ownTags = List.of();
  private Set<String> rowTags = Set.of();

  private SelectPlanner(
      Select select,
      QueryBudget budget,
      long nowNanos,
      @Nullable OuterSelect outer,
      List<PlannedScan> planned) {
    this.planned = planned;
    this.select = select;
    this.outer = outer;
    this.budget = budget;
    space = new WorkingSpace(budget);
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
    SelectChecks.check(select);
    return new SelectPlanner(select, budget, nowNanos, null, new ArrayList<>()).plan(snapshots);
  }

  private SelectPlan plan(Snapshots snapshots) {
    WhereClause where = WhereClause.of(select.condition(), nowNanos, zone);
    Dimensions windowsOnly = Dimensions.of(select.dimensions(), schema, nowNanos, zone);
    if (outer != null) {
      where = where.within(outer.range(), outer.hasLowerBound(), outer.hasUpperBound());
      windowsOnly = outer.windowsOf(windowsOnly);
    }
    TimeRange range = range(where, windowsOnly);
    List<SelectField> given = withoutTime();
    TimeRange read = windowsOnly.before(range, LookBack.of(given).windows(), !ascending());
    TimeRange outermost = outer == null ? read : outer.outermost();
    OuterSelect inside =
        new OuterSelect(
            read,
            outermost,
            where.hasLowerBound(),
            where.hasUpperBound() || windowsOnly.hasWindows(),
            windowsOnly,
            windowZone(),
            groupedBelow(),
            select.dimensions(),
            ascending());
    SortedMap<String, Set<SeriesReader>> sources =
        SourceResolver.resolve(
            select.sources(), snapshots, inner -> subquery(inner, snapshots, inside));
    for (Map.Entry<String, Set<SeriesReader>> source : sources.entrySet()) {
      for (SeriesReader reader : source.getValue()) {
        schema.add(reader, source.getKey(), outermost);
      }
    }
    Dimensions named = Dimensions.of(select.dimensions(), schema, nowNanos, zone);
    Dimensions dimensions =
        named
            .withWindows(windowsOnly.widthNanos(), windowsOnly.offsetNanos())
            .and(outer == null ? Set.of() : outer.tagsFor(select));
    List<SelectField> fields =
        Calls.withTagsOfTop(new Wildcards(schema, named.tags(), groupsByWildcard()).expand(given));
    if (fields.size() > MAX_COLUMNS) {
      throw new QueryException(
          "a SELECT may have " + MAX_COLUMNS + " columns, this one has " + fields.size());
    }
    String timeName = timeName();
    List<String> columns = new ArrayList<>();
    columns.add(timeName);
    columns.addAll(ColumnNames.of(fields, timeName));

    Shape shape =
        Calls.anyIn(fields)
            ? new FunctionShape(
                select, fields, inputs, dimensions, !ascending(), outer != null, budget)
            : new Raw(fields);
    List<SelectPlan.MeasurementPlan> plans = new ArrayList<>();
    if (!fields.isEmpty()) {
      TimeRange scanned = within(outermost, shape.extend(range));
      for (Map.Entry<String, Set<SeriesReader>> source : sources.entrySet()) {
        plans.add(
            new SelectPlan.MeasurementPlan(
                source.getKey(),
                measurement(
                    source.getKey(),
                    source.getValue(),
                    where,
                    scanned,
                    dimensions,
                    shape,
                    fields)));
      }
    }
    if (!ascending()) {
      Collections.reverse(plans);
    }
    ownTags = List.copyOf(named.tags());
    rowTags = rowTags(fields, columns);
    Limits limits = select.limits();
    return new SelectPlan(columns, limits.limit(), limits.offset(), plans, planned);
  }

  /** Plans a subquery: what each of its measurements gives to this statement. */
  private Map<String, SeriesReader> subquery(
      Select inner, Snapshots snapshots, OuterSelect inside) {
    SelectPlanner planner = new SelectPlanner(inner, budget, nowNanos, inside, planned);
    SelectPlan plan = planner.plan(snapshots);
    SubqueryReader.Shape rows =
        new SubqueryReader.Shape(
            plan.columns().subList(1, plan.columns().size()),
            planner.ownTags,
            planner.rowTags,
            plan.limit(),
            plan.offset());
    Map<String, SeriesReader> readers = new LinkedHashMap<>();
    for (SelectPlan.MeasurementPlan part : plan.measurements()) {
      readers.put(
          part.name(),
          new SubqueryReader(
              part.name(), part.rows(), rows, inside.range(), comparesTimes(), budget));
    }
    return readers;
  }

  /** Whether a function picks among rows at the same time, for which it looks across batches. */
  private boolean comparesTimes() {
    return select.fields().stream()
        .anyMatch(
            field ->
                Expressions.anyMatch(
                    field.expression(),
                    e ->
                        e instanceof Expression.Call call
                            && (call.name().equals("first") || call.name().equals("last"))));
  }

  /** The tags that subqueries have to keep apart for this statement and those around it. */
  private Set<String> groupedBelow() {
    Set<String> tags = new HashSet<>(outer == null ? Set.of() : outer.tagsFor(select));
    for (Dimension dimension : select.dimensions()) {
      if (dimension.expression() instanceof Expression.VarRef ref) {
        tags.add(ref.name());
      }
    }
    return tags;
  }

  private Set<String> rowTags(List<SelectField> fields, List<String> columns) {
    Set<String> tags = new HashSet<>();
    for (int f = 0; f < fields.size(); f++) {
      if (Expressions.unwrap(fields.get(f).expression()) instanceof Expression.VarRef ref
          && (inputs.isTag(ref) || (ref.cast() == null && schema.isRowTag(ref.name())))) {
        tags.add(columns.get(f + 1));
      }
    }
    return tags;
  }

  /** A subquery runs in the direction of the statement around it. */
  private boolean ascending() {
    return outer == null ? select.ascending() : outer.ascending();
  }

  private boolean groupsByWildcard() {
    for (Dimension dimension : select.dimensions()) {
      if (dimension.expression() instanceof Expression.Wildcard
          || dimension.expression() instanceof Expression.Regex) {
        return true;
      }
    }
    return false;
  }

  private List<SelectField> withoutTime() {
    List<SelectField> fields = new ArrayList<>(select.fields().size());
    for (SelectField field : select.fields()) {
      if (!isTime(field)) {
        Expression expression = Calls.normalize(Reducer.reduce(field.expression()));
        fields.add(new SelectField(expression, field.alias()));
      }
    }
    return fields;
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

  /** A range as far as the outermost statement reads; transformations do not look further. */
  private static TimeRange within(TimeRange outermost, TimeRange range) {
    long start = Math.max(range.startNanos(), outermost.startNanos());
    long end = Math.min(range.endNanos(), outermost.endNanos());
    return new TimeRange(start, Math.max(start, end));
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

  private ZoneId windowZone() {
    return outer == null ? zone : outer.zoneOf(select, zone);
  }

  private Windows windows(Dimensions dimensions) {
    if (!dimensions.hasWindows()) {
      return Windows.whole();
    }
    ZoneId windowZone = windowZone();
    if (windowZone.equals(ZoneOffset.UTC)) {
      return Windows.tumbling(dimensions.widthNanos(), dimensions.offsetNanos());
    }
    return new ZonedWindows(
        dimensions.widthNanos(),
        dimensions.offsetNanos(),
        windowZone,
        (int) Math.min(Integer.MAX_VALUE / 8, budget.limits().maxSelectBuckets()));
  }

  private RowPlan measurement(
      String name,
      Set<SeriesReader> readers,
      WhereClause where,
      TimeRange range,
      Dimensions dimensions,
      Shape shape,
      List<SelectField> selected) {
    List<SeriesReader> sources = List.copyOf(readers);
    List<ConditionBinder.Bound> conditions = new ArrayList<>();
    for (SeriesReader reader : sources) {
      List<Field> fields = reader.fields(name);
      conditions.add(
          new ConditionBinder(inputs, key -> anyIsNamed(fields, key), space).bind(where.rest()));
    }
    SeriesGrouping grouping = new SeriesGrouping(dimensions.tags(), sources.size());
    List<ScanSource> scans = new ArrayList<>();
    for (int s = 0; s < sources.size(); s++) {
      SeriesReader reader = sources.get(s);
      ConditionBinder.Bound condition = conditions.get(s);
      Inputs.Binding binding = inputs.bind(reader.fields(name, range));
      scans.add(new ScanSource(reader, binding.fieldIds(), binding.columns(), condition.rest()));
      boolean worth =
          !range.isEmpty()
              && (binding.fieldIds().length > 0 || reader instanceof SubqueryReader)
              && !selectsUnknownOnly(selected);
      int[] ids = worth ? reader.select(name, condition.tags(), range) : new int[0];
      seriesCount += ids.length;
      budget.checkSeries(seriesCount);
      grouping.add(s, reader, ids);
      if (!(reader instanceof SubqueryReader)) {
        ScanSpec spec = new ScanSpec(ids, binding.fieldIds(), range, !ascending());
        planned.add(new PlannedScan(name, selected, schema.fields(), reader, spec));
      }
    }
    List<Group> groups =
        grouping.groups(select.limits().seriesLimit(), select.limits().seriesOffset());
    if (!ascending()) {
      Collections.reverse(groups);
    }
    return shape.plan(scans, groups, range, windows(dimensions));
  }

  private static boolean anyIsNamed(List<Field> fields, String name) {
    for (Field field : fields) {
      if (field.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether all names selected are of nothing: then there are no rows, whatever WHERE finds. */
  private boolean selectsUnknownOnly(List<SelectField> fields) {
    if (Calls.anyIn(fields)) {
      return false;
    }
    for (SelectField field : fields) {
      if (Expressions.anyMatch(
          field.expression(), e -> e instanceof Expression.VarRef ref && !inputs.isUnknown(ref))) {
        return false;
      }
    }
    return true;
  }

  private final class Raw implements Shape {
    private final List<ColumnExpression> outputs;
    private final int[] fieldInputs;

    Raw(List<SelectField> fields) {
      ExpressionBinder binder =
          new ExpressionBinder(
              leaf -> inputs.of((Expression.VarRef) leaf), inputs::isCalledTag, space);
      outputs = binder.bindAll(fields);
      fieldInputs = inputs.fieldInputs();
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
          !ascending(),
          fieldInputs,
          outputs,
          maxRows < 0 ? Long.MAX_VALUE : maxRows);
    }
  }
}
