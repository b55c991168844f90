package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.function.AggregateFunction;
import io.varve.query.function.RowsFunction;
import io.varve.query.function.Transformation;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.operator.AggregateCall;
import io.varve.query.operator.AggregatePlan;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.Fill;
import io.varve.query.operator.Group;
import io.varve.query.operator.PickPlan;
import io.varve.query.operator.QueryBudget;
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
 * A SELECT that calls functions.
 *
 * <p>Its columns come about in up to three steps: base columns, which are aggregates, the rows of
 * one function that gives rows, or plain fields; transformations over these; and the expressions
 * around the calls.
 */
final class FunctionShape implements Shape {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Transformation.Parameters NONE = new Transformation.Parameters(0, 0, null);

  private final Select select;
  private final Inputs inputs;
  private final Dimensions dimensions;
  private final boolean descending;
  private final boolean isSubquery;

  /** The outermost calls, and what is done to their base columns; companions follow. */
  private final List<Expression.Call> calls;

  private final List<TransformPlan.Step> steps = new ArrayList<>();
  private final List<ColumnExpression.Input> companions = new ArrayList<>();
  private final List<AggregateCall> aggregates = new ArrayList<>();
  private final List<ColumnExpression.Input> rawColumns = new ArrayList<>();
  private final List<ColumnExpression> outputs;
  private final boolean transforms;
  private final boolean looksBack;

  /** The call of the function that gives rows, if there is one; then it is the only base. */
  private final List<Expression.Call> rowsCall = new ArrayList<>();

  private TimeRange visible = TimeRange.ALL;

  FunctionShape(
      Select select,
      List<SelectField> fields,
      Inputs inputs,
      Dimensions dimensions,
      boolean descending,
      boolean isSubquery,
      QueryBudget budget) {
    this.select = select;
    this.inputs = inputs;
    this.dimensions = dimensions;
    this.descending = descending;
    this.isSubquery = isSubquery;
    calls = Calls.outermost(fields);
    transforms = calls.stream().anyMatch(Calls::isTransformation);
    boolean beside = Calls.hasNamesBesideCalls(fields);
    for (Expression.Call call : calls) {
      bindCall(call, beside);
    }
    looksBack =
        dimensions.hasWindows()
            && steps.stream().anyMatch(step -> step.kind() != null && step.kind().looksBack());
    for (TransformPlan.Step step : steps) {
      if (step.kind() != null) {
        budget.checkStateBytes(Transformation.stateBytes(step.kind(), step.parameters()));
      }
    }
    ExpressionBinder binder = new ExpressionBinder(this::result);
    outputs = fields.stream().map(field -> binder.bind(field.expression())).toList();
    checkMixture();
  }

  private void checkMixture() {
    int bases = aggregates.isEmpty() ? 0 : 1;
    bases += rowsCall.isEmpty() ? 0 : 1;
    bases += rawColumns.isEmpty() ? 0 : 1;
    if (bases > 1) {
      throw new QueryException(
          "mixing functions of single rows with others is not supported: " + calls.get(0).name());
    }
  }

  private void bindCall(Expression.Call call, boolean beside) {
    Transformation.Kind kind = Transformation.Kind.of(call.name());
    if (kind == null) {
      ColumnExpression.Input base = bindBase(call, beside);
      steps.add(new TransformPlan.Step(base.index(), null, NONE, base.type()));
      return;
    }
    Expression argument = call.arguments().get(0);
    ColumnExpression.Input base =
        argument instanceof Expression.Call inner ? bindBase(inner, false) : rawColumn(argument);
    if (!kind.accepts(base.type())) {
      throw unsupported(call.name(), base.type());
    }
    steps.add(new TransformPlan.Step(base.index(), kind, parameters(call, kind), base.type()));
  }

  private static QueryException unsupported(String function, FieldType type) {
    return new QueryException(
        "unsupported " + function + " iterator type: *query." + type.label() + "InterruptIterator");
  }

  private ColumnExpression.Input rawColumn(Expression argument) {
    ColumnExpression.Input input = inputs.field((Expression.VarRef) argument);
    int at = rawColumns.indexOf(input);
    if (at < 0) {
      at = rawColumns.size();
      rawColumns.add(input);
    }
    return new ColumnExpression.Input(at, input.type());
  }

