package io.varve.query.plan;

import static java.util.Objects.requireNonNull;

import io.varve.query.function.AggregateFunction;
import io.varve.query.function.RowsFunction;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.operator.AggregateCall;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.Fill;
import io.varve.query.operator.Group;
import io.varve.query.operator.JoinPlan;
import io.varve.query.operator.QueryBudget;
import io.varve.query.operator.RowPlan;
import io.varve.query.operator.ScanSource;
import io.varve.query.operator.Windows;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A SELECT that calls functions.
 *
 * <p>Calls whose rows come about in the same way form a part and share its scan: all aggregates;
 * all transformations of aggregates that read as far back; all transformations of fields. Any other
 * call is a part of its own. Rows of several parts are joined by their times; the expressions
 * around the calls are computed at the end.
 */
final class FunctionShape implements Shape {
  /** A block of results, and one of what they are made from. */
  private static final long BYTES_PER_CALL = 2L * Long.BYTES * ColumnBatch.MAX_ROWS;

  private final Inputs inputs;
  private final Dimensions dimensions;
  private final boolean descending;
  private final Fill fill;

  /** What the outermost calls are bound to. */
  private final Map<Expression.Call, BoundCall> bound = new LinkedHashMap<>();

  private final List<ColumnExpression.Input> companions = new ArrayList<>();

  /** The calls of each part, and the column of each call in the parts laid side by side. */
  private final List<List<BoundCall>> parts = new ArrayList<>();

  private final Map<BoundCall, Integer> columns = new HashMap<>();
  private final int firstCompanion;
  private final List<ColumnExpression> outputs;
  private final long lookBack;
  private TimeRange visible = TimeRange.ALL;

  FunctionShape(
      Select select,
      List<SelectField> fields,
      Inputs inputs,
      Dimensions dimensions,
      boolean descending,
      boolean isSubquery,
      QueryBudget budget) {
    this.inputs = inputs;
    this.dimensions = dimensions;
    this.descending = descending;
    fill = fill(select, isSubquery);
    lookBack = LookBack.of(fields).windows();
    CallBinder binder = new CallBinder(inputs, dimensions, budget);
    boolean besideNames = Calls.hasNamesBesideCalls(fields);
    List<Expression.Call> calls = Calls.outermost(fields);
    budget.checkStateBytes(calls.size() * BYTES_PER_CALL);
    for (Expression.Call call : calls) {
      bound.put(call, binder.bind(call, besideNames));
    }
    new LinkedHashSet<>(bound.values()).forEach(this::assign);
    firstCompanion = layOut();
    ExpressionBinder expressions =
        new ExpressionBinder(this::result, inputs::isCalledTag, new WorkingSpace(budget));
    outputs = expressions.bindAll(fields);
  }

  private static Fill fill(Select select, boolean isSubquery) {
    return switch (select.fill().kind()) {
      // Rows of nothing but nulls are no rows to the statement around, and nothing to be written.
      case NULL -> isSubquery || select.target() != null ? new Fill(Fill.Mode.NONE, 0) : Fill.NULL;
      case NONE -> new Fill(Fill.Mode.NONE, 0);
      case PREVIOUS -> new Fill(Fill.Mode.PREVIOUS, 0);
      case LINEAR -> new Fill(Fill.Mode.LINEAR, 0);
      case NUMBER -> new Fill(Fill.Mode.NUMBER, select.fill().numberAsDouble());
    };
  }

  private void assign(BoundCall call) {
    for (List<BoundCall> part : parts) {
      if (goTogether(part.get(0), call)) {
        part.add(call);
        return;
      }
    }
    List<BoundCall> part = new ArrayList<>();
    part.add(call);
    parts.add(part);
  }

  private static boolean goTogether(BoundCall one, BoundCall other) {
    if (one instanceof BoundCall.Transformed left && other instanceof BoundCall.Transformed right) {
      boolean simple =
          left.input() instanceof BoundCall.Aggregate
              || left.input() instanceof BoundCall.PlainField;
      return simple
          && left.input().getClass() == right.input().getClass()
          && left.kind().looksBack() == right.kind().looksBack();
    }
    return one instanceof BoundCall.Aggregate && other instanceof BoundCall.Aggregate;
  }

