package io.varve.query.promql.histogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HistogramArithmeticTest {
  private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final RandomHistograms histograms = new RandomHistograms(random);

  private static FloatHistogram plus(FloatHistogram a, FloatHistogram b) {
    HistogramSum sum = new HistogramSum(a);
    sum.add(b);
    return sum.total();
  }

  private static double observations(FloatHistogram histogram) {
    return histogram.negative().total() + histogram.positive().total() + histogram.zeroCount();
  }

  @Test
  void halvesTheBoundsOfEveryBucketFromSchemaToSchema() {
    for (int schema = -3; schema < 8; schema++) {
      for (int index = -60; index <= 60; index++) {
        double bound = ExponentialBounds.upper(index, schema);
        assertThat(ExponentialBounds.upper(2 * index, schema + 1)).isEqualTo(bound);
        assertThat(ExponentialBounds.upper(index - 1, schema)).isLessThan(bound);
        int coarse = ExponentialBounds.coarser(index, 1);
        assertThat(ExponentialBounds.upper(coarse, schema - 1)).isGreaterThanOrEqualTo(bound);
        assertThat(ExponentialBounds.upper(coarse - 1, schema - 1)).isLessThan(bound);
      }
    }
  }

  @Test
  void endsTheLastFiniteBucketAtTheLargestNumber() {
    assertThat(ExponentialBounds.upper(1024, 0)).isEqualTo(Double.MAX_VALUE);
    assertThat(ExponentialBounds.upper(1025, 0)).isInfinite();
    assertThat(ExponentialBounds.upper(64, -4)).isEqualTo(Double.MAX_VALUE);
    assertThat(ExponentialBounds.upper(4096, 2)).isEqualTo(Double.MAX_VALUE);
    assertThat(ExponentialBounds.upper(-2000, 0)).isZero();
    assertThat(ExponentialBounds.upper(2, 1)).isEqualTo(2);
  }

  @Test
  void losesNoObservationInSums() {
    for (int round = 0; round < 3_000; round++) {
      FloatHistogram a = histograms.next();
      FloatHistogram b = histograms.next();
      HistogramSum sum = new HistogramSum(a);
      if (!sum.takes(b)) {
        assertThatThrownBy(() -> sum.add(b)).isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      sum.add(b);
      FloatHistogram total = sum.total();
      String described = "seed " + SEED + ": " + a + " + " + b;
      assertThat(observations(total)).as(described).isEqualTo(a.count() + b.count());
      assertThat(total.count()).as(described).isEqualTo(a.count() + b.count());
      assertThat(total.sum()).as(described).isEqualTo(a.sum() + b.sum());
      assertThat(total.schema()).isEqualTo(Math.min(a.schema(), b.schema()));
      assertThat(total.zeroThreshold())
          .isGreaterThanOrEqualTo(Math.max(a.zeroThreshold(), b.zeroThreshold()));
      assertThat(total.sameAs(plus(b, a))).as(described).isTrue();
    }
  }

  @Test
  void givesBackWhatWasAddedIfTheBucketsAgree() {
    for (int round = 0; round < 1_000; round++) {
      FloatHistogram a = histograms.exponential(2);
      FloatHistogram b = plus(a, histograms.exponential(2));
      // What b has in its zero bucket may be wider than in a.
      FloatHistogram rest = plus(b, a.times(-1));
      assertThat(plus(rest, a).sameAs(plus(b, a.emptied()))).as("seed %d", SEED).isTrue();
    }
  }

  @Test
  void seesNoResetWhereObservationsAreAdded() {
    for (int round = 0; round < 3_000; round++) {
      FloatHistogram before = histograms.next().withHint(CounterReset.UNKNOWN);
      FloatHistogram more = histograms.next().withHint(CounterReset.UNKNOWN);
      if (before.isCustom() != more.isCustom()) {
        continue;
      }
      FloatHistogram after = plus(before, more);
      assertThat(ResetDetection.isReset(after, before)).as("seed %d: %s", SEED, before).isFalse();
      if (more.count() > 0) {
        assertThat(ResetDetection.isReset(before, after)).as("seed %d: %s", SEED, after).isTrue();
      }
    }
  }

  @Test
  void keepsWhatRoundingTakesFromSums() {
    Buckets one = Buckets.of(new int[] {1}, new double[] {1}, 1);
    FloatHistogram small = histogram(1, 1, one);
    FloatHistogram big = histogram(1e100, 1e100, one.times(1e100));
    HistogramSum sum = new HistogramSum(small);
    sum.add(big);
    sum.add(small);
    sum.add(big.times(-1));
    assertThat(sum.total().count()).isEqualTo(2);
    assertThat(sum.total().positive().count(0)).isEqualTo(2);
  }

  private static FloatHistogram histogram(double count, double sum, Buckets positive) {
    return new FloatHistogram(
        0, CounterReset.UNKNOWN, count, sum, 0, 0, Buckets.NONE, positive, CustomBounds.NONE);
  }

  @Test
  void findsTheMeanOfWhatHasNoFiniteSum() {
    FloatHistogram huge = histogram(1.5e308, 1.5e308, Buckets.NONE);
    HistogramMean mean = new HistogramMean(huge);
    mean.add(huge);
    mean.add(huge);
    assertThat(mean.total().count()).isCloseTo(1.5e308, within(1e294));
  }

  @Test
  void tellsConflictsOfCounterResets() {
    FloatHistogram any = histogram(1, 1, Buckets.NONE);
    List<CounterReset> hints = new ArrayList<>();
    for (CounterReset a : CounterReset.values()) {
      for (CounterReset b : CounterReset.values()) {
        HistogramSum sum = new HistogramSum(any.withHint(a));
        sum.add(any.withHint(b));
        hints.add(sum.total().hint());
        assertThat(sum.hasConflictingResets())
            .isEqualTo(
                (a == CounterReset.RESET && b == CounterReset.NOT_RESET)
                    || (b == CounterReset.RESET && a == CounterReset.NOT_RESET));
      }
    }
    assertThat(hints).contains(CounterReset.values());
  }

  @Test
  void findsQuantilesBetweenTheBoundsAndInOrder() {
    for (int round = 0; round < 2_000; round++) {
      FloatHistogram histogram = histograms.next();
      if (histogram.count() == 0) {
        assertThat(HistogramQuantile.of(histogram, 0.5)).isNaN();
        continue;
      }
      if (histogram.isCustom() && histogram.bounds().size() == 0) {
        continue; // a single bucket from end to end says nothing
      }
      double before = Double.NEGATIVE_INFINITY;
      for (int i = 0; i <= 20; i++) {
        double quantile = HistogramQuantile.of(histogram, i / 20.0);
        assertThat(quantile)
            .as("seed %d: %d/20 of %s", SEED, i, histogram)
            .isGreaterThanOrEqualTo(before - 1e-9 * Math.abs(before));
        before = quantile;
      }
    }
  }

  @Test
  void findsTheFractionBelowAQuantile() {
    for (int round = 0; round < 2_000; round++) {
      FloatHistogram histogram = histograms.exponential(random.nextInt(-1, 5));
      if (histogram.count() == 0) {
        continue;
      }
      double wanted = random.nextDouble();
      double quantile = HistogramQuantile.of(histogram, wanted);
      double below = HistogramFraction.of(histogram, Double.NEGATIVE_INFINITY, quantile);
      if (histogram.zeroThreshold() > 0 || histogram.zeroCount() == 0) {
        assertThat(below).as("seed %d: %s", SEED, histogram).isCloseTo(wanted, within(1e-6));
      }
    }
  }

  @Test
  void dividesTheObservationsWhenItTrims() {
    for (int round = 0; round < 3_000; round++) {
      FloatHistogram histogram = histograms.exponential(random.nextInt(-1, 5));
      double value = random.nextInt(-300, 300) / 64.0;
      FloatHistogram lower = HistogramTrim.above(histogram, value);
      FloatHistogram upper = HistogramTrim.below(histogram, value);
      String described = "seed " + SEED + ": " + histogram + " at " + value;
      if (histogram.zeroThreshold() == 0 && value == 0) {
        continue;
      }
      assertThat(lower.count() + upper.count())
          .as(described)
          .isCloseTo(histogram.count(), within(1e-9 * histogram.count()));
      assertThat(observations(lower)).as(described).isCloseTo(lower.count(), within(1e-9));
      if (histogram.count() > 0) {
        assertThat(lower.count() / histogram.count())
            .as(described)
            .isCloseTo(
                HistogramFraction.of(histogram, Double.NEGATIVE_INFINITY, value), within(1e-9));
      }
    }
  }

  @Test
  void keepsOnlyCommonCustomBounds() {
    FloatHistogram a = custom(CustomBounds.of(1, 2, 5), 1, 2, 3, 4);
    FloatHistogram b = custom(CustomBounds.of(2, 3, 5, 9), 10, 20, 30, 40, 50);
    HistogramSum sum = new HistogramSum(a);
    sum.add(b);
    assertThat(sum.isReconciled()).isTrue();
    assertThat(sum.total().bounds()).isEqualTo(CustomBounds.of(2, 5));
    assertThat(sum.total().positive()).hasToString("0:13.0 1:53.0 2:94.0");
    assertThat(plus(a, custom(CustomBounds.of(7), 1, 1)).positive()).hasToString("0:12.0");
  }

  private static FloatHistogram custom(CustomBounds bounds, double... counts) {
    int[] indexes = new int[counts.length];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = i;
    }
    Buckets buckets = Buckets.of(indexes, counts, counts.length);
    return new FloatHistogram(
        FloatHistogram.CUSTOM,
        CounterReset.UNKNOWN,
        buckets.total(),
        0,
        0,
        0,
        Buckets.NONE,
        buckets,
        bounds);
  }

  @Test
  void widensTheZeroBucketToTheEndOfABucketItCuts() {
    Buckets ones = Buckets.of(new int[] {-1, 0, 1}, new double[] {1, 2, 4}, 3);
    FloatHistogram narrow =
        new FloatHistogram(0, CounterReset.UNKNOWN, 15, 0, 0.1, 1, ones, ones, CustomBounds.NONE);
    FloatHistogram wide = ZeroBucket.widened(narrow, 0.6);
    assertThat(wide.zeroThreshold()).isEqualTo(1);
    assertThat(wide.zeroCount()).isEqualTo(7);
    assertThat(wide.positive()).hasToString("1:4.0");
    assertThat(ZeroBucket.widened(narrow, 0.5).zeroCount()).isEqualTo(3);
    assertThat(ZeroBucket.widened(narrow, 0.2).zeroCount()).isEqualTo(1);
  }
}
