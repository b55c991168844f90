package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.TimeSpan;
import io.varve.query.promql.function.Condenser;
import io.varve.query.promql.function.Condenser.Want;
import io.varve.query.promql.function.Interpolation;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.RangeFunctions;
import io.varve.query.promql.function.RangeFunctions.Newest;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.StepWindows;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns selectors into vectors: one pass over the samples of each series, whatever the number of
 * steps. Samples are in memory for one series per thread at a time.
 */
final class Selectors {
  /** Raw samples are read by one thread. */
  private static final int RAW_SERIES_PER_BLOCK = 256;

  /** Values that may be read ahead for other selectors: 16 MiB. */
  private static final long MAX_JOINT_VALUES = 1 << 21;

  /** A series takes as much memory as so many values, beside its own. */
  private static final int VALUES_PER_SERIES = 32;

  private final SampleSource source;
  private final EvalSettings settings;
  private final SampleBudget budget;
  private final Steps query;
  private final Annotations annotations;
  private JointSelectors joint = new JointSelectors();

  /**
   * Selectors of a query.
   *
   * @param query its steps, which {@code @ start()} and {@code @ end()} refer to
   */
  Selectors(
      SampleSource source,
      EvalSettings settings,
      SampleBudget budget,
      Steps query,
      Annotations annotations) {
    this.source = source;
    this.settings = settings;
    this.budget = budget;
    this.query = query;
    this.annotations = annotations;
  }

  /** Says which expression is evaluated, so that selectors of it can be read together. */
  void join(Expr expr) {
    joint = new JointSelectors();
    joint.find(expr);
  }

  /**
   * The steps at which a selector or subquery really looks: a single one if it has an {@code @}.
   */
  Steps shifted(Steps steps, @Nullable AtModifier at, TimeSpan offset) {
    if (at == null) {
      return new Steps(steps.startMillis() - offset.millis(), steps.stepMillis(), steps.count());
    }
    long time;
    if (at instanceof AtModifier.Timestamp fixed) {
      time = fixed.millis();
    } else {
      time = at == AtModifier.Preprocessor.START ? query.startMillis() : query.lastMillis();
    }
    return Steps.at(time - offset.millis());
  }

  /**
   * The newest sample of each series that is not older than the lookback.
   *
   * @param filter what of the values is kept; may be called by several threads
   */
  void instant(VectorSelector selector, Steps steps, SeriesFilter filter, SeriesSink sink) {
    instant(selector, steps, Newest.VALUE, filter, sink);
  }

  /** The times of the newest samples in seconds. */
  void times(VectorSelector selector, Steps steps, SeriesSink sink) {
    instant(selector, steps, Newest.TIME, SeriesFilter.NONE, sink);
  }

  /** The times of the newest samples in seconds, NaN where they are histograms. */
  void timesOfFloats(VectorSelector selector, Steps steps, SeriesSink sink) {
    instant(selector, steps, Newest.TIME_OF_FLOAT, SeriesFilter.NONE, sink);
  }

  private void instant(
      VectorSelector selector, Steps steps, Newest wanted, SeriesFilter filter, SeriesSink sink) {
    Steps looks = shifted(steps, selector.at(), selector.offset());
    long lookback = settings.lookbackMillis();
    StepWindows windows = windows(looks, steps, lookback, false);
    if (selector.extension() == RangeExtension.SMOOTHED && wanted == Newest.VALUE) {
      evaluate(
          selector,
          function(selector, RangeFunctions::smoothing, windows, RangeFunction.NO_PARAMETERS),
          lookback,
          lookback,
          looks,
          Condenser.EVERYTHING,
          false,
          steps,
          filter,
          sink);
      return;
    }
    evaluate(
        selector,
        function(
            selector, () -> RangeFunctions.newest(wanted), windows, RangeFunction.NO_PARAMETERS),
        lookback,
        0,
        looks,
        new Condenser(wanted == Newest.VALUE ? Want.LAST : Want.ALL, windows),
        true,
        steps,
        filter,
        sink);
  }

  private static SeriesFunction function(
      VectorSelector selector,
      Supplier<RangeFunction> instances,
      StepWindows windows,
      double[][] parameters) {
    return new SeriesFunction(
        instances, windows, parameters, selector.position(), SeriesFilter.NONE);
  }

  /**
   * A function of the samples of each series in the range before each step; of those around it too
   * if the selector is extended.
   *
   * @param want what the function wants of samples that are all in the same windows
   * @param function called once per thread and metric
   */
  void range(
      VectorSelector selector,
      long rangeMillis,
      Steps steps,
      Want want,
      Supplier<RangeFunction> function,
      double[][] parameters,
      SeriesSink sink) {
    Steps looks = shifted(steps, selector.at(), selector.offset());
    StepWindows windows = windows(looks, steps, rangeMillis, parameters.length > 0);
    evaluate(
        selector,
        function(selector, function, windows, parameters),
        rangeMillis + before(selector),
        behind(selector),
        looks,
        selector.extension() == RangeExtension.NONE
            ? new Condenser(want, windows)
            : Condenser.EVERYTHING,
        false,
        steps,
        SeriesFilter.NONE,
        sink);
  }

  long lookbackMillis() {
    return settings.lookbackMillis();
  }

