package io.varve.query.promql.eval;

import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.AggregateExpr;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.MatrixSelector;
import io.varve.query.promql.ast.Expr.NumberLiteral;
import io.varve.query.promql.ast.Expr.ParenExpr;
import io.varve.query.promql.ast.Expr.StringLiteral;
import io.varve.query.promql.ast.Expr.SubqueryExpr;
import io.varve.query.promql.ast.Expr.UnaryExpr;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.ValueType;
import io.varve.query.promql.function.BinaryOperator;
import io.varve.query.promql.function.MixedOperator;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Evaluates a checked PromQL expression at all steps of a query at once.
 *
 * <p>Each node becomes, for all steps, an array of numbers (scalars) or a stream of series with a
 * value per step (vectors). Series are pushed one by one from the selectors through functions into
 * aggregations, so that a sum over many series holds one of them at a time; only what has to see
 * all series at once (matching, sorting, top k, histograms) collects them. Many series are read and
 * reduced to steps by several threads, but come out in the same order. For one thread.
 */
public final class Evaluator implements AutoCloseable {
  private final Steps query;
  private final SampleBudget budget;
  private final SampleBudget.Hold scalars;
  private final Selectors selectors;
  private final Subqueries subqueries;
  private final Calls calls;
  private final Aggregations aggregations;
  private final Annotations annotations;

  /**
   * An evaluation.
   *
   * @param query the steps of the whole query
   * @param instant whether this is a single evaluation, whose result may be ordered
   */
  public Evaluator(
      SampleSource source,
      EvalSettings settings,
      Steps query,
      boolean instant,
      Annotations annotations) {
    this.query = query;
    this.budget = new SampleBudget(settings);
    this.scalars = budget.hold();
    this.selectors = new Selectors(source, settings, budget, query, annotations);
    this.subqueries = new Subqueries(this, selectors, settings, annotations);
    this.calls = new Calls(this, instant, annotations);
    this.annotations = annotations;
    this.aggregations = new Aggregations(this, instant, annotations);
  }

  /**
   * The value of the expression, which counts as memory of the query until this is closed.
   *
   * @throws PromException if it has none
   */
  public Value evaluate(Expr expr) {
    Expr inner = withoutParens(expr);
    selectors.join(inner);
    return switch (inner.type()) {
      case SCALAR -> new Value.Scalar(scalar(inner, query));
      case STRING -> new Value.Text(((StringLiteral) inner).value());
      case VECTOR -> vectorValue(inner);
      case MATRIX -> matrix(inner);
    };
  }

  private Value.Vector vectorValue(Expr expr) {
    if (expr instanceof VectorSelector) {
      // The store has no labels twice, or they have been left out.
      SeriesTable series = new SeriesTable(budget);
      vector(expr, query, series);
      return new Value.Vector(series);
    }
    SeriesMerger merger = new SeriesMerger(budget);
    vector(expr, query, merger);
    return new Value.Vector(merger.series());
  }

  private Value.Matrix matrix(Expr expr) {
    SampleBudget.Hold hold = budget.hold();
    List<Value.SampleSeries> series = new ArrayList<>();
    SampleSource.SampleVisitor copy =
        (labels, samples) -> {
          hold.takeSamples(samples.weight());
          series.add(new Value.SampleSeries(labels, samples.copy()));
        };
    if (expr instanceof MatrixSelector matrix) {
      selectors.samples(matrix.vectorSelector(), matrix.range().millis(), query, copy);
    } else {
      subqueries.samples((SubqueryExpr) expr, query, copy);
    }
    return new Value.Matrix(series);
  }

  /** The numbers of a scalar expression, one per step. */
  double[] scalar(Expr expr, Steps steps) {
    if (expr instanceof NumberLiteral number) {
      double[] values = numbers(steps);
      Arrays.fill(values, number.value());
      return values;
    }
    if (expr instanceof ParenExpr paren) {
      return scalar(paren.expr(), steps);
    }
    if (expr instanceof UnaryExpr unary) {
      double[] values = scalar(unary.expr(), steps);
      if (unary.negated()) {
        for (int step = 0; step < values.length; step++) {
          values[step] = -values[step];
        }
      }
      return values;
    }
    if (expr instanceof BinaryExpr binary) {
      double[] left = scalar(binary.lhs(), steps);
      double[] right = scalar(binary.rhs(), steps);
      operator(binary).apply(left, right, steps.count(), left);
      return left;
    }
    if (expr instanceof Call call) {
      return calls.scalar(call, steps);
    }
    throw new IllegalStateException("not a scalar: " + expr);
  }

  /** An array for a number per step. It counts for the budget to the end: there are few. */
  double[] numbers(Steps steps) {
    scalars.takeSteps(steps.count());
    return new double[steps.count()];
  }

