package io.varve.query.prometheus;

import io.varve.query.QueryEngine;
import io.varve.query.QueryResources;
import io.varve.query.RunningQueryLimits;
import io.varve.query.promql.DurationExpressions;
import io.varve.query.promql.LabelPredicate;
import io.varve.query.promql.Labels;
import io.varve.query.promql.ParseException;
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
import io.varve.query.promql.eval.SampleSource;
import io.varve.query.promql.eval.Steps;
import io.varve.query.promql.eval.Value;
import io.varve.query.promql.function.Condenser;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StaleMarker;
import io.varve.query.running.RunningQueries;
import io.varve.storage.Varve;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Answers PromQL over a store. Each numeric field of a measurement is a metric; see {@link
 * MetricNames} for its name. A database other than the default one shows as the label {@code db}.
 * Looks at default retention policies. Thread-safe; results are not.
 */
public final class PromEngine {
  /** Series that {@link #newest} reads by one scan. */
  private static final int NEWEST_BLOCK_SERIES = 256;

  /** Names in each list of {@link #cardinality}, unless a request says how many. */
  private static final int DEFAULT_COUNTS = 10;

  private static final Comparator<Labels> BY_METRIC =
      Comparator.comparing((Labels labels) -> labels.get(Labels.NAME))
          .thenComparing(Comparator.naturalOrder());

  /** So far from the ends of a long that no range or offset overflows. */
  private static final long MAX_TIME_MILLIS = 1L << 61;

  private final PromView view;
  private final PromSettings settings;
  private final QueryResources resources;
  private final ParserOptions parserOptions;
  private final RunningQueries running;

  /** An engine whose requests nobody else sees, with threads and memory of its own. */
  public PromEngine(Varve store, PromSettings settings) {
    this(store, settings, QueryResources.defaults());
  }

  /** The same, with threads and memory that it shares with other engines. */
  public PromEngine(Varve store, PromSettings settings, QueryResources resources) {
    this(store, settings, new RunningQueries(RunningQueryLimits.none()), resources);
  }

  /**
   * An engine whose requests are among the running queries of another, count for its limits and
   * share its threads and memory.
   */
  public PromEngine(Varve store, PromSettings settings, QueryEngine other) {
    this(store, settings, other.running(), other.resources());
  }

  private PromEngine(
      Varve store, PromSettings settings, RunningQueries running, QueryResources resources) {
    this.resources = resources;
    this.view = new PromView(store, settings.defaultDatabase());
    this.settings = settings;
    this.running = running;
    this.parserOptions =
        settings.experimental()
            ? ParserOptions.DEFAULT.withExperimentalFunctions()
            : ParserOptions.DEFAULT;
  }

  public PromSettings settings() {
    return settings;
  }

  /**
   * Evaluates an expression at one time. The caller closes the answer.
   *
   * @throws PromException if it does not parse or cannot be evaluated
   */
  public PromResult query(String text, long timeMillis, PromRequest request) {
    Steps steps = Steps.at(checkTime("time", timeMillis));
    Expr expr = DurationExpressions.resolve(parseQuery(text), 0, 0);
    return evaluate(text, expr, steps, true, type(expr), request);
  }

  /**
   * Evaluates an expression at {@code start + k * step}, up to {@code end}. The answer is sorted by
   * labels; the caller closes it.
   *
   * @throws PromException if it does not parse, if the range makes no sense, or it cannot be
   *     evaluated
   */
  public PromResult queryRange(
      String text, long startMillis, long endMillis, long stepMillis, PromRequest request) {
    Steps steps = steps(startMillis, endMillis, stepMillis);
    Expr expr = DurationExpressions.resolve(parseQuery(text), stepMillis, endMillis - startMillis);
    if (expr.type() != ValueType.SCALAR && expr.type() != ValueType.VECTOR) {
      throw badData(
          "invalid parameter \"query\": invalid expression type \""
              + expr.type().documentedType()
              + "\" for range query, must be Scalar or instant Vector");
    }
    return evaluate(text, expr, steps, false, PromResult.Type.MATRIX, request);
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
    long span = checkTime("end", endMillis) - checkTime("start", startMillis);
    if (span / stepMillis > settings.maxPointsPerSeries()) {
      throw badData(
          "exceeded maximum resolution of "
              + String.format(Locale.ROOT, "%,d", settings.maxPointsPerSeries())
              + " points per timeseries. Try decreasing the query resolution (?step=XX)");
    }
    return new Steps(startMillis, stepMillis, (int) (span / stepMillis) + 1);
  }

