package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CompensatedMeanTest {
  @Test
  void isTheSameForWholeNumbersWhicheverWayTheyAreAdded() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      double[] values = new double[random.nextInt(1, 200)];
      long largest = 1L << random.nextInt(1, 62);
      for (int i = 0; i < values.length; i++) {
        values[i] = other(random, random.nextLong(-largest, largest));
      }
      int from = random.nextInt(values.length);
      CompensatedMean mean = new CompensatedMean();
      CompensatedSum sum = new CompensatedSum();
      for (int i = from; i < values.length; i++) {
        mean.add(values[i]);
        sum.add(values[i]);
      }
      String why = "seed " + seed + ", round " + round;
      double found = CompensatedMean.of(values, from, values.length);
      assertThat(bits(found)).as(why).isEqualTo(bits(mean.mean()));
      if (Double.isFinite(sum.total())) {
        double total = CompensatedSum.of(values, from, values.length);
        assertThat(bits(total)).as(why).isEqualTo(bits(sum.total()));
      }
    }
  }

  /** Seldom something that is not a whole number, or zero with a sign. */
  private static double other(SplittableRandom random, long whole) {
    return switch (random.nextInt(2_000)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> -0.0;
      case 3 -> whole + 0.25;
      case 4 -> 1e300;
      default -> whole;
    };
  }

  private static long bits(double value) {
    return Double.doubleToLongBits(value);
  }

  @Test
  void knowsTheSumOfWholeNumbers() {
    double[] values = {3, -4, 0.5, -0.0, (1L << 53) - 1, 1, Double.POSITIVE_INFINITY};
    assertThat(CompensatedSum.ofWholeNumbers(values, 0, 2)).isEqualTo(-1);
    assertThat(CompensatedSum.ofWholeNumbers(values, 3, 4)).isZero();
    assertThat(CompensatedSum.ofWholeNumbers(values, 4, 5)).isEqualTo((1L << 53) - 1);
    assertThat(CompensatedSum.ofWholeNumbers(values, 4, 6)).isEqualTo(CompensatedSum.NOT_WHOLE);
    assertThat(CompensatedSum.ofWholeNumbers(values, 6, 7)).isEqualTo(CompensatedSum.NOT_WHOLE);
    assertThat(CompensatedSum.ofWholeNumbers(values, 0, 3)).isEqualTo(CompensatedSum.NOT_WHOLE);
  }
}