  /** The column of a call that reads fields. */
  private ColumnExpression.Input bindBase(Expression.Call call, boolean beside) {
    RowsFunction rows =
        beside && call.name().equals("percentile")
            ? RowsFunction.PERCENTILE
            : RowsFunction.of(call.name());
    if (rows != null) {
      return bindRows(call, rows);
    }
    boolean distinct =
        call.arguments().get(0) instanceof Expression.Call inner && inner.name().equals("distinct");
    AggregateFunction function =
        distinct ? AggregateFunction.COUNT_DISTINCT : AggregateFunction.of(call.name());
    if (function == null) {
      throw new QueryException(call.name() + "() is not supported");
    }
    Expression argument = call.arguments().get(0);
    if (argument instanceof Expression.Call inner) {
      argument = inner.arguments().get(0);
    }
    ColumnExpression.Input input = inputs.field((Expression.VarRef) argument);
    if (!function.accepts(input.type())) {
      throw unsupported(call.name(), input.type());
    }
    AggregateCall bound =
        new AggregateCall(function, input.index(), input.type(), parameter(call, 0));
    int at = aggregates.indexOf(bound);
    if (at < 0) {
      at = aggregates.size();
      aggregates.add(bound);
    }
    return new ColumnExpression.Input(at, bound.type());
  }

  private ColumnExpression.Input bindRows(Expression.Call call, RowsFunction function) {
    if (!rowsCall.isEmpty() && !rowsCall.get(0).equals(call)) {
      throw new QueryException(
          rowsCall.get(0).name() + "() and " + call.name() + "() together are not supported");
    }
    ColumnExpression.Input input = inputs.field((Expression.VarRef) call.arguments().get(0));
    if (!function.accepts(input.type())) {
      throw unsupported(call.name(), input.type());
    }
    if (rowsCall.isEmpty()) {
      rowsCall.add(call);
    }
    return new ColumnExpression.Input(0, function.resultType(input.type()));
  }

  /** The last argument as a number, if there is more than one. */
  private static double parameter(Expression.Call call, double otherwise) {
    Expression last = call.arguments().get(call.arguments().size() - 1);
    if (last instanceof Expression.IntegerLiteral integer) {
      return integer.value();
    }
    if (last instanceof Expression.NumberLiteral number) {
      return number.value();
    }
    return last instanceof Expression.DurationLiteral duration ? duration.nanos() : otherwise;
  }

  private Transformation.Parameters parameters(Expression.Call call, Transformation.Kind kind) {
    List<Expression> arguments = call.arguments();
    if (kind.hasUnit()) {
      long standard =
          kind == Transformation.Kind.ELAPSED
              ? 1
              : (dimensions.hasWindows() ? dimensions.widthNanos() : SECOND_NANOS);
      boolean given =
          arguments.size() > 1 && arguments.get(1) instanceof Expression.DurationLiteral;
      return new Transformation.Parameters(
          given ? ((Expression.DurationLiteral) arguments.get(1)).nanos() : standard, 0, null);
    }
    long number = arguments.size() > 1 ? integer(arguments.get(1)) : 0;
    long hold = arguments.size() > 2 ? integer(arguments.get(2)) : -1;
    String warmup =
        arguments.size() > 3 && arguments.get(3) instanceof Expression.StringLiteral text
            ? text.value()
            : null;
    return new Transformation.Parameters(number, (int) Math.min(Integer.MAX_VALUE, hold), warmup);
  }

  private static long integer(Expression expression) {
    if (expression instanceof Expression.IntegerLiteral literal) {
      return literal.value();
    }
    throw new IllegalStateException("unchecked argument " + expression);
  }

  /** What the expressions around calls read: results of calls, then companions. */
  private ColumnExpression result(Expression leaf) {
    if (leaf instanceof Expression.Call call) {
      int at = calls.indexOf(call);
      int index = transforms || !rowsCall.isEmpty() ? at : steps.get(at).column();
      return new ColumnExpression.Input(index, steps.get(at).type());
    }
    ColumnExpression.Input input = inputs.of((Expression.VarRef) leaf);
    if (!companions.contains(input)) {
      companions.add(input);
    }
    int before = transforms || !rowsCall.isEmpty() ? calls.size() : aggregates.size();
    return new ColumnExpression.Input(before + companions.indexOf(input), input.type());
  }

