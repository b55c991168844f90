package io.varve.query.promql.eval;

import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.StringLiteral;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.function.TextOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Orders the elements of an instant vector. */
final class SortFunctions {
  private final Evaluator evaluator;

  SortFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  void sort(Call call, Steps steps, SeriesSink sink) {
    try (CollectedSeries collected = evaluator.collect(call.args().get(0), steps)) {
      List<StepSeries> series = collected.series();
      if (call.function() == PromFunction.SORT || call.function() == PromFunction.SORT_DESC) {
        // Histograms have no order, and go.
        series.removeIf(each -> each.values().histogram(0) != null);
      }
      series.sort(order(call));
      for (StepSeries each : series) {
        sink.accept(each.labels(), each.values());
      }
    }
  }

  private static Comparator<StepSeries> order(Call call) {
    PromFunction function = call.function();
    return switch (function) {
      case SORT -> byValue(false);
      case SORT_DESC -> byValue(true);
      case SORT_BY_LABEL -> byLabels(call.args());
      default -> byLabels(call.args()).reversed();
    };
  }

  /** By the value at the only step; not a number comes last either way. */
  static Comparator<StepSeries> byValue(boolean descending) {
    return (left, right) -> {
      double a = left.values().get(0);
      double b = right.values().get(0);
      if (Double.isNaN(a) || Double.isNaN(b)) {
        return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
      }
      return descending ? Double.compare(b, a) : Double.compare(a, b);
    };
  }

  private static Comparator<StepSeries> byLabels(List<Expr> args) {
    List<String> names = new ArrayList<>();
    for (Expr argument : args.subList(1, args.size())) {
      names.add(((StringLiteral) Evaluator.withoutParens(argument)).value());
    }
    return (left, right) -> {
      for (String name : names) {
        int order = TextOrder.compareNatural(left.labels().get(name), right.labels().get(name));
        if (order != 0) {
          return order;
        }
      }
      return left.labels().compareTo(right.labels());
    };
  }
}
