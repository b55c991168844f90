package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.function.AggregateFunction;
import io.varve.query.function.RowsFunction;
import io.varve.query.function.Transformation;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.operator.AggregateCall;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.QueryBudget;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Looks up what calls read and checks the types of it. */
final class CallBinder {
  private static final long SECOND_NANOS = 1_000_000_000L;

  /** Functions whose windows are filled even if nobody has the field they are to read. */
  private static final Set<AggregateFunction> FILLED_OF_NOTHING =
      EnumSet.of(
          AggregateFunction.COUNT,
          AggregateFunction.COUNT_DISTINCT,
          AggregateFunction.MEAN,
          AggregateFunction.MEDIAN,
          AggregateFunction.STDDEV);

  private final Inputs inputs;
  private final Dimensions dimensions;
  private final QueryBudget budget;

  CallBinder(Inputs inputs, Dimensions dimensions, QueryBudget budget) {
    this.inputs = inputs;
    this.dimensions = dimensions;
    this.budget = budget;
  }

  /**
   * Binds a call that reads data.
   *
   * @param besideNames whether columns are printed beside its result, in which case a selector has
   *     to keep whole rows
   */
  BoundCall bind(Expression.Call call, boolean besideNames) {
    Transformation.Kind kind = Transformation.Kind.of(call.name());
    if (kind != null) {
      return transformed(call, kind);
    }
    if (Calls.isForecast(call)) {
      BoundCall input = bind((Expression.Call) call.arguments().get(0), false);
      checkAccepts(isNumber(input.type()), "elapsed", input.type());
      return new BoundCall.Forecast(
          input,
          integer(call.arguments().get(1)),
          integer(call.arguments().get(2)),
          call.name().endsWith("_with_fit"));
    }
    if (besideNames && call.name().equals("percentile")) {
      return rows(call, RowsFunction.PERCENTILE);
    }
    RowsFunction rows = RowsFunction.of(call.name());
    return rows != null ? rows(call, rows) : aggregate(call);
  }

  private BoundCall transformed(Expression.Call call, Transformation.Kind kind) {
    Expression argument = call.arguments().get(0);
    BoundCall input =
        argument instanceof Expression.Call inner
            ? bind(inner, false)
            : new BoundCall.PlainField(inputs.field((Expression.VarRef) argument));
    checkAccepts(kind.accepts(input.type()), call.name(), input.type());
    Transformation.Parameters parameters = parameters(call, kind);
    budget.checkStateBytes(Transformation.stateBytes(kind, parameters));
    return new BoundCall.Transformed(input, kind, parameters);
  }

  private BoundCall aggregate(Expression.Call call) {
    Expression argument = call.arguments().get(0);
    boolean distinct = argument instanceof Expression.Call inner && inner.name().equals("distinct");
    AggregateFunction function =
        distinct ? AggregateFunction.COUNT_DISTINCT : AggregateFunction.of(call.name());
    if (function == null) {
      throw new IllegalStateException("unchecked function " + call.name());
    }
    if (argument instanceof Expression.Call inner) {
      argument = inner.arguments().get(0);
    }
    Expression.VarRef field = (Expression.VarRef) argument;
    ColumnExpression.Input input = inputs.field(field);
    checkAccepts(function.accepts(input.type()), call.name(), input.type());
    boolean filled = !inputs.isUnknown(field) || FILLED_OF_NOTHING.contains(function);
    return new BoundCall.Aggregate(
        new AggregateCall(function, input.index(), input.type(), parameter(call, 0), filled));
  }

  private BoundCall rows(Expression.Call call, RowsFunction function) {
    List<Expression> arguments = call.arguments();
    ColumnExpression.Input input = inputs.field((Expression.VarRef) arguments.get(0));
    checkAccepts(function.accepts(input.type()), call.name(), input.type());
    // Names of fields among the tags mean nothing.
    List<ColumnExpression.Input> tags = new ArrayList<>();
    for (Expression argument : arguments.subList(1, Math.max(1, arguments.size() - 1))) {
      if (argument instanceof Expression.VarRef ref && inputs.isTag(ref)) {
        tags.add(inputs.of(ref));
      }
    }
    double standard = function == RowsFunction.INTEGRAL ? (double) SECOND_NANOS : 0;
    return new BoundCall.Rows(function, input, tags, parameter(call, standard));
  }

  private static boolean isNumber(FieldType type) {
    return type != FieldType.STRING && type != FieldType.BOOLEAN;
  }

  private static void checkAccepts(boolean accepts, String function, FieldType type) {
    if (!accepts) {
      String name =
          function.equals("count_hll")
              ? function
              : function.replace("non_negative_", "").replace('_', ' ');
      throw new QueryException(
          "unsupported " + name + " iterator type: *query." + type.label() + "InterruptIterator");
    }
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
}