  /** How far an extended range looks for samples before its beginning. */
  private long before(VectorSelector selector) {
    return selector.extension() == RangeExtension.NONE ? 0 : settings.lookbackMillis();
  }

  /** How far an extended range looks for samples behind its end. */
  private long behind(VectorSelector selector) {
    return selector.extension() == RangeExtension.SMOOTHED ? settings.lookbackMillis() : 0;
  }

  /** Copies of the samples of the range before one step. */
  void samples(
      VectorSelector selector, long rangeMillis, Steps step, SampleSource.SampleVisitor visitor) {
    Steps looks = shifted(step, selector.at(), selector.offset());
    long end = looks.startMillis();
    long start = end - rangeMillis;
    boolean extended = selector.extension() != RangeExtension.NONE;
    boolean smoothed = selector.extension() == RangeExtension.SMOOTHED;
    SampleSource.Selection selection =
        source.select(
            List.of(),
            selector.matchers(),
            start - before(selector),
            end + behind(selector),
            false,
            Condenser.EVERYTHING,
            RAW_SERIES_PER_BLOCK);
    DistinctSeries distinct = selection.mayRepeat() ? distinct(selector) : null;
    try (SampleBudget.Hold buffers = budget.hold()) {
      for (SampleSource.SampleBlock block : selection.blocks()) {
        block.read(
            () ->
                SampleSource.collecting(
                    (labels, samples) -> {
                      if (distinct == null || distinct.isFirst(labels)) {
                        Samples wanted =
                            extended
                                ? Interpolation.extend(samples, start, end, smoothed)
                                : samples;
                        if (wanted.count() > 0) {
                          visitor.visit(labels, wanted);
                        }
                      }
                    }),
            buffers::growReading);
      }
    }
  }

  /**
   * The windows of a range. What looks at a single time for all steps has one window, unless the
   * function also depends on numbers that change with the step: then the same for each.
   */
  static StepWindows windows(Steps looks, Steps steps, long rangeMillis, boolean perStep) {
    return looks.count() == steps.count() || !perStep
        ? new StepWindows(looks.startMillis(), looks.stepMillis(), looks.count(), rangeMillis)
        : new StepWindows(looks.startMillis(), 0, steps.count(), rangeMillis);
  }

  /** Hands on what has a value somewhere; what was found at a single time holds for all steps. */
  static void emit(Labels labels, StepValues found, Steps steps, SeriesSink sink) {
    if (found.isEmpty()) {
      return;
    }
    if (found.steps() != steps.count()) {
      found.repeatFirst(steps.count());
    }
    sink.accept(labels, found);
  }

  private void evaluate(
      VectorSelector selector,
      SeriesFunction function,
      long beforeMillis,
      long behindMillis,
      Steps looks,
      Condenser condenser,
      boolean keepStale,
      Steps steps,
      SeriesFilter filter,
      SeriesSink sink) {
    SeriesSink kept = filter.in(sink);
    SeriesSink unfiltered = (labels, found) -> emit(labels, found, steps, kept);
    long after = looks.startMillis() - beforeMillis;
    long upTo = looks.lastMillis() + behindMillis;
    BlockReader reader = new BlockReader(budget, annotations, upTo - after, looks.count());
    JointSelectors.Group group = joint.groupOf(selector);
    if (group != null && group.isFirst()) {
      SampleSource.Selection selection =
          source.select(
              group.names(),
              group.matchers(),
              after,
              upTo,
              keepStale,
              condenser,
              reader.seriesPerBlock());
      if (isWorthJoining(selection, looks)) {
        group.begin(looks, budget);
        reader.read(selection.blocks(), function, group::add);
      } else {
        joint.remove(group);
        group = null;
      }
    }
    SeriesTable waiting = group == null ? null : group.take(selector, looks);
    if (waiting != null) {
      waiting.sendTo(unfiltered, new StepValues());
      waiting.close();
      return;
    }
    SampleSource.Selection selection =
        source.select(
            List.of(),
            selector.matchers(),
            after,
            upTo,
            keepStale,
            condenser,
            reader.seriesPerBlock());
    if (selection.mayRepeat()) {
      DistinctSeries distinct = distinct(selector);
      reader.read(
          selection.blocks(),
          function,
          (labels, values) -> {
            if (distinct.isFirst(labels)) {
              unfiltered.accept(labels, values);
            }
          });
    } else if (looks.count() == steps.count()) {
      // By those who read, so that less has to wait for its turn.
      reader.read(selection.blocks(), function.with(filter), sink);
    } else {
      reader.read(selection.blocks(), function, unfiltered);
    }
  }

  /** Whether series are read together, and so few that all may wait in memory. */
  private boolean isWorthJoining(SampleSource.Selection selection, Steps looks) {
    long series = 0;
    for (SampleSource.SampleBlock block : selection.blocks()) {
      series += block.seriesCount();
    }
    return selection.joint()
        && !selection.mayRepeat()
        && series * (looks.count() + VALUES_PER_SERIES)
            <= Math.min(MAX_JOINT_VALUES, settings.maxSamples() / 4);
  }

  private DistinctSeries distinct(VectorSelector selector) {
    return new DistinctSeries(budget, annotations, selector.position());
  }
}
