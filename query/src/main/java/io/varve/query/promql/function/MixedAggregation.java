package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import io.varve.query.promql.histogram.HistogramTotal;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An aggregation of some groups that may have histograms: floats go to an aggregation of floats;
 * histograms are added up at each step, counted, or passed over. A step with both has no sum and no
 * mean. Not thread-safe.
 */
public final class MixedAggregation {
  private enum Treatment {
    ADD,
    COUNT,
    IGNORE
  }

  private static final StepValues NONE_FAILED = new StepValues();

  /** A sum has, beside each number, what rounding took from it. */
  private static final long SUM_FACTOR = 2;

  private final Aggregation floats;
  private final Treatment treatment;
  private final boolean mean;

  private final int steps;
  private final int groups;

  /** A place for each step of each group; null while there are no histograms. */
  private @Nullable HistogramTotal @Nullable [] totals;

  // Made with the above: there are many aggregations, and few have histograms.

  /** Places at which histograms could not be added. */
  private StepValues failed = NONE_FAILED;

  private Set<HistogramRemark> remarks = Set.of();

  /** Bytes of the largest histogram that was added at each place. */
  private int[] largest = {};

  private long histogramBytes;
  private boolean ignored;

  private MixedAggregation(
      Aggregation floats, Treatment treatment, boolean mean, int steps, int groups) {
    this.steps = steps;
    this.groups = groups;
    this.floats = floats;
    this.treatment = treatment;
    this.mean = mean;
  }

  /**
   * A new aggregation as {@link Aggregation#create} gives them, or null.
   *
   * @param steps of each group
   */
  public static @Nullable MixedAggregation create(
      String name, double[] parameter, int steps, int groups) {
    Aggregation floats = Aggregation.create(name, parameter);
    if (floats == null) {
      return null;
    }
    floats.clear(steps, groups);
    Treatment treatment =
        switch (name) {
          case "sum", "avg" -> Treatment.ADD;
          case "count", "group" -> Treatment.COUNT;
          default -> Treatment.IGNORE;
        };
    return new MixedAggregation(floats, treatment, name.equals("avg"), steps, groups);
  }

  /** Takes a series of a group, whose histograms may be removed. */
  public void add(int group, StepValues series) {
    if (series.hasHistograms() && treatment != Treatment.COUNT) {
      if (treatment == Treatment.ADD) {
        addHistograms(series, group * steps);
        series.removeHistograms();
      } else {
        ignored |= series.removeHistograms();
      }
    }
    floats.add(group, series);
  }

  private void addHistograms(StepValues series, int at) {
    if (totals == null) {
      totals = new HistogramTotal[steps * groups];
      failed = new StepValues(steps * groups);
      remarks = EnumSet.noneOf(HistogramRemark.class);
      largest = new int[steps * groups];
    }
    for (int step = 0; step < steps; step++) {
      FloatHistogram histogram = series.isPresent(step) ? series.histogram(step) : null;
      if (histogram == null) {
        continue;
      }
      int place = at + step;
      grow(place, histogram.sizeBytes());
      HistogramTotal total = totals[place];
      if (total == null) {
        totals[place] = HistogramTotal.of(histogram, mean);
      } else if (total.takes(histogram)) {
        total.add(histogram);
      } else {
        failed.set(place, 0);
      }
    }
  }

  private void grow(int place, int sizeBytes) {
    if (sizeBytes > largest[place]) {
      histogramBytes += SUM_FACTOR * (sizeBytes - largest[place]);
      largest[place] = sizeBytes;
    }
  }

  /** What the sums of histograms take, roughly: as much as the largest addends, compensated. */
  public long histogramBytes() {
    return histogramBytes;
  }

  /** Sets the result of a group at each step that has one. */
  public void finish(int group, StepValues out) {
    floats.finish(group, out);
    if (totals == null) {
      return;
    }
    int at = group * steps;
    for (int step = 0; step < steps; step++) {
      HistogramTotal total = totals[at + step];
      if (total == null) {
        continue;
      }
      if (out.isPresent(step)) {
        out.remove(step);
        remarks.add(HistogramRemark.MIXED_AGGREGATION);
      } else if (failed.isPresent(at + step)) {
        remarks.add(HistogramRemark.EXPONENTIAL_AND_CUSTOM);
      } else {
        out.set(step, total.total());
        remark(total);
      }
    }
  }

  private void remark(HistogramTotal total) {
    if (total.isReconciled()) {
      remarks.add(HistogramRemark.BOUNDS_RECONCILED_AGGREGATING);
    }
    if (total.hasConflictingResets()) {
      remarks.add(HistogramRemark.CONFLICTING_RESETS_AGGREGATED);
    }
  }

  /** What there is to say about the histograms of the groups that have been finished. */
  public Set<HistogramRemark> remarks() {
    return remarks;
  }

  /** Whether histograms were passed over. */
  public boolean hasIgnored() {
    return ignored;
  }
}
