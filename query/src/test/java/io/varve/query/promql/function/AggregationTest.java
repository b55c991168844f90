package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AggregationTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  /** The aggregate of values at one step. */
  private static double of(String name, double... values) {
    Aggregation aggregation = Objects.requireNonNull(Aggregation.create(name, new double[] {0.5}));
    aggregation.clear(1);
    for (double value : values) {
      StepValues series = new StepValues(1);
      series.set(0, value);
      aggregation.add(series);
    }
    StepValues out = new StepValues();
    aggregation.finish(out);
    return out.get(0);
  }

  @Test
  void sumsAreCompensated() {
    assertThat(of("sum", 1, 1e100, 1, -1e100)).isEqualTo(2);
    assertThat(of("avg", 1, 1e100, 1, -1e100)).isEqualTo(0.5);
    assertThat(of("sum", 1.79e308, 1.79e308)).isEqualTo(INF);
    assertThat(of("sum", INF, 1)).isEqualTo(INF);
    assertThat(of("sum", INF, -INF)).isNaN();
    assertThat(of("sum", 1.79e308, -1.79e308, 1)).isEqualTo(1);
  }

  @Test
  void meanDoesNotOverflow() {
    assertThat(of("avg", 1.5e308, 1.5e308)).isEqualTo(1.5e308);
    assertThat(of("avg", -1.79e308, -1.79e308, 1.79e308, 1.79e308)).isCloseTo(0, within(1e294));
    assertThat(of("avg", INF, 3)).isEqualTo(INF);
    assertThat(of("avg", INF, -INF)).isNaN();
    assertThat(of("avg", 3, -INF, 4)).isEqualTo(-INF);
  }

  @Test
  void extremesPassOverNan() {
    assertThat(of("max", NAN, 1, NAN, 2)).isEqualTo(2);
    assertThat(of("min", NAN, -INF)).isEqualTo(-INF);
    assertThat(of("min", NAN, NAN)).isNaN();
  }

  @Test
  void deviationOfInfinityIsNan() {
    assertThat(of("stdvar", INF)).isNaN();
    assertThat(of("stddev", 1, INF, 2)).isNaN();
    assertThat(of("stdvar", 2, 4)).isEqualTo(1);
    assertThat(of("stddev", 5)).isEqualTo(0);
  }

  @Test
  void stepsWithoutValuesStayEmpty() {
    for (String name : new String[] {"sum", "count", "group", "avg", "quantile", "min"}) {
      Aggregation aggregation =
          Objects.requireNonNull(Aggregation.create(name, new double[] {1, 1, 1}));
      aggregation.clear(3);
      aggregation.add(StepValuesTest.of(1, NAN, NAN));
      aggregation.add(StepValuesTest.of(NAN, NAN, 1));
      StepValues out = new StepValues();
      aggregation.finish(out);
      assertThat(StepValuesTest.text(out)).as(name).isEqualTo("1.0 . 1.0");
    }
  }

  @Test
  void rejectsSeriesOfAnotherLength() {
    Aggregation aggregation = new SumAggregation();
    aggregation.clear(3);
    assertThatThrownBy(() -> aggregation.add(new StepValues(2)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Aggregation.create("topk", new double[0])).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile"})
  void equalsRangeFunctionsOverTheSeriesOfOneStep(String name) {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    double[] quantiles = random.doubles(300).toArray();
    Aggregation aggregation = Objects.requireNonNull(Aggregation.create(name, quantiles));
    for (int round = 0; round < 20; round++) {
      int steps = 1 + random.nextInt(300);
      aggregation.clear(steps);
      List<StepValues> group = randomGroup(random, steps);
      group.forEach(aggregation::add);
      StepValues out = new StepValues();
      aggregation.finish(out);
      for (int k = 0; k < steps; k++) {
        int step = k;
        double[] values =
            group.stream()
                .filter(one -> one.isPresent(step))
                .mapToDouble(one -> one.get(step))
                .toArray();
        Double expected = naive(name, values, quantiles[k]);
        assertThat(out.isPresent(k)).as("-Dvarve.seed=%d", seed).isEqualTo(values.length > 0);
        if (values.length > 0) {
          assertClose(out.get(k), expected, "%s -Dvarve.seed=%d".formatted(name, seed));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile"})
  void groupsKnowNothingOfOneAnother(String name) {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      int steps = 1 + random.nextInt(200);
      double[] quantiles = random.doubles(steps).toArray();
      Aggregation together = Objects.requireNonNull(Aggregation.create(name, quantiles));
      together.clear(steps, 5);
      List<Aggregation> apart = new ArrayList<>();
      for (int group = 0; group < 5; group++) {
        apart.add(Objects.requireNonNull(Aggregation.create(name, quantiles)));
        apart.get(group).clear(steps);
      }
      for (StepValues series : randomGroup(random, steps)) {
        int group = random.nextInt(5);
        together.add(group, series);
        apart.get(group).add(series);
      }
      StepValues out = new StepValues();
      StepValues expected = new StepValues();
      for (int group = 0; group < 5; group++) {
        together.finish(group, out);
        apart.get(group).finish(expected);
        assertThat(StepValuesTest.text(out))
            .as("-Dvarve.seed=%d", seed)
            .isEqualTo(StepValuesTest.text(expected));
      }
    }
  }

  private static List<StepValues> randomGroup(SplittableRandom random, int steps) {
    List<StepValues> group = new ArrayList<>();
    int size = random.nextInt(30);
    boolean gaps = random.nextBoolean();
    boolean specials = random.nextBoolean();
    for (int i = 0; i < size; i++) {
      StepValues series = new StepValues(steps);
      for (int k = 0; k < steps; k++) {
        if (!gaps || random.nextBoolean()) {
          boolean special = specials && random.nextInt(9) == 0;
          series.set(k, special ? (random.nextBoolean() ? NAN : INF) : random.nextInt(50) / 4.0);
        }
      }
      group.add(series);
    }
    return group;
  }

  private static Double naive(String name, double[] values, double quantile) {
    if (values.length == 0) {
      return NAN;
    }
    if (name.equals("group")) {
      return 1.0;
    }
    long[] times = new long[values.length];
    Arrays.setAll(times, i -> i + 1);
    NaiveRange window = new NaiveRange(times, values, values.length, values.length);
    return Objects.requireNonNull(window.evaluate(name + "_over_time", quantile));
  }

  private static void assertClose(double actual, Double expected, String description) {
    if (expected.isNaN()) {
      assertThat(actual).as(description).isNaN();
    } else {
      assertThat(actual == expected || Math.abs(actual - expected) < 1e-9)
          .as("%s: %s is not %s", description, actual, expected)
          .isTrue();
    }
  }
}
