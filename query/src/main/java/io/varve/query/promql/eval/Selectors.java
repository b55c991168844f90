package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.TimeSpan;
import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StaleMarker;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.StepWindows;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns selectors into vectors: one pass over the samples of each series, whatever the number of
 * steps. Samples are in memory for one series at a time.
 */
final class Selectors {
  private final SampleSource source;
  private final EvalSettings settings;
  private final SampleBudget budget;
  private final Steps query;

  /**
   * Selectors of a query.
   *
   * @param query its steps, which {@code @ start()} and {@code @ end()} refer to
   */
  Selectors(SampleSource source, EvalSettings settings, SampleBudget budget, Steps query) {
    this.source = source;
    this.settings = settings;
    this.budget = budget;
    this.query = query;
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
   * @param times whether the value is to be the sample's time in seconds
   */
  void instant(VectorSelector selector, Steps steps, boolean times, SeriesSink sink) {
    Steps looks = shifted(steps, selector.at(), selector.offset());
    StepValues found = new StepValues();
    long after = looks.startMillis() - settings.lookbackMillis();
    read(
        selector,
        after,
        looks.lastMillis(),
        true,
        (labels, samples) -> {
          pickNewest(samples, looks, times, found);
          emit(labels, found, steps, sink);
        });
  }

  /** A function of the samples of each series in the range before each step. */
  void range(
      VectorSelector selector,
      long rangeMillis,
      Steps steps,
      RangeFunction function,
      double[][] parameters,
      SeriesSink sink) {
    Steps looks = shifted(steps, selector.at(), selector.offset());
    StepWindows windows = windows(looks, steps, rangeMillis, parameters.length > 0);
    StepValues found = new StepValues();
    read(
        selector,
        looks.startMillis() - rangeMillis,
        looks.lastMillis(),
        false,
        (labels, samples) -> {
          function.evaluate(samples, windows, parameters, found);
          emit(labels, found, steps, sink);
        });
  }

  /** Copies of the samples of the range before one step. */
  void samples(
      VectorSelector selector, long rangeMillis, Steps step, SampleSource.SampleVisitor visitor) {
    Steps looks = shifted(step, selector.at(), selector.offset());
    long end = looks.startMillis();
    read(selector, end - rangeMillis, end, false, visitor);
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
      double value = found.get(0);
      found.clear(steps.count());
      Arrays.fill(found.values(), 0, steps.count(), value);
      found.markAllPresent();
    }
    sink.accept(labels, found);
  }

  private void read(
      VectorSelector selector,
      long afterMillis,
      long upToMillis,
      boolean keepStale,
      SampleSource.SampleVisitor visitor) {
    List<SampleSource.SampleBlock> blocks =
        source.select(selector.matchers(), afterMillis, upToMillis, keepStale);
    for (SampleSource.SampleBlock block : blocks) {
      budget.checkCancelled();
      block.read(visitor);
    }
  }

  private void pickNewest(Samples samples, Steps looks, boolean times, StepValues out) {
    out.clear(looks.count());
    long[] at = samples.timesMillis();
    double[] values = samples.values();
    int count = samples.count();
    int next = 0;
    for (int step = 0; step < looks.count(); step++) {
      long end = looks.timeMillis(step);
      while (next < count && at[next] <= end) {
        next++;
      }
      int newest = next - 1;
      if (newest >= 0
          && at[newest] > end - settings.lookbackMillis()
          && !StaleMarker.is(values[newest])) {
        out.set(step, times ? at[newest] / 1000.0 : values[newest]);
      }
    }
  }
}
