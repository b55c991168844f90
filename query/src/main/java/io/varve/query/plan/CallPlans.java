package io.varve.query.plan;

import io.varve.query.function.RowsFunction;
import io.varve.query.function.Transformation;
import io.varve.query.operator.AggregateCall;
import io.varve.query.operator.AggregatePlan;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.Fill;
import io.varve.query.operator.ForecastPlan;
import io.varve.query.operator.Group;
import io.varve.query.operator.PickPlan;
import io.varve.query.operator.RawPlan;
import io.varve.query.operator.RowPlan;
import io.varve.query.operator.ScanSource;
import io.varve.query.operator.TransformPlan;
import io.varve.query.operator.Windows;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans bound calls over the series of one measurement. A plan has a column for each call, or for
 * the single call of a function giving rows one and its companions.
 *
 * @param earliest the range of the statement with as many windows before it as may be read at all
 */
record CallPlans(
    List<ScanSource> sources,
    List<Group> groups,
    Windows windows,
    Dimensions dimensions,
    Fill fill,
    TimeRange earliest,
    boolean descending) {
  private static final Transformation.Parameters NONE = new Transformation.Parameters(0, 0, null);

  /** The rows of calls that come about together: see {@link FunctionShape}. */
  RowPlan plan(List<BoundCall> calls, List<ColumnExpression.Input> companions, TimeRange range) {
    BoundCall first = calls.get(0);
    if (first instanceof BoundCall.Rows rows) {
      return pick(rows, companions, range);
    }
    if (first instanceof BoundCall.Forecast forecast) {
      return new ForecastPlan(
          plan(List.of(forecast.input()), List.of(), range),
          forecast.horizon(),
          forecast.season(),
          forecast.fitted(),
          dimensions.widthNanos());
    }
    return first instanceof BoundCall.Transformed ? transform(calls, range) : base(calls, range);
  }

  /** A column of aggregates, or of fields, for each call. */
  private RowPlan base(List<BoundCall> calls, TimeRange range) {
    if (calls.get(0) instanceof BoundCall.PlainField) {
      List<ColumnExpression> columns = new ArrayList<>();
      for (BoundCall call : calls) {
        columns.add(((BoundCall.PlainField) call).input());
      }
      return raw(columns, columns.size(), range);
    }
    List<AggregateCall> distinct = new ArrayList<>();
    List<ColumnExpression> outputs = new ArrayList<>();
    for (BoundCall call : calls) {
      AggregateCall aggregate = ((BoundCall.Aggregate) call).call();
      if (!distinct.contains(aggregate)) {
        distinct.add(aggregate);
      }
      outputs.add(new ColumnExpression.Input(distinct.indexOf(aggregate), aggregate.type()));
    }
    return aggregate(distinct, List.of(), outputs, range);
  }

  AggregatePlan aggregate(
      List<AggregateCall> calls,
      List<ColumnExpression.Input> companions,
      List<ColumnExpression> outputs,
      TimeRange range) {
    return new AggregatePlan(
        sources,
        groups,
        range,
        descending,
        windows,
        dimensions.hasWindows(),
        fill,
        calls,
        companions,
        outputs);
  }

  private RowPlan transform(List<BoundCall> calls, TimeRange range) {
    BoundCall.Transformed first = (BoundCall.Transformed) calls.get(0);
    TimeRange read = first.kind().looksBack() ? windowBefore(range) : range;
    List<BoundCall> arguments = new ArrayList<>();
    List<TransformPlan.Step> steps = new ArrayList<>();
    for (BoundCall call : calls) {
      BoundCall.Transformed transformed = (BoundCall.Transformed) call;
      BoundCall argument = transformed.input();
      if (!arguments.contains(argument)) {
        arguments.add(argument);
      }
      steps.add(
          new TransformPlan.Step(
              arguments.indexOf(argument),
              transformed.kind(),
              transformed.parameters(),
              argument.type()));
    }
    long firstNanos = Long.MIN_VALUE;
    long lastNanos = Long.MAX_VALUE;
    if (!read.equals(range)) {
      firstNanos = windows.start(windows.indexOf(range.startNanos()));
      lastNanos = range.endNanos() - 1;
    }
    return new TransformPlan(
        plan(arguments, List.of(), read), steps, columns(steps), firstNanos, lastNanos, descending);
  }

  /** Rows of another plan with expressions over its columns in place of them. */
  RowPlan through(RowPlan input, List<ColumnExpression> outputs) {
    List<TransformPlan.Step> steps = new ArrayList<>();
    for (int c = 0; c < input.outputs().size(); c++) {
      steps.add(new TransformPlan.Step(c, null, NONE, input.outputs().get(c).type()));
    }
    return new TransformPlan(input, steps, outputs, Long.MIN_VALUE, Long.MAX_VALUE, descending);
  }

  private static List<ColumnExpression> columns(List<TransformPlan.Step> steps) {
    List<ColumnExpression> columns = new ArrayList<>();
    for (TransformPlan.Step step : steps) {
      columns.add(new ColumnExpression.Input(columns.size(), step.type()));
    }
    return columns;
  }

  /** A range with a window more at the end where rows begin, if that may be read. */
  private TimeRange windowBefore(TimeRange range) {
    TimeRange longer = dimensions.before(range, 1, descending);
    return new TimeRange(
        Math.max(longer.startNanos(), earliest.startNanos()),
        Math.min(longer.endNanos(), earliest.endNanos()));
  }

  private RowPlan pick(
      BoundCall.Rows call, List<ColumnExpression.Input> companions, TimeRange range) {
    List<ColumnExpression> columns = new ArrayList<>();
    columns.add(call.input());
    columns.addAll(call.tags());
    columns.addAll(companions);
    // InfluxDB gives an area of floats the time 0, whatever the range.
    boolean atZero =
        range.startNanos() == Long.MIN_VALUE
            || (call.function() == RowsFunction.INTEGRAL && call.input().type() == FieldType.FLOAT);
    PickPlan picked =
        new PickPlan(
            raw(columns, 1, range),
            call.function(),
            call.tags().size(),
            windows,
            dimensions.hasWindows(),
            atZero ? 0 : range.startNanos(),
            call.parameter());
    if (call.tags().isEmpty()) {
      return picked;
    }
    List<ColumnExpression> outputs = new ArrayList<>();
    outputs.add(new ColumnExpression.Input(0, call.type()));
    for (ColumnExpression.Input companion : companions) {
      outputs.add(
          new ColumnExpression.Input(call.tags().size() + outputs.size(), companion.type()));
    }
    return through(picked, outputs);
  }

  private RawPlan raw(List<ColumnExpression> columns, int fieldCount, TimeRange range) {
    int[] fieldInputs = new int[fieldCount];
    for (int i = 0; i < fieldCount; i++) {
      fieldInputs[i] = ((ColumnExpression.Input) columns.get(i)).index();
    }
    return new RawPlan(sources, groups, range, descending, fieldInputs, columns, Long.MAX_VALUE);
  }
}