  @Override
  public TimeRange extend(TimeRange range) {
    visible = range;
    if (!looksBack || range.isEmpty()) {
      return range;
    }
    long width = dimensions.widthNanos();
    if (descending) {
      long end = range.endNanos() + width;
      return new TimeRange(range.startNanos(), end < range.endNanos() ? Long.MAX_VALUE : end);
    }
    long start = range.startNanos() - width;
    return new TimeRange(start > range.startNanos() ? Long.MIN_VALUE : start, range.endNanos());
  }

  @Override
  public RowPlan plan(
      List<ScanSource> sources, List<Group> groups, TimeRange range, Windows windows) {
    RowPlan base;
    if (!rowsCall.isEmpty()) {
      base = pick(sources, groups, range, windows);
    } else if (!rawColumns.isEmpty()) {
      base = raw(sources, groups, range, List.copyOf(rawColumns), rawColumns.size());
    } else {
      List<ColumnExpression> columns = new ArrayList<>();
      for (int i = 0; i < aggregates.size(); i++) {
        columns.add(new ColumnExpression.Input(i, aggregates.get(i).type()));
      }
      base =
          new AggregatePlan(
              sources,
              groups,
              range,
              descending,
              windows,
              dimensions.hasWindows(),
              fill(),
              aggregates,
              companions,
              transforms ? columns : outputs);
      if (!transforms) {
        return base;
      }
    }
    long first = Long.MIN_VALUE;
    long last = Long.MAX_VALUE;
    if (looksBack && !visible.isEmpty()) {
      first = windows.start(windows.indexOf(visible.startNanos()));
      last = visible.endNanos() - 1;
    }
    List<TransformPlan.Step> all = new ArrayList<>(steps);
    for (int c = 0; c < companions.size(); c++) {
      all.add(new TransformPlan.Step(firstCompanion() + c, null, NONE, companions.get(c).type()));
    }
    return new TransformPlan(base, all, outputs, first, last, descending);
  }

  private RawPlan raw(
      List<ScanSource> sources,
      List<Group> groups,
      TimeRange range,
      List<ColumnExpression> columns,
      int fieldCount) {
    int[] fieldInputs = new int[fieldCount];
    for (int i = 0; i < fieldCount; i++) {
      fieldInputs[i] = ((ColumnExpression.Input) columns.get(i)).index();
    }
    return new RawPlan(sources, groups, range, descending, fieldInputs, columns, Long.MAX_VALUE);
  }

  private int firstCompanion() {
    return 1 + tagCount();
  }

  /** Tags that the function giving rows looks at; names of fields among them mean nothing. */
  private int tagCount() {
    return tags().size();
  }

  private List<Expression.VarRef> tags() {
    List<Expression.VarRef> tags = new ArrayList<>();
    List<Expression> arguments = rowsCall.get(0).arguments();
    for (Expression argument : arguments.subList(1, Math.max(1, arguments.size() - 1))) {
      if (argument instanceof Expression.VarRef ref && inputs.isTag(ref)) {
        tags.add(ref);
      }
    }
    return tags;
  }

  private PickPlan pick(
      List<ScanSource> sources, List<Group> groups, TimeRange range, Windows windows) {
    Expression.Call call = rowsCall.get(0);
    List<ColumnExpression> columns = new ArrayList<>();
    columns.add(inputs.field((Expression.VarRef) call.arguments().get(0)));
    tags().forEach(tag -> columns.add(inputs.of(tag)));
    columns.addAll(companions);
    RowsFunction function = RowsFunction.of(call.name());
    boolean integral = function == RowsFunction.INTEGRAL;
    return new PickPlan(
        raw(sources, groups, range, columns, 1),
        function == null ? RowsFunction.PERCENTILE : function,
        tagCount(),
        windows,
        dimensions.hasWindows(),
        range.startNanos() == Long.MIN_VALUE ? 0 : range.startNanos(),
        parameter(call, integral ? (double) SECOND_NANOS : 0));
  }

  private Fill fill() {
    return switch (select.fill().kind()) {
      // Rows of nothing but nulls are no rows to the statement around.
      case NULL -> isSubquery ? new Fill(Fill.Mode.NONE, 0) : Fill.NULL;
      case NONE -> new Fill(Fill.Mode.NONE, 0);
      case PREVIOUS -> new Fill(Fill.Mode.PREVIOUS, 0);
      case LINEAR -> new Fill(Fill.Mode.LINEAR, 0);
      case NUMBER -> new Fill(Fill.Mode.NUMBER, select.fill().numberAsDouble());
    };
  }
}
