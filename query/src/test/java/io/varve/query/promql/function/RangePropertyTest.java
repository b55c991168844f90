package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every range function against {@link NaiveRange} on random series and windows, in one instance
 * that sees one series after another. {@code -Dvarve.seed=N} replays a failure.
 */
class RangePropertyTest {
  private static final int ROUNDS = 150;

  /** Functions whose sums may be rounded in another order. */
  private static final Set<String> ROUNDED =
      Set.of(
          "rate",
          "irate",
          "sum_over_time",
          "avg_over_time",
          "deriv",
          "predict_linear",
          "double_exponential_smoothing");

  private static final Set<String> SQUARED = Set.of("stddev_over_time", "stdvar_over_time");

  static Set<String> names() {
    return RangeFunctions.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void equalsScanOfEachWindow(String name) {
    String given = System.getProperty("varve.seed");
    RangeFunction function = Objects.requireNonNull(RangeFunctions.create(name));
    int rounds = given == null ? ROUNDS : 1;
    long seed = given == null ? System.nanoTime() : Long.parseLong(given);
    for (int i = 0; i < rounds; i++, seed++) {
      check(name, function, seed);
    }
  }

  private static void check(String name, RangeFunction function, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean regular =
        name.startsWith("predict") || name.equals("deriv") || name.startsWith("double");
    RandomSeries series = new RandomSeries(random, regular);
    Samples samples = series.samples();
    StepWindows windows = windows(random, series);
    double[][] parameters = parameters(random, windows.steps());
    if (name.equals("predict_linear")) {
      parameters = new double[][] {parameters[0]};
    }
    StepValues out = new StepValues();
    function.evaluate(samples, windows, parameters, out);
    long[] times = Arrays.copyOf(samples.timesMillis(), samples.count());
    double[] values = Arrays.copyOf(samples.values(), samples.count());
    assertThat(out.steps()).isEqualTo(windows.steps());
    for (int k = 0; k < windows.steps(); k++) {
      NaiveRange naive = new NaiveRange(times, values, windows.endMillis(k), windows.rangeMillis());
      @Nullable Double expected =
          naive.evaluate(name, parameters[0][k], parameters[parameters.length - 1][k]);
      @Nullable Double actual = out.isPresent(k) ? Double.valueOf(out.get(k)) : null;
      if (!agree(name, naive, expected, actual)) {
        throw new AssertionError(
            "-Dvarve.seed=%d: %s at step %d of %s: expected %s, got %s"
                .formatted(seed, name, k, windows, expected, actual));
      }
    }
  }

  private static boolean agree(
      String name, NaiveRange naive, @Nullable Double expected, @Nullable Double actual) {
    if (expected == null || actual == null) {
      return Objects.equals(expected, actual);
    }
    if (expected.equals(actual)) {
      return true;
    }
    double magnitudes = naive.sumOfMagnitudes();
    double difference = Math.abs(expected - actual);
    if (ROUNDED.contains(name)) {
      boolean line = name.equals("deriv") || name.equals("predict_linear");
      double slack = line ? Math.max(1e-6, 1e-13 * naive.conditionOfLine()) : 1e-12;
      double absolute = name.endsWith("_over_time") ? 1e-24 : line ? slack / 100 : 1e-10;
      return difference <= slack * Math.abs(expected) + absolute * magnitudes;
    }
    if (SQUARED.contains(name)) {
      if (naive.isFinite() && magnitudes > 1e140) {
        return true;
      }
      double expectedSquare = name.startsWith("stddev") ? expected * expected : expected;
      double actualSquare = name.startsWith("stddev") ? actual * actual : actual;
      return Math.abs(expectedSquare - actualSquare)
          <= 1e-9 * expectedSquare + 1e-14 * naive.squareOfMean();
    }
    return false;
  }

  private static StepWindows windows(SplittableRandom random, RandomSeries series) {
    long step = 1 + (long) (series.spacing() * Math.pow(20, random.nextDouble() * 2 - 1));
    long range = 1 + (long) (step * Math.pow(200, random.nextDouble() * 2 - 0.6));
    long span = series.last() - series.first() + range;
    int steps = (int) Math.max(1, Math.min(300, span / step + 2));
    long first = series.first() + (random.nextBoolean() ? random.nextLong(span + 1) : 0);
    if (random.nextInt(4) == 0) {
      return new StepWindows(series.last(), random.nextInt(2) * step, steps, range);
    }
    return new StepWindows(first, step, steps, range);
  }

  private static double[][] parameters(SplittableRandom random, int steps) {
    double[][] parameters = new double[2][steps];
    for (double[] parameter : parameters) {
      Arrays.setAll(parameter, k -> 0.001 + 0.99 * random.nextDouble());
    }
    return parameters;
  }
}
