package io.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Floats against {@link Double#parseDouble}. */
class NumberReaderTest {
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);
  private static final int COUNT = 200_000;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final NumberReader reader = new NumberReader();

  private void check(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    String what = "seed %d, %s".formatted(SEED, text);
    assertThat(reader.read(bytes, 0, bytes.length)).as(what).isNull();
    assertThat(Double.doubleToRawLongBits(reader.value()))
        .as(what)
        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
  }

  @Test
  void readsDigitsOfAnyLengthWithAPointAnywhere() {
    for (int i = 0; i < COUNT; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
      int digits = 14 + random.nextInt(8);
      text.append(random.nextBoolean() ? "" : "0".repeat(random.nextInt(6)));
      for (int digit = 0; digit < digits; digit++) {
        text.append(random.nextInt(10));
      }
      text.insert(text.length() - random.nextInt(digits), '.');
      check(text.toString());
    }
  }

  @Test
  void readsWhatJavaPrints() {
    for (int i = 0; i < COUNT; i++) {
      double value = random.nextDouble() * Math.pow(10, random.nextInt(8) - 2);
      check(String.valueOf(value));
      for (int scale = 16; scale < 23; scale++) {
        check(new BigDecimal(value).setScale(scale, RoundingMode.DOWN).toPlainString());
      }
    }
  }

  @Test
  void roundsWhatLiesBetweenTwoDoublesToTheEvenOne() {
    for (int i = 0; i < COUNT; i++) {
      long mantissa = 1L << 52 | random.nextLong() >>> 12;
      int shift = random.nextInt(12);
      double value = mantissa * Math.pow(2, -shift);
      BigDecimal half = BigDecimal.valueOf(Math.pow(2, -shift - 1));
      BigDecimal middle = new BigDecimal(value).add(half);
      check(middle.toPlainString());
      check(middle.add(BigDecimal.ONE.movePointLeft(shift + 2)).toPlainString());
      check(middle.subtract(BigDecimal.ONE.movePointLeft(shift + 2)).toPlainString());
    }
  }

  @Test
  void readsPowersOfTwoAndTheirNeighbours() {
    for (int exponent = -70; exponent < 70; exponent++) {
      double power = Math.pow(2, exponent);
      for (double value : new double[] {Math.nextDown(power), power, Math.nextUp(power)}) {
        BigDecimal exact = new BigDecimal(value);
        check(exact.toPlainString());
        for (int digits = 15; digits < 20; digits++) {
          BigDecimal cut = exact.round(new MathContext(digits, RoundingMode.DOWN));
          check(cut.toPlainString());
          check(cut.add(cut.ulp()).toPlainString());
        }
      }
    }
  }
}
