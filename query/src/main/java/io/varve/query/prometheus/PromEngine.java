package io.varve.query.prometheus;

import io.varve.query.promql.DurationExpressions;
import io.varve.query.promql.LabelPredicate;
import io.varve.query.promql.Labels;
import io.varve.query.promql.Parser;
import io.varve.query.promql.ParserOptions;
import io.varve.query.promql.PrettyPrinter;
import io.varve.query.promql.PromException;
import io.varve.query.promql.SyntaxTree;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.ValueType;
import io.varve.query.promql.eval.Annotations;
import io.varve.query.promql.eval.EvalSettings;
import io.varve.query.promql.eval.Evaluator;
import io.varve.query.promql.eval.StepSeries;
import io.varve.query.promql.eval.Steps;
import io.varve.query.promql.eval.Value;
import io.varve.storage.Varve;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Answers PromQL over a store. Each numeric field of a measurement is a metric; see {@link
 * MetricNames} for its name. A database other than the default one shows as the label {@code db}.
 * Looks at default retention policies. Thread-safe; results are not.
 */
public final class PromEngine {
  private final PromView view;
  private final PromSettings settings;
  private final ParserOptions parserOptions;

  public PromEngine(Varve store, PromSettings settings) {
    this.view = new PromView(store, settings.defaultDatabase());
    this.settings = settings;
    this.parserOptions =
        settings.experimental()
            ? ParserOptions.DEFAULT.withExperimentalFunctions()
            : ParserOptions.DEFAULT;
  }

  public PromSettings settings() {
    return settings;
  }

  /**
   * Evaluates an expression at one time.
   *
   * @throws io.varve.query.QueryException if it does not parse
   * @throws PromException if it cannot be evaluated
   */
  public PromResult query(String text, long timeMillis, PromRequest request) {
    Steps steps = Steps.at(timeMillis);
    Expr expr = DurationExpressions.resolve(Parser.parse(text, parserOptions), 0, 0);
    Annotations annotations = new Annotations(text);
    Value value = evaluate(expr, steps, true, annotations, request);
    return new EvaluatedResult(value, steps, type(expr), annotations);
  }

  /**
   * Evaluates an expression at {@code start + k * step}, up to {@code end}. The answer is sorted by
   * labels.
   *
   * @throws io.varve.query.QueryException if it does not parse
   * @throws PromException if the range makes no sense, or it cannot be evaluated
   */
  public PromResult queryRange(
      String text, long startMillis, long endMillis, long stepMillis, PromRequest request) {
    Steps steps = steps(startMillis, endMillis, stepMillis);
    Expr expr =
        DurationExpressions.resolve(
            Parser.parse(text, parserOptions), stepMillis, endMillis - startMillis);
    if (expr.type() != ValueType.SCALAR && expr.type() != ValueType.VECTOR) {
      throw badData(
          "invalid parameter \"query\": invalid expression type \""
              + expr.type().documentedType()
              + "\" for range query, must be Scalar or instant Vector");
    }
    Annotations annotations = new Annotations(text);
    Value value = evaluate(expr, steps, false, annotations, request);
    if (value instanceof Value.Vector vector) {
      List<StepSeries> sorted = new ArrayList<>(vector.series());
      sorted.sort(Comparator.comparing(StepSeries::labels));
      value = new Value.Vector(sorted);
    }
    return new EvaluatedResult(value, steps, PromResult.Type.MATRIX, annotations);
  }

  private Steps steps(long startMillis, long endMillis, long stepMillis) {
    if (endMillis < startMillis) {
      throw badData("invalid parameter \"end\": end timestamp must not be before start time");
    }
    if (stepMillis <= 0) {
      throw badData(
          "invalid parameter \"step\": zero or negative query resolution step widths are not"
              + " accepted. Try a positive integer");
    }
    long span = endMillis - startMillis;
    if (span < 0 || span / stepMillis > settings.maxPointsPerSeries()) {
      throw badData(
          "exceeded maximum resolution of "
              + settings.maxPointsPerSeries()
              + " points per timeseries. Try decreasing the query resolution (?step=XX)");
    }
    return new Steps(startMillis, stepMillis, (int) (span / stepMillis) + 1);
  }

