package io.varve.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecimalsTest {
  private final long seed = Long.getLong("varve.seed", new SplittableRandom().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);

  @Test
  void dividesByFusedMultiplyAddAsByDivision() {
    double[] values = new double[1000];
    double[] dividends = new double[1000];
    for (int k = 1; k <= Decimals.MAX_EXPONENT; k++) {
      for (int round = 0; round < 100; round++) {
        for (int i = 0; i < values.length; i++) {
          long limit = 1L << random.nextInt(1, 52);
          dividends[i] = random.nextLong(-limit + 1, limit);
          values[i] = dividends[i];
        }
        Decimals.divideByFma(values, values.length, Decimals.power(k));
        for (int i = 0; i < values.length; i++) {
          if (Double.doubleToRawLongBits(values[i])
              != Double.doubleToRawLongBits(dividends[i] / Decimals.power(k))) {
            assertThat(values[i]).as(dividends[i] + " / 10^" + k + ", seed " + seed).isNull();
          }
        }
      }
    }
  }

  @Test
  void takesParsedTextOfFifteenDigitsAsDecimal() {
    for (int i = 0; i < 100_000; i++) {
      int k = random.nextInt(Decimals.MAX_EXPONENT + 1);
      long mantissa = random.nextLong(-999_999_999_999_999L, 1_000_000_000_000_000L);
      String text = mantissa + "e-" + k;
      boolean zero = mantissa == 0;
      assertThat(zero || Decimals.isExact(Double.parseDouble(text), k)).as(text).isTrue();
    }
  }

  @Test
  void findsTheLeastExponent() {
    assertThat(Decimals.exponentOf(0.0)).isZero();
    assertThat(Decimals.exponentOf(-12.0)).isZero();
    assertThat(Decimals.exponentOf(0.1)).isEqualTo(1);
    assertThat(Decimals.exponentOf(12.345)).isEqualTo(3);
    assertThat(Decimals.exponentOf(0x1p51 - 1)).isZero();
    assertThat(Decimals.exponentOf(0x1p51)).isEqualTo(Decimals.NOT_DECIMAL);
    assertThat(Decimals.exponentOf(-0.0)).isEqualTo(Decimals.NOT_DECIMAL);
    assertThat(Decimals.exponentOf(Double.NaN)).isEqualTo(Decimals.NOT_DECIMAL);
    assertThat(Decimals.exponentOf(Double.NEGATIVE_INFINITY)).isEqualTo(Decimals.NOT_DECIMAL);
    assertThat(Decimals.exponentOf(Math.PI)).isEqualTo(Decimals.NOT_DECIMAL);
  }

  @Test
  void prefersAFewExceptionsToWideMantissas() {
    long[] bits = new long[1000];
    for (int i = 0; i < bits.length; i++) {
      double value = i % 100 == 3 ? 0.123456789 : random.nextInt(1000) / 10.0;
      bits[i] = Double.doubleToRawLongBits(value);
    }
    DoubleEncoder encoder = new DoubleEncoder(1024);
    assertThat(encoder.split(bits, bits.length, 15)).isEqualTo(1);
    assertThat(encoder.exceptionCount()).isEqualTo(10);
    assertThat(encoder.exceptions()[1]).isEqualTo(103);
    assertThat(encoder.mantissas()[103]).isEqualTo(encoder.mantissas()[102]);
  }

  @Test
  void leavesTrueDoublesAlone() {
    long[] bits = random.doubles(1000).mapToLong(Double::doubleToRawLongBits).toArray();
    assertThat(new DoubleEncoder(1024).split(bits, 1000, 3)).isEqualTo(Decimals.NOT_DECIMAL);
  }
}