  private static long checkTime(String parameter, long timeMillis) {
    if (timeMillis < -MAX_TIME_MILLIS || timeMillis > MAX_TIME_MILLIS) {
      throw badData("invalid parameter \"" + parameter + "\": time out of range");
    }
    return timeMillis;
  }

  private PromResult evaluate(
      String text,
      Expr expr,
      Steps steps,
      boolean instant,
      PromResult.Type type,
      PromRequest request) {
    long begin = System.nanoTime();
    try (QueryGuard guard = QueryGuard.begin(running, text, request);
        PromView.OpenDatabases databases = view.open(request)) {
      EvalSettings evalSettings =
          new EvalSettings(
              request.lookbackMillis(),
              settings.subqueryStepMillis(),
              settings.maxSamples(),
              guard::isCancelled,
              resources);
      StoreSamples samples = new StoreSamples(databases.views(), guard);
      Annotations annotations = new Annotations(text);
      Evaluator evaluator = new Evaluator(samples, evalSettings, steps, instant, annotations);
      try {
        Value value = evaluator.evaluate(expr);
        if (!instant && value instanceof Value.Vector vector) {
          vector.series().sortByLabels();
        }
        return new EvaluatedResult(
            value,
            steps,
            type,
            annotations,
            samples.samplesRead(),
            System.nanoTime() - begin,
            evaluator);
      } catch (RuntimeException | Error e) {
        evaluator.close();
        throw e;
      }
    }
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
   * Visits the series that meet all conditions and have samples in a closed range, sorted by their
   * labels, with all their samples, stale markers among them. Takes memory for the labels of all
   * series, but for few samples.
   *
   * @throws io.varve.query.QueryException if a pattern does not compile
   * @throws PromException if there are too many series, or the request ends early
   */
  public void read(
      List<LabelCondition> conditions,
      long startMillis,
      long endMillis,
      PromRequest request,
      SeriesVisitor visitor) {
    List<LabelMatcher> matchers = conditions.stream().map(LabelCondition::matcher).toList();
    String text =
        matchers.stream()
            .map(matcher -> matcher.name() + matcher.type().text() + '"' + matcher.value() + '"')
            .collect(Collectors.joining(",", "remote read {", "}"));
    TimeRange range = Times.closed(startMillis, endMillis);
    try (QueryGuard guard = QueryGuard.begin(running, text, request);
        PromView.OpenDatabases databases = view.open(request)) {
      new SortedSeries(databases.views(), range, guard).visit(matchers, visitor);
    }
  }

  /** Whether {@link #read} may come upon native histograms. */
  public boolean mayReadHistograms(List<LabelCondition> conditions, PromRequest request) {
    List<LabelMatcher> matchers = conditions.stream().map(LabelCondition::matcher).toList();
    try (PromView.OpenDatabases databases = view.open(request)) {
      return databases.views().stream()
          .flatMap(database -> Metrics.matching(database.names(), matchers).stream())
          .anyMatch(MetricField::histograms);
    }
  }

  /**
   * The text of an expression as Prometheus would format it.
   *
   * @throws PromException if it does not parse
   */
  public String format(String text) {
    return PrettyPrinter.print(parseQuery(text));
  }

  /**
   * The tree of an expression: maps, lists, texts and numbers.
   *
   * @throws PromException if it does not parse
   */
  public Map<String, Object> syntaxTree(String text) {
    return SyntaxTree.of(parseQuery(text));
  }

  /**
   * Checks that a text is an expression.
   *
   * @throws PromException if it does not parse
   */
  public void check(String text) {
    parseQuery(text);
  }

  /** The series that meet one of the selectors and may have samples in a closed range, sorted. */
  public PromList<Labels> series(
      List<String> selectors, long startMillis, long endMillis, PromRequest request) {
    List<List<LabelMatcher>> parsed = parse(selectors);
    return look(
        "series " + selectors,
        request,
        (databases, guard) ->
            PromList.of(
                new PromCatalog(databases, Times.closed(startMillis, endMillis), guard)
                    .series(parsed, request.limit()),
                request.limit()));
  }

  /**
   * The names of labels of the series that meet one of the selectors, sorted.
   *
   * @param selectors none for all series
   */
  public PromList<String> labelNames(
      List<String> selectors, long startMillis, long endMillis, PromRequest request) {
    List<List<LabelMatcher>> parsed = parse(selectors);
    return look(
        "label names " + selectors,
        request,
        (databases, guard) ->
            PromList.of(
                new PromCatalog(databases, Times.closed(startMillis, endMillis), guard)
                    .labelNames(parsed),
                request.limit()));
  }

  /**
   * The values of a label of the series that meet one of the selectors, sorted.
   *
   * @param selectors none for all series
   */
  public PromList<String> labelValues(
      String name, List<String> selectors, long startMillis, long endMillis, PromRequest request) {
    List<List<LabelMatcher>> parsed = parse(selectors);
    return look(
        "values of label " + name + " " + selectors,
        request,
        (databases, guard) ->
            PromList.of(
                new PromCatalog(databases, Times.closed(startMillis, endMillis), guard)
                    .labelValues(name, parsed),
                request.limit()));
  }

  /**
   * The newest sample of each series that meets one of the selectors and has one that is not older
   * than the lookback and not a stale marker; sorted by metric, then labels.
   */
  public List<NewestSample> newest(List<String> selectors, long timeMillis, PromRequest request) {
    List<List<LabelMatcher>> parsed = parse(selectors);
    return look(
        "newest samples of " + selectors,
        request,
        (databases, guard) -> {
          Map<Labels, NewestSample> found = new TreeMap<>(BY_METRIC);
          StoreSamples samples = new StoreSamples(databases, guard);
          long after = timeMillis - request.lookbackMillis();
          for (List<LabelMatcher> matchers : parsed) {
            SampleSource.Selection selection =
                samples.select(
                    List.of(),
                    matchers,
                    after,
                    timeMillis,
                    true,
                    Condenser.EVERYTHING,
                    NEWEST_BLOCK_SERIES);
            for (SampleSource.SampleBlock block : selection.blocks()) {
              block.read(
                  () -> SampleSource.collecting((labels, read) -> keepNewest(labels, read, found)),
                  wanted -> {});
            }
          }
          return List.copyOf(found.values());
        });
  }

  private static void keepNewest(Labels labels, Samples read, Map<Labels, NewestSample> found) {
    int newest = read.count() - 1;
    if (newest >= 0 && read.histogram(newest) == null && !StaleMarker.is(read.values()[newest])) {
      found.putIfAbsent(
          labels, new NewestSample(labels, read.timesMillis()[newest], read.values()[newest]));
      PromCatalog.checkCount(found.size());
    }
  }

  /** How many series there are, of which metrics and with how many values of labels. */
  public PromCardinality cardinality(PromRequest request) {
    return look(
        "cardinality",
        request,
        (databases, guard) -> {
          Cardinality counts = new Cardinality(guard);
          databases.forEach(counts::add);
          return counts.top(request.limit() == 0 ? DEFAULT_COUNTS : request.limit());
        });
  }

  /** Looks for something in the databases of a request. */
  @FunctionalInterface
  private interface Look<T> {
    T at(List<DatabaseView> databases, QueryGuard guard);
  }

  private <T> T look(String text, PromRequest request, Look<T> look) {
    try (QueryGuard guard = QueryGuard.begin(running, text, request);
        PromView.OpenDatabases databases = view.open(request)) {
      return look.at(databases.views(), guard);
    }
  }

  private Expr parseQuery(String text) {
    try {
      return Parser.parse(text, parserOptions);
    } catch (ParseException e) {
      throw badData("invalid parameter \"query\": " + e.getMessage());
    }
  }

  private static List<List<LabelMatcher>> parse(List<String> selectors) {
    List<List<LabelMatcher>> parsed = new ArrayList<>();
    for (String selector : selectors) {
      List<LabelMatcher> matchers;
      try {
        matchers = Parser.parseMetricSelector(selector);
      } catch (ParseException e) {
        throw badData("invalid parameter \"match[]\": " + e.getMessage());
      }
      if (matchers.stream().map(LabelPredicate::of).allMatch(matcher -> matcher.matches(""))) {
        throw badData(
            "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher");
      }
      parsed.add(matchers);
    }
    return parsed;
  }

  private static PromException badData(String message) {
    return new PromException(PromException.Kind.BAD_DATA, message);
  }
}
