package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RangeFunctionsTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  /** The value at time 60 s of a window of 60 s over samples at 10, 20, 30 ... s. */
  private static @Nullable Double at60(String name, double[] values, double... parameters) {
    Samples samples = new Samples();
    for (int i = 0; i < values.length; i++) {
      samples.add((i + 1) * 10_000L, values[i]);
    }
    return evaluate(name, samples, new StepWindows(60_000, 1, 1, 60_000), parameters);
  }

  private static @Nullable Double evaluate(
      String name, Samples samples, StepWindows windows, double... parameters) {
    double[][] perStep = new double[parameters.length][];
    for (int i = 0; i < parameters.length; i++) {
      perStep[i] = new double[] {parameters[i]};
    }
    StepValues out = new StepValues();
    Objects.requireNonNull(RangeFunctions.create(name)).evaluate(samples, windows, perStep, out);
    return out.isPresent(0) ? Double.valueOf(out.get(0)) : null;
  }

  private static double[] of(double... values) {
    return values;
  }

  @Test
  void windowIsOpenOnTheLeftAndClosedOnTheRight() {
    Samples samples = new Samples();
    for (int i = 0; i <= 8; i++) {
      samples.add(i * 15_000L, i);
    }
    assertThat(evaluate("count_over_time", samples, new StepWindows(60_000, 1, 1, 60_000)))
        .isEqualTo(4);
    assertThat(evaluate("first_over_time", samples, new StepWindows(60_000, 1, 1, 60_000)))
        .isEqualTo(1);
  }

  @Test
  void extrapolatesToBothEdges() {
    // Sampled 10..60 s; the gap on the left is 10 s, less than 1.1 distances; none on the right.
    assertThat(at60("increase", of(100, 110, 120, 130, 140, 150))).isEqualTo(60);
    assertThat(at60("rate", of(100, 110, 120, 130, 140, 150))).isEqualTo(1);
    assertThat(at60("delta", of(100, 90, 80, 70, 60, 50))).isEqualTo(-60);
  }

  @Test
  void extrapolatesHalfADistanceOverALargeGap() {
    // Sampled 10..40 s; on the right 20 s are missing, of which 5 s are bridged.
    assertThat(at60("increase", of(100, 110, 120, 130))).isEqualTo(45);
  }

  @Test
  void doesNotExtrapolateACounterBelowZero() {
    // At 1 per second the counter was 0 five seconds before its first sample.
    assertThat(at60("increase", of(5, 15, 25, 35, 45, 55))).isCloseTo(55, within(1e-12));
    assertThat(at60("delta", of(5, 15, 25, 35, 45, 55))).isEqualTo(60);
  }

  @Test
  void addsTheValueBeforeEachReset() {
    // The increase is 15 - 100 + 110 (the first drop) + 20 (the second) = 45 over 50 s.
    assertThat(at60("increase", of(100, 110, 10, 20, 5, 15))).isEqualTo(54);
    assertThat(at60("resets", of(100, 110, 10, 20, 5, 15))).isEqualTo(2);
  }

  @Test
  void needsTwoSamples() {
    for (String name : new String[] {"rate", "increase", "delta", "irate", "idelta", "deriv"}) {
      assertThat(at60(name, of(1))).as(name).isNull();
    }
    assertThat(at60("predict_linear", of(1), 3600)).isNull();
    assertThat(at60("changes", of(1))).isEqualTo(0);
    assertThat(at60("sum_over_time", of())).isNull();
  }

  @Test
  void instantRateTakesTheLastValueAfterADrop() {
    assertThat(at60("irate", of(0, 100, 20))).isEqualTo(2);
    assertThat(at60("idelta", of(0, 100, 20))).isEqualTo(-80);
  }

  @Test
  void equalTimesGiveNoInstantRate() {
    Samples samples = new Samples();
    samples.add(1000, 1);
    samples.add(1000, 2);
    assertThat(evaluate("irate", samples, new StepWindows(60_000, 1, 1, 60_000))).isNull();
  }

  @Test
  void sumsAreCompensated() {
    assertThat(at60("sum_over_time", of(1, 1e100, 1, -1e100))).isEqualTo(2);
    assertThat(at60("avg_over_time", of(1, 1e100, 1, -1e100))).isEqualTo(0.5);
  }

  @Test
  void meanDoesNotOverflow() {
    double huge = 1.7e308;
    assertThat(at60("avg_over_time", of(huge, huge, huge, huge))).isCloseTo(huge, within(1e293));
    assertThat(at60("sum_over_time", of(huge, huge))).isEqualTo(INF);
    assertThat(at60("avg_over_time", of(-huge, huge, -huge, huge))).isEqualTo(0);
  }

  @Test
  void infinitiesAndNanGoThroughSums() {
    assertThat(at60("sum_over_time", of(INF, 1))).isEqualTo(INF);
    assertThat(at60("avg_over_time", of(INF, 1, 2))).isEqualTo(INF);
    assertThat(at60("avg_over_time", of(1, -INF, INF))).isNaN();
    assertThat(at60("sum_over_time", of(1, NAN))).isNaN();
    assertThat(at60("stddev_over_time", of(1, INF))).isNaN();
    assertThat(at60("stdvar_over_time", of(INF))).isNaN();
  }

  @Test
  void extremesPassOverNan() {
    assertThat(at60("max_over_time", of(NAN, 1, NAN, 3, 2))).isEqualTo(3);
    assertThat(at60("min_over_time", of(NAN, 1, NAN))).isEqualTo(1);
    assertThat(at60("min_over_time", of(NAN, NAN))).isNaN();
    assertThat(at60("max_over_time", of(-INF, NAN))).isEqualTo(-INF);
  }

  @Test
  void timesOfExtremesAreThoseOfTheLast() {
    assertThat(at60("ts_of_max_over_time", of(3, 1, 3, 2))).isEqualTo(30);
    assertThat(at60("ts_of_min_over_time", of(1, 1, 3, NAN))).isEqualTo(20);
    assertThat(at60("ts_of_first_over_time", of(1, 1, 3, 2))).isEqualTo(10);
    assertThat(at60("ts_of_last_over_time", of(1, 1, 3, 2))).isEqualTo(40);
  }

  @Test
  void repeatedNanIsNoChange() {
    assertThat(at60("changes", of(1, NAN, NAN, 1, 1, 2))).isEqualTo(3);
  }

  @Test
  void quantilesInterpolateAndTakeNanAsSmallest() {
    assertThat(at60("quantile_over_time", of(0, 1, 2), 0.75)).isEqualTo(1.5);
    assertThat(at60("quantile_over_time", of(2, NAN, 1), 1)).isEqualTo(2);
    assertThat(at60("quantile_over_time", of(2, NAN, 1), 0)).isNaN();
    assertThat(at60("quantile_over_time", of(2), -1)).isEqualTo(-INF);
    assertThat(at60("quantile_over_time", of(2), 1.1)).isEqualTo(INF);
    assertThat(at60("quantile_over_time", of(2), NAN)).isNaN();
  }

  @Test
  void medianDeviationIsAMedianOfDistances() {
    assertThat(at60("mad_over_time", of(4, 6, 2, 1, 999, 1))).isEqualTo(2);
  }

  @Test
  void linesFollowTheSamples() {
    assertThat(at60("deriv", of(10, 20, 30, 40))).isEqualTo(1);
    assertThat(at60("predict_linear", of(10, 20, 30, 40), 40)).isEqualTo(100);
    assertThat(at60("predict_linear", of(10, 20, 30, 40), 40, 100)).isEqualTo(140);
  }

  @Test
  void constantSeriesHaveNoSlopeAndInfiniteOnesNone() {
    assertThat(at60("deriv", of(0.1, 0.1, 0.1))).isEqualTo(0);
    assertThat(at60("predict_linear", of(0.1, 0.1, 0.1), 1e9)).isEqualTo(0.1);
    assertThat(at60("deriv", of(INF, INF))).isNaN();
  }

  @Test
  void smoothingRejectsFactorsOutOfBounds() {
    assertThat(at60("double_exponential_smoothing", of(1, 2, 3), 0.5, 0.5)).isEqualTo(3);
    assertThatThrownBy(() -> at60("double_exponential_smoothing", of(1, 2), 1, 0.5))
        .hasMessage("invalid smoothing factor. Expected: 0 < sf < 1, got: 1.000000");
    assertThatThrownBy(() -> at60("double_exponential_smoothing", of(1, 2), 0.5, 0))
        .hasMessage("invalid trend factor. Expected: 0 < tf < 1, got: 0.000000");
  }

  @Test
  void unknownNamesHaveNoFunction() {
    assertThat(RangeFunctions.create("absent_over_time")).isNull();
  }
}