  private Value evaluate(
      Expr expr, Steps steps, boolean instant, Annotations annotations, PromRequest request) {
    EvalSettings evalSettings =
        new EvalSettings(
            request.lookbackMillis(),
            settings.subqueryStepMillis(),
            settings.maxSamples(),
            stopper(request));
    try (PromView.OpenDatabases databases = view.open(request)) {
      return new Evaluator(
              new StoreSamples(databases.views()), evalSettings, steps, instant, annotations)
          .evaluate(expr);
    }
  }

  private static BooleanSupplier stopper(PromRequest request) {
    return () -> {
      if (System.nanoTime() - request.deadlineNanos() > 0) {
        throw new PromException(
            PromException.Kind.TIMEOUT, "query timed out in expression evaluation");
      }
      return request.cancelled().getAsBoolean();
    };
  }

  private static PromResult.Type type(Expr expr) {
    return switch (expr.type()) {
      case SCALAR -> PromResult.Type.SCALAR;
      case STRING -> PromResult.Type.STRING;
      case VECTOR -> PromResult.Type.VECTOR;
      case MATRIX -> PromResult.Type.MATRIX;
    };
  }

  /**
   * The text of an expression as Prometheus would format it.
   *
   * @throws io.varve.query.QueryException if it does not parse
   */
  public String format(String text) {
    return PrettyPrinter.print(Parser.parse(text, parserOptions));
  }

  /**
   * The tree of an expression: maps, lists, texts and numbers.
   *
   * @throws io.varve.query.QueryException if it does not parse
   */
  public Map<String, Object> syntaxTree(String text) {
    return SyntaxTree.of(Parser.parse(text, parserOptions));
  }

  /** The series that meet one of the selectors and may have samples in a closed range, sorted. */
  public Collection<Labels> series(
      List<String> selectors, long startMillis, long endMillis, PromRequest request) {
    List<List<LabelMatcher>> parsed = parse(selectors);
    try (PromView.OpenDatabases databases = view.open(request)) {
      return catalog(databases, startMillis, endMillis).series(parsed, limit(request));
    }
  }

  /**
   * The names of labels of the series that meet one of the selectors, sorted.
   *
   * @param selectors none for all series
   */
  public Collection<String> labelNames(
      List<String> selectors, long startMillis, long endMillis, PromRequest request) {
    List<List<LabelMatcher>> parsed = parse(selectors);
    try (PromView.OpenDatabases databases = view.open(request)) {
      return limited(catalog(databases, startMillis, endMillis).labelNames(parsed), request);
    }
  }

  /**
   * The values of a label of the series that meet one of the selectors, sorted.
   *
   * @param selectors none for all series
   */
  public Collection<String> labelValues(
      String name, List<String> selectors, long startMillis, long endMillis, PromRequest request) {
    List<List<LabelMatcher>> parsed = parse(selectors);
    try (PromView.OpenDatabases databases = view.open(request)) {
      return limited(catalog(databases, startMillis, endMillis).labelValues(name, parsed), request);
    }
  }

  private static PromCatalog catalog(
      PromView.OpenDatabases databases, long startMillis, long endMillis) {
    return new PromCatalog(databases.views(), Times.closed(startMillis, endMillis));
  }

  private static List<List<LabelMatcher>> parse(List<String> selectors) {
    List<List<LabelMatcher>> parsed = new ArrayList<>();
    for (String selector : selectors) {
      List<LabelMatcher> matchers = Parser.parseMetricSelector(selector);
      if (matchers.stream().map(LabelPredicate::of).allMatch(matcher -> matcher.matches(""))) {
        throw badData("match[] must contain at least one non-empty matcher");
      }
      parsed.add(matchers);
    }
    return parsed;
  }

  private static int limit(PromRequest request) {
    return request.limit() == 0 ? Integer.MAX_VALUE : request.limit();
  }

  private static Collection<String> limited(Collection<String> names, PromRequest request) {
    return names.size() <= limit(request) ? names : names.stream().limit(request.limit()).toList();
  }

  private static PromException badData(String message) {
    return new PromException(PromException.Kind.BAD_DATA, message);
  }
}
