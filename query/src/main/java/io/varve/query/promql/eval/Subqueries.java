package io.varve.query.promql.eval;

import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Expr.SubqueryExpr;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.StepWindows;

/**
 * Evaluates subqueries: the inner expression once for all outer steps, on a grid of its own whose
 * times are multiples of its step, and the outer function over the windows of that.
 */
final class Subqueries {
  /** So that the arrays of all steps can be allocated; the budget may allow less. */
  private static final int MAX_STEPS = 1 << 30;

  private final Evaluator evaluator;
  private final Selectors selectors;
  private final EvalSettings settings;
  private final Annotations annotations;

  Subqueries(
      Evaluator evaluator, Selectors selectors, EvalSettings settings, Annotations annotations) {
    this.evaluator = evaluator;
    this.selectors = selectors;
    this.settings = settings;
    this.annotations = annotations;
  }

  /** A function of what the inner expression gave in the range before each step. */
  void range(
      SubqueryExpr subquery,
      Steps steps,
      RangeFunction function,
      double[][] parameters,
      SeriesSink sink) {
    Steps looks = selectors.shifted(steps, subquery.at(), subquery.offset());
    StepWindows windows =
        Selectors.windows(looks, steps, subquery.range().millis(), parameters.length > 0);
    StepValues found = new StepValues();
    visit(
        subquery,
        looks,
        (labels, samples) -> {
          function.evaluate(samples, windows, parameters, found);
          annotations.remark(function.takeRemarks(), labels, subquery.position());
          Selectors.emit(labels, found, steps, sink);
        });
  }

  /** What the inner expression gave in the range before a single step. */
  void samples(SubqueryExpr subquery, Steps step, SampleSource.SampleVisitor visitor) {
    visit(subquery, selectors.shifted(step, subquery.at(), subquery.offset()), visitor);
  }

  private void visit(SubqueryExpr subquery, Steps looks, SampleSource.SampleVisitor visitor) {
    Steps inner = grid(subquery, looks);
    if (inner.count() == 0) {
      return;
    }
    try (SampleBudget.Hold hold = evaluator.budget().hold()) {
      // The steps of the inner expression, and the samples made of them.
      hold.takeSteps(inner.count());
      hold.takeSamples(inner.count());
      visitInner(subquery, inner, visitor);
    }
  }

  private void visitInner(SubqueryExpr subquery, Steps inner, SampleSource.SampleVisitor visitor) {
    Samples samples = new Samples();
    evaluator.vector(
        subquery.expr(),
        inner,
        (labels, values) -> {
          samples.clear();
          for (int step = 0; step < values.steps(); step++) {
            if (values.isPresent(step)) {
              samples.put(inner.timeMillis(step), values, step);
            }
          }
          visitor.visit(labels, samples);
        });
  }

  /** All multiples of the step in {@code (first look - range, last look]}. */
  private Steps grid(SubqueryExpr subquery, Steps looks) {
    long step =
        subquery.step().millis() == 0 ? settings.defaultStepMillis() : subquery.step().millis();
    long after = looks.startMillis() - subquery.range().millis();
    long first = (Math.floorDiv(after, step) + 1) * step;
    long last = looks.lastMillis();
    if (last < first) {
      return new Steps(first, step, 0);
    }
    long count = (last - first) / step + 1;
    if (count > MAX_STEPS) {
      throw new PromException(
          PromException.Kind.EXECUTION,
          "a subquery of " + count + " steps has more than the limit of " + MAX_STEPS);
    }
    return new Steps(first, step, (int) count);
  }
}
