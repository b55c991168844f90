package io.varve.server.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NumberWriterTest {
  private static final long SEED = Long.getLong("varve.seed", 8_061_992L);
  private static final int VALUES = 1_000_000;

  private final CollectingSink sink = new CollectingSink();
  private final ByteWriter out = new ByteWriter(sink);
  private final NumberWriter numbers = new NumberWriter(out);
  private final SplittableRandom random = new SplittableRandom(SEED);

  private String json(double value) {
    numbers.writeJson(value);
    out.flush();
    return sink.take();
  }

  private String plain(double value) {
    numbers.writePlain(value);
    out.flush();
    return sink.take();
  }

  @Test
  void writesDoublesAsGoDoes() {
    assertThat(json(0)).isEqualTo("0");
    assertThat(json(-0.0)).isEqualTo("-0");
    assertThat(json(84)).isEqualTo("84");
    assertThat(json(-1.5)).isEqualTo("-1.5");
    assertThat(json(0.1 + 0.2)).isEqualTo("0.30000000000000004");
    assertThat(json(1e20)).isEqualTo("100000000000000000000");
    assertThat(json(1e21)).isEqualTo("1e+21");
    assertThat(json(1.5e300)).isEqualTo("1.5e+300");
    assertThat(json(0.000001)).isEqualTo("0.000001");
    assertThat(json(0.0000001)).isEqualTo("1e-07");
    assertThat(json(9.87654321e-7)).isEqualTo("9.87654321e-07");
    assertThat(json(Double.MIN_VALUE)).isEqualTo("5e-324");
    assertThat(json(Double.MIN_NORMAL)).isEqualTo("2.2250738585072014e-308");
    assertThat(json(Double.MAX_VALUE)).isEqualTo("1.7976931348623157e+308");
    assertThat(json(2e-44)).isEqualTo("2e-44");
    assertThat(json(Double.parseDouble("2e23"))).isEqualTo("2e+23");
    assertThat(json((double) (1L << 60))).isEqualTo("1152921504606847000");
    assertThat(json((double) (1L << 53))).isEqualTo("9007199254740992");
    assertThat(plain(1e22)).isEqualTo("10000000000000000000000");
    assertThat(plain(1.25e-7)).isEqualTo("0.000000125");
  }

  @Test
  void readsBackAsTheSameValueWhateverTheBits() {
    for (int i = 0; i < VALUES; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        check(value, i);
      }
    }
  }

  @Test
  void readsBackAsTheSameValueNearPowersOfTwoAndTen() {
    for (int exponent = -1074; exponent <= 1023; exponent++) {
      double power = Math.scalb(1.0, exponent);
      check(power, exponent);
      check(Math.nextUp(power), exponent);
      check(Math.nextDown(power), exponent);
    }
    for (int exponent = -323; exponent <= 308; exponent++) {
      double power = Double.parseDouble("1e" + exponent);
      check(power, exponent);
      check(Math.nextUp(power), exponent);
      check(Math.nextDown(power), exponent);
    }
  }

  @Test
  void readsBackAsTheSameValueForDecimalsAndQuotients() {
    for (int i = 0; i < VALUES; i++) {
      long mantissa = random.nextLong(1L << random.nextInt(1, 60));
      check(mantissa / Math.pow(10, random.nextInt(20)), i);
      check((double) mantissa / random.nextInt(1, 1000), i);
    }
  }

  @Test
  void neverWritesMoreDigitsThanNeeded() {
    for (int i = 0; i < 20_000; i++) {
      double value = Math.abs(Double.longBitsToDouble(random.nextLong()));
      if (Double.isFinite(value) && value != 0) {
        assertThat(digits(json(value)))
            .as("seed %d, value %s", SEED, value)
            .isEqualTo(shortest(value));
      }
    }
  }

  /** The fewest digits that, correctly rounded, read back; the closest decimal of that length. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int precision = 1; ; precision++) {
      BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
  }

  private static BigDecimal digits(String text) {
    return new BigDecimal(text).stripTrailingZeros();
  }

  private void check(double value, int round) {
    String text = json(value);
    if (Double.doubleToRawLongBits(Double.parseDouble(text)) != Double.doubleToRawLongBits(value)) {
      throw new AssertionError(
          "seed %d, round %d: %s was written as %s".formatted(SEED, round, value, text));
    }
  }
}
