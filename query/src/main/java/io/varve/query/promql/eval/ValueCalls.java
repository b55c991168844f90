package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.function.BoundedValues;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.ValueFunction;
import java.util.Arrays;
import java.util.List;

/** Calls of the functions that change each value for itself. */
final class ValueCalls {
  private static final double MILLIS_PER_SECOND = 1000;

  private final Evaluator evaluator;

  ValueCalls(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  void vector(Call call, Steps steps, SeriesSink sink) {
    Evaluator.ValueChange change = change(call, steps);
    List<Expr> args = call.args();
    if (args.isEmpty()) {
      StepValues times = times(steps);
      change.apply(times);
      sink.accept(Labels.EMPTY, times);
    } else {
      // Histograms have no absolute value, no hour and so on, and go.
      evaluator.mapNameless(
          args.get(0),
          steps,
          sink,
          values -> {
            values.removeHistograms();
            change.apply(values);
          });
    }
  }

  private Evaluator.ValueChange change(Call call, Steps steps) {
    List<Expr> args = call.args();
    return switch (call.function()) {
      case ROUND -> {
        double[] nearest = args.size() > 1 ? scalar(args, 1, steps) : ones(steps);
        yield values -> BoundedValues.round(values, nearest);
      }
      case CLAMP -> {
        double[] min = scalar(args, 1, steps);
        double[] max = scalar(args, 2, steps);
        yield values -> BoundedValues.clamp(values, min, max);
      }
      case CLAMP_MIN -> {
        double[] min = scalar(args, 1, steps);
        yield values -> BoundedValues.clampMin(values, min);
      }
      case CLAMP_MAX -> {
        double[] max = scalar(args, 1, steps);
        yield values -> BoundedValues.clampMax(values, max);
      }
      default -> {
        ValueFunction function = ValueFunction.byName(call.function().text());
        if (function == null) {
          throw new IllegalStateException("no such function: " + call.function());
        }
        yield values -> function.apply(values.values(), values.steps());
      }
    };
  }

  private double[] scalar(List<Expr> args, int argument, Steps steps) {
    return evaluator.scalar(args.get(argument), steps);
  }

  private static double[] ones(Steps steps) {
    double[] ones = new double[steps.count()];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The time of each step in seconds. */
  private static StepValues times(Steps steps) {
    StepValues times = new StepValues(steps.count());
    for (int step = 0; step < steps.count(); step++) {
      times.set(step, steps.timeMillis(step) / MILLIS_PER_SECOND);
    }
    return times;
  }
}