  /** Pushes the series of a vector expression into a sink. */
  void vector(Expr expr, Steps steps, SeriesSink sink) {
    if (expr instanceof ParenExpr paren) {
      vector(paren.expr(), steps, sink);
    } else if (expr instanceof VectorSelector selector) {
      selectors.instant(selector, steps, SeriesFilter.NONE, sink);
    } else if (expr instanceof UnaryExpr unary) {
      negate(unary, steps, sink);
    } else if (expr instanceof BinaryExpr binary) {
      combine(binary, steps, sink);
    } else if (expr instanceof AggregateExpr aggregation) {
      aggregations.vector(aggregation, steps, sink);
    } else if (expr instanceof Call call) {
      calls.vector(call, steps, sink);
    } else {
      throw new IllegalStateException("not a vector: " + expr);
    }
  }

  /**
   * Pushes what a filter keeps of a vector expression into a sink.
   *
   * @param filter may be called by several threads
   */
  void vector(Expr expr, Steps steps, SeriesFilter filter, SeriesSink sink) {
    if (withoutParens(expr) instanceof VectorSelector selector) {
      selectors.instant(selector, steps, filter, sink);
    } else {
      vector(expr, steps, filter.in(sink));
    }
  }

  /** The series of a vector expression, in memory; the caller closes them. */
  CollectedSeries collect(Expr expr, Steps steps) {
    CollectedSeries series = new CollectedSeries(budget);
    vector(expr, steps, series);
    return series;
  }

  /** What changes the values of a series; may remove some. */
  interface ValueChange {
    void apply(StepValues values);
  }

  /** Changes the values of a vector, which takes the names of the metrics away. */
  void mapNameless(Expr argument, Steps steps, SeriesSink sink, ValueChange change) {
    nameless(argument, sink, target -> vector(argument, steps, changing(change, target)));
  }

  private static SeriesSink changing(ValueChange change, SeriesSink target) {
    return (labels, values) -> {
      change.apply(values);
      if (!values.isEmpty()) {
        target.accept(labels, values);
      }
    };
  }

  /** What pushes series into a sink. */
  interface SeriesFeed {
    void into(SeriesSink sink);
  }

  /**
   * Takes the names of the metrics away from what a feed gives, joining series that become the
   * same.
   *
   * @param argument what the feed's series come from
   */
  void nameless(Expr argument, SeriesSink sink, SeriesFeed feed) {
    if (!NameAnalysis.namesVary(argument)) {
      feed.into((labels, values) -> sink.accept(labels.withoutName(), values));
      return;
    }
    SeriesMerger.merge(
        budget,
        sink,
        merger -> feed.into((labels, values) -> merger.accept(labels.withoutName(), values)));
  }

  private void negate(UnaryExpr unary, Steps steps, SeriesSink sink) {
    if (!unary.negated()) {
      vector(unary.expr(), steps, sink);
      return;
    }
    mapNameless(
        unary.expr(),
        steps,
        sink,
        values -> {
          double[] numbers = values.values();
          for (int step = 0; step < values.steps(); step++) {
            numbers[step] = -numbers[step];
          }
          values.changeHistograms(histogram -> histogram.times(-1));
        });
  }

  private void combine(BinaryExpr binary, Steps steps, SeriesSink sink) {
    boolean scalarLeft = binary.lhs().type() == ValueType.SCALAR;
    if (!scalarLeft && binary.rhs().type() == ValueType.VECTOR) {
      if (binary.operator().isSet()) {
        new SetOperators(binary, budget).combine(this, steps, sink);
        return;
      }
      try (CollectedSeries left = collect(binary.lhs(), steps);
          CollectedSeries right = collect(binary.rhs(), steps)) {
        new VectorMatcher(binary, steps, budget, annotations)
            .combine(left.series(), right.series(), sink);
      }
      return;
    }
    MixedOperator operator = new MixedOperator(binary.operator().text(), binary.returnBool());
    Expr vector = scalarLeft ? binary.rhs() : binary.lhs();
    double[] scalar = scalar(scalarLeft ? binary.lhs() : binary.rhs(), steps);
    StepValues out = new StepValues();
    ValueChange change =
        values -> {
          if (scalarLeft) {
            operator.apply(scalar, values, out);
          } else {
            operator.apply(values, scalar, out);
          }
          values.copyFrom(out);
        };
    boolean filters = binary.operator().isComparison() && !binary.returnBool();
    if (filters || binary.operator().isTrim()) {
      vector(vector, steps, changing(change, sink));
    } else {
      mapNameless(vector, steps, sink, change);
    }
    annotations.remark(operator, binary.position());
  }

  /** What an operator of an expression computes. */
  static BinaryOperator operator(BinaryExpr expr) {
    BinaryOperator operator = BinaryOperator.bySymbol(expr.operator().text());
    if (operator == null) {
      throw new IllegalStateException("no such operator: " + expr.operator());
    }
    return operator;
  }

  static Expr withoutParens(Expr expr) {
    Expr inner = expr;
    while (inner instanceof ParenExpr paren) {
      inner = paren.expr();
    }
    return inner;
  }

  Selectors selectors() {
    return selectors;
  }

  Subqueries subqueries() {
    return subqueries;
  }

  SampleBudget budget() {
    return budget;
  }

  Steps query() {
    return query;
  }

  /** Gives back the memory that the value counted for. */
  @Override
  public void close() {
    budget.close();
  }
}