  /** Numbers the columns; answers the number behind them. */
  private int layOut() {
    int next = 0;
    for (List<BoundCall> part : parts) {
      for (BoundCall call : part) {
        columns.put(call, next++);
      }
    }
    return next;
  }

  /** What the expressions around calls read: results of calls, then companions. */
  private ColumnExpression result(Expression leaf) {
    if (leaf instanceof Expression.Call call) {
      BoundCall found = requireNonNull(bound.get(call));
      return new ColumnExpression.Input(requireNonNull(columns.get(found)), found.type());
    }
    ColumnExpression.Input input = inputs.of((Expression.VarRef) leaf);
    if (!companions.contains(input)) {
      companions.add(input);
    }
    return new ColumnExpression.Input(firstCompanion + companions.indexOf(input), input.type());
  }

  @Override
  public TimeRange extend(TimeRange range) {
    visible = range;
    return dimensions.before(range, lookBack, descending);
  }

  @Override
  public RowPlan plan(
      List<ScanSource> sources, List<Group> groups, TimeRange range, Windows windows) {
    CallPlans plans = new CallPlans(sources, groups, windows, dimensions, fill, range, descending);
    List<BoundCall> only = parts.get(0);
    if (parts.size() > 1 || fillsGaps(only)) {
      return join(plans, parts, outputs, fill);
    }
    if (only.get(0) instanceof BoundCall.Aggregate) {
      return plans.aggregate(aggregates(only), companions, outputs, visible);
    }
    if (only.get(0) instanceof BoundCall.Rows rows
        && rows.function() == RowsFunction.PERCENTILE
        && dimensions.hasWindows()
        && fill.mode() != Fill.Mode.NONE) {
      return filled(plans, rows);
    }
    return plans.through(plans.plan(only, companions, visible), outputs);
  }

  /** Whether fill() changes rows that are there: it stands for whatever a row does not have. */
  private boolean fillsGaps(List<BoundCall> part) {
    if (part.get(0) instanceof BoundCall.Rows rows) {
      return rows.function() != RowsFunction.PERCENTILE
          && !companions.isEmpty()
          && fill.mode() == Fill.Mode.PREVIOUS;
    }
    boolean known = fill.mode() == Fill.Mode.NUMBER || fill.mode() == Fill.Mode.PREVIOUS;
    return known && part.size() > 1 && part.get(0) instanceof BoundCall.Transformed;
  }

  private static List<AggregateCall> aggregates(List<BoundCall> part) {
    List<AggregateCall> calls = new ArrayList<>(part.size());
    for (BoundCall call : part) {
      calls.add(((BoundCall.Aggregate) call).call());
    }
    return calls;
  }

  private RowPlan join(
      CallPlans plans,
      List<List<BoundCall>> sides,
      List<ColumnExpression> expressions,
      Fill missing) {
    List<JoinPlan.Part> joined = new ArrayList<>();
    for (List<BoundCall> side : sides) {
      // Beside other functions a selector says when the range starts, not when its point was.
      boolean atStart = !dimensions.hasWindows() && side.get(0) instanceof BoundCall.Aggregate;
      boolean unbounded = visible.startNanos() == Long.MIN_VALUE;
      joined.add(
          new JoinPlan.Part(
              plans.plan(side, companions, visible),
              atStart,
              unbounded ? 0 : visible.startNanos()));
    }
    return new JoinPlan(joined, plans.groups(), missing, expressions, descending);
  }

  /** A percentile beside columns of its row, with the rows that fill adds to those. */
  private RowPlan filled(CallPlans plans, BoundCall.Rows rows) {
    BoundCall same =
        new BoundCall.Aggregate(
            new AggregateCall(
                AggregateFunction.PERCENTILE,
                rows.input().index(),
                rows.input().type(),
                rows.parameter(),
                true));
    List<ColumnExpression> shown = new ArrayList<>();
    shown.add(new ColumnExpression.Input(1 + companions.size(), rows.type()));
    for (int c = 0; c < companions.size(); c++) {
      shown.add(new ColumnExpression.Input(1 + c, companions.get(c).type()));
    }
    Fill beside = fill.mode() == Fill.Mode.PREVIOUS ? fill : Fill.NULL;
    return plans.through(
        join(plans, List.of(List.of(rows), List.of(same)), shown, beside), outputs);
  }
}
