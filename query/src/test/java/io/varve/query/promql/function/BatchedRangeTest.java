package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Range functions of series that come in batches of all lengths, against the same of all samples at
 * once. {@code -Dvarve.seed=N} replays a failure.
 */
class BatchedRangeTest {
  private static final int ROUNDS = 25;

  /** Functions that put long windows together from parts, which may begin elsewhere. */
  private static final Set<String> ROUNDED =
      Set.of("sum_over_time", "avg_over_time", "stddev_over_time", "stdvar_over_time");

  static Set<String> names() {
    return RangeFunctions.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesTheSameInBatches(String name) {
    long given = Long.getLong("varve.seed", System.nanoTime());
    RangeFunction whole = Objects.requireNonNull(RangeFunctions.create(name));
    RangeFunction batched = Objects.requireNonNull(RangeFunctions.create(name));
    int rounds = System.getProperty("varve.seed") == null ? ROUNDS : 1;
    for (long seed = given; seed < given + rounds; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      boolean steady = random.nextBoolean();
      Samples samples = samples(random, steady, random.nextInt(8) == 0 ? 30_000 : 300);
      StepWindows windows = windows(random, samples.count());
      double[][] parameters = new double[2][windows.steps()];
      for (int k = 0; k < windows.steps(); k++) {
        parameters[0][k] = random.nextDouble(0.1, 0.9);
        parameters[1][k] = random.nextDouble(0.1, 0.9);
      }
      StepValues expected = new StepValues();
      whole.evaluate(samples, windows, parameters, expected);
      StepValues found = new StepValues();
      batched.begin(windows, parameters, found);
      feed(random, samples, steady, batched);
      batched.finish();
      for (int k = 0; k < windows.steps(); k++) {
        String why = "-Dvarve.seed=" + seed + " " + name + " at step " + k + " of " + windows;
        assertThat(found.isPresent(k)).as(why).isEqualTo(expected.isPresent(k));
        if (found.isPresent(k)) {
          check(name, found.get(k), expected.get(k), why);
        }
      }
    }
  }

  private static void check(String name, double found, double expected, String why) {
    boolean near =
        ROUNDED.contains(name) && Math.abs(found - expected) <= 1e-9 * (1 + Math.abs(expected));
    assertThat(near || Double.compare(found, expected) == 0)
        .as("%s: %s instead of %s", why, found, expected)
        .isTrue();
  }

  private static Samples samples(SplittableRandom random, boolean steady, int count) {
    Samples samples = new Samples();
    long millis = random.nextInt(50);
    double value = 0;
    boolean falls = random.nextBoolean();
    for (int i = 0; i < count; i++) {
      value = falls && random.nextInt(9) == 0 ? random.nextInt(5) : value + random.nextInt(4);
      samples.add(millis, random.nextInt(200) == 0 ? Double.NaN : value);
      millis += steady ? 10 : random.nextInt(1, 20);
    }
    return samples;
  }

  /** Steps and ranges from less than a sample to most of the series. */
  private static StepWindows windows(SplittableRandom random, int count) {
    long most = 10L * count;
    long step = random.nextInt(6) == 0 ? 0 : random.nextLong(1, Math.max(2, most / 20));
    long range = random.nextBoolean() ? random.nextLong(1, 200) : random.nextLong(1, most);
    long start = random.nextLong(-most / 4, most / 2);
    if (random.nextBoolean()) {
      step = step / 10 * 10;
    }
    return new StepWindows(start, step, random.nextInt(1, 40), range);
  }

  private static void feed(
      SplittableRandom random, Samples samples, boolean steady, RangeFunction function) {
    SampleBatch batch = new SampleBatch();
    int longest = random.nextInt(1, 1025);
    int next = 0;
    while (next < samples.count()) {
      int rows = Math.min(samples.count() - next, random.nextInt(1, longest + 1));
      long[] times = new long[rows];
      double[] values = new double[rows];
      System.arraycopy(samples.timesMillis(), next, times, 0, rows);
      System.arraycopy(samples.values(), next, values, 0, rows);
      if (steady) {
        batch.setSteady(times[0], 10, values, rows);
      } else {
        batch.set(times, values, rows);
      }
      function.add(batch);
      next += rows;
    }
  }
}
