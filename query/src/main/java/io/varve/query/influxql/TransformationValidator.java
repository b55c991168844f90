package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import java.util.List;
import java.util.Set;

/** Checks the arguments of functions that turn a run of rows into another. */
final class TransformationValidator {
  private TransformationValidator() {}

  /** False if the function is none of these. */
  static boolean validate(Expression.Call call, CallValidator calls) {
    String name = call.name();
    List<Expression> arguments = call.arguments();
    switch (name) {
      case "derivative", "non_negative_derivative", "elapsed" -> {
        Functions.checkArity(name, arguments, 1, 2);
        if (arguments.size() == 2) {
          if (!(arguments.get(1) instanceof Expression.DurationLiteral unit)) {
            throw new QueryException(
                "second argument to "
                    + name
                    + " must be a duration, got "
                    + Functions.typeName(arguments.get(1)));
          }
          checkPositive(unit);
        }
      }
      case "difference", "non_negative_difference", "cumulative_sum" ->
          Functions.checkArity(name, arguments, 1);
      case "moving_average" -> movingAverage(arguments);
      case "exponential_moving_average",
          "double_exponential_moving_average",
          "triple_exponential_moving_average",
          "relative_strength_index",
          "triple_exponential_derivative" -> {
        Functions.checkArity(name, arguments, 2, 4);
        periodAndHold(name, arguments);
        warmup(name, arguments, "'exponential' 'simple'", Set.of("exponential", "simple"));
      }
      case "chande_momentum_oscillator" -> {
        Functions.checkArity(name, arguments, 2, 4);
        periodAndHold(name, arguments);
        warmup(
            name,
            arguments,
            "'none' 'exponential' 'simple'",
            Set.of("none", "exponential", "simple"));
      }
      case "kaufmans_efficiency_ratio", "kaufmans_adaptive_moving_average" -> {
        Functions.checkArity(name, arguments, 2, 3);
        periodAndHold(name, arguments);
      }
      case "holt_winters", "holt_winters_with_fit" -> {
        holtWinters(name, arguments, calls);
        return true;
      }
      default -> {
        return false;
      }
    }
    calls.markAggregate();
    input(name, arguments.get(0), calls);
    return true;
  }

  /** With GROUP BY time the input is an aggregate, without it is a field. */
  private static void input(String name, Expression input, CallValidator calls) {
    if (input instanceof Expression.Call call) {
      checkInterval(name, calls);
      calls.validateNested(call);
      return;
    }
    if (calls.ownInterval()) {
      throw new QueryException("aggregate function required inside the call to " + name);
    }
    calls.symbol(name, input);
  }

  private static void checkInterval(String name, CallValidator calls) {
    if (!calls.hasInterval()) {
      throw new QueryException(name + " aggregate requires a GROUP BY interval");
    }
  }

  static void checkPositive(Expression.DurationLiteral unit) {
    if (unit.nanos() <= 0) {
      throw new QueryException(
          "duration argument must be positive, got " + Durations.format(unit.nanos()));
    }
  }

  private static void movingAverage(List<Expression> arguments) {
    Functions.checkArity("moving_average", arguments, 2);
    if (!(arguments.get(1) instanceof Expression.IntegerLiteral window)) {
      throw new QueryException(
          "second argument for moving_average must be an integer, got "
              + Functions.typeName(arguments.get(1)));
    }
    if (window.value() <= 1) {
      throw new QueryException(
          "moving_average window must be greater than 1, got " + window.value());
    }
  }

  private static void periodAndHold(String name, List<Expression> arguments) {
    if (!(arguments.get(1) instanceof Expression.IntegerLiteral period)) {
      throw new QueryException(name + " period must be an integer");
    }
    if (period.value() < 1) {
      throw new QueryException(name + " period must be greater than or equal to 1");
    }
    if (arguments.size() < 3) {
      return;
    }
    if (!(arguments.get(2) instanceof Expression.IntegerLiteral hold)) {
      throw new QueryException(name + " hold period must be an integer");
    }
    int least = name.equals("triple_exponential_derivative") ? 1 : 0;
    if (hold.value() < least && hold.value() != -1) {
      throw new QueryException(name + " hold period must be greater than or equal to " + least);
    }
  }

  private static void warmup(
      String name, List<Expression> arguments, String choices, Set<String> allowed) {
    if (arguments.size() < 4) {
      return;
    }
    if (!(arguments.get(3) instanceof Expression.StringLiteral type)) {
      throw new QueryException(name + " warmup type must be a string");
    }
    if (!allowed.contains(type.value())) {
      throw new QueryException(name + " warmup type must be one of: " + choices);
    }
  }

  private static void holtWinters(String name, List<Expression> arguments, CallValidator calls) {
    Functions.checkArity(name, arguments, 3);
    if (!(arguments.get(1) instanceof Expression.IntegerLiteral count)) {
      throw new QueryException("expected integer argument as second arg in " + name);
    }
    if (count.value() <= 0) {
      throw new QueryException(
          "second arg to " + name + " must be greater than 0, got " + count.value());
    }
    if (!(arguments.get(2) instanceof Expression.IntegerLiteral season)) {
      throw new QueryException("expected integer argument as third arg in " + name);
    }
    if (season.value() < 0) {
      throw new QueryException(
          "third arg to " + name + " cannot be negative, got " + season.value());
    }
    calls.markAggregate();
    if (!(arguments.get(0) instanceof Expression.Call call)) {
      throw new QueryException("must use aggregate function with " + name);
    }
    checkInterval(name, calls);
    calls.validateNested(call);
  }
}
