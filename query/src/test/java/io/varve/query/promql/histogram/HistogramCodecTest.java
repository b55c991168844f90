package io.varve.query.promql.histogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HistogramCodecTest {
  private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

  private static Buckets buckets(int from, double... counts) {
    int[] indexes = new int[counts.length];
    Arrays.setAll(indexes, i -> from + i);
    return Buckets.of(indexes, counts, counts.length);
  }

  private static String text(FloatHistogram histogram) {
    return new String(HistogramCodec.encode(histogram), StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What is stored may not change: a new form needs a new prefix. */
  @Test
  void keepsTheFormThatIsDocumented() {
    FloatHistogram exponential =
        new FloatHistogram(
            2,
            CounterReset.GAUGE,
            24,
            100.5,
            0.001,
            4,
            buckets(-1, 1, 2),
            buckets(0, 5, 3, 0, 9),
            CustomBounds.NONE);
    assertThat(text(exponential)).isEqualTo("nh1:A2ABAAAAAAAgWUACAfyp8dJNYlA/EAIBAAQEAwAAAhQGGA");
    FloatHistogram custom =
        new FloatHistogram(
            FloatHistogram.CUSTOM,
            CounterReset.UNKNOWN,
            3,
            4,
            0,
            0,
            Buckets.NONE,
            buckets(0, 1, 2),
            CustomBounds.of(0.5, 10));
    assertThat(text(custom)).isEqualTo("nh1:BAwQAgEAAAAAAADgPygCAAAEBA");
  }

  @Test
  void readsWhatItWrote() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    RandomHistograms histograms = new RandomHistograms(random);
    for (int round = 0; round < 5_000; round++) {
      FloatHistogram histogram = histograms.next();
      if (random.nextInt(3) == 0) {
        histogram = histogram.times(random.nextDouble());
      }
      byte[] text = HistogramCodec.encode(histogram);
      assertThat(HistogramCodec.isHistogram(text)).isTrue();
      assertThat(HistogramCodec.isStale(text)).isFalse();
      assertThat(HistogramCodec.decode(text))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(histogram);
    }
  }

  @Test
  void keepsEveryNumberBitByBit() throws Exception {
    double[] numbers = {
      0,
      -0.0,
      1,
      -1,
      0.1,
      1e300,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NaN,
      1L << 53,
      (1L << 53) + 2,
      -(1L << 53),
      1e19
    };
    for (double number : numbers) {
      FloatHistogram histogram =
          new FloatHistogram(
              0,
              CounterReset.UNKNOWN,
              1,
              number,
              0,
              0,
              Buckets.NONE,
              Buckets.NONE,
              CustomBounds.NONE);
      double read = HistogramCodec.decode(HistogramCodec.encode(histogram)).sum();
      assertThat(Double.doubleToRawLongBits(read)).isEqualTo(Double.doubleToRawLongBits(number));
    }
  }

  @Test
  void tellsHistogramsFromOtherTextsAndFromTheMarkerOfTheEnd() {
    for (String text : new String[] {"", "nh1", "nh2:AAAA", "a text", "NH1:"}) {
      assertThat(HistogramCodec.isHistogram(bytes(text))).as(text).isFalse();
    }
    assertThat(HistogramCodec.isHistogram(HistogramCodec.staleMarker())).isTrue();
    assertThat(HistogramCodec.isStale(HistogramCodec.staleMarker())).isTrue();
  }

  @Test
  void refusesDamagedTexts() {
    SplittableRandom random = new SplittableRandom(SEED);
    RandomHistograms histograms = new RandomHistograms(random);
    int refused = 0;
    for (int round = 0; round < 3_000; round++) {
      byte[] text = HistogramCodec.encode(histograms.next());
      byte[] damaged = Arrays.copyOf(text, 4 + random.nextInt(text.length - 3));
      for (int flips = random.nextInt(4); flips > 0 && damaged.length > 4; flips--) {
        damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt(128);
      }
      try {
        FloatHistogram read = HistogramCodec.decode(damaged);
        assertThat(HistogramRules.problem(read)).as("seed %d, round %d", SEED, round).isNull();
      } catch (HistogramFormatException e) {
        assertThat(e.getMessage()).isNotEmpty();
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void saysWhatIsDamaged() {
    assertThatThrownBy(() -> HistogramCodec.decode(bytes("nh1:*")))
        .isInstanceOf(HistogramFormatException.class)
        .hasMessage("a native histogram is no Base64");
    assertThatThrownBy(() -> HistogramCodec.decode(bytes("nh1:AAAA")))
        .isInstanceOf(HistogramFormatException.class)
        .hasMessage("a native histogram ends early");
    assertThatThrownBy(() -> HistogramCodec.decode(bytes("nh1:CAAA")))
        .isInstanceOf(HistogramFormatException.class)
        .hasMessage("a native histogram begins with unknown flags: 8");
  }
}
