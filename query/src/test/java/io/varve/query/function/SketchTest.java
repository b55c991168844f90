package io.varve.query.function;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.XxHash64;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SketchTest {
  /** Beyond this many values registers take over. */
  private static final int MANY = 40_000;

  private static Sketch sketch(int from, int to) {
    Sketch sketch = new Sketch(bytes -> {});
    for (int i = from; i < to; i++) {
      sketch.add(XxHash64.of(("value-" + i).getBytes(UTF_8)));
    }
    return sketch;
  }

  private static String text(Sketch sketch) {
    return new String(SketchText.encode(sketch), ISO_8859_1);
  }

  /** InfluxDB gives the same bytes; a change here parts with texts that clients have stored. */
  @Test
  void keepsItsTexts() {
    assertThat(text(sketch(0, 0))).isEqualTo("HLL_AhABAAAAAAAAAAAAAAAAAAAAAA==");
    assertThat(text(sketch(0, 3))).isEqualTo("HLL_AhABAAAAAAAAAAMC1yhKAAAAC67XYu62wBOuwrkC");
    assertThat(checksum(sketch(0, 2000))).isEqualTo("7032 6f83f7f9");
    assertThat(checksum(sketch(0, MANY))).isEqualTo("87396 a06b2e2");
  }

  private static String checksum(Sketch sketch) {
    byte[] text = SketchText.encode(sketch);
    CRC32C crc = new CRC32C();
    crc.update(text);
    return text.length + " " + Long.toHexString(crc.getValue());
  }

  /**
   * What InfluxDB's own test of 2,000 random texts says of the bytes of its sketch: version 2,
   * precision 16, a list of 2,000 entries.
   */
  @Test
  void beginsTextsAsInfluxDbDoes() {
    byte[] theirs = Base64.getDecoder().decode("AhABAAAAAAAAB9BIDQAJAAAUUaKsA4K/AtARkuMBsJwE");
    byte[] text = SketchText.encode(sketch(0, 2000));
    byte[] ours = Base64.getDecoder().decode(ByteBuffer.wrap(text, 4, text.length - 4)).array();
    assertThat(HexFormat.of().formatHex(ours, 0, 11))
        .isEqualTo(HexFormat.of().formatHex(theirs, 0, 11));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 31, 32, 33, 1000, 20_000})
  void countsFewValuesAlmostExactly(int values) {
    assertThat(sketch(0, values).count()).isBetween(values * 999L / 1000 - 1, values + 1L);
  }

  @ParameterizedTest
  @ValueSource(ints = {MANY, 51_000, 100_000, 250_000, 327_000, 500_000, 2_000_000})
  void countsManyValuesWithinAPercent(int values) {
    Sketch sketch = sketch(0, values);
    assertThat(sketch.count()).isCloseTo(values, Percentage.withPercentage(1.2));
    assertThat(sketch.isDense()).isTrue();
  }

  @Test
  void isTheSameHoweverValuesCame() {
    SplittableRandom random = new SplittableRandom(7);
    for (int size : new int[] {5, 100, 5_000, 33_000, 34_500, MANY}) {
      Sketch whole = sketch(0, size);
      int cut = random.nextInt(size);
      Sketch merged = sketch(cut, size);
      merged.merge(sketch(0, size / 3));
      merged.merge(sketch(0, Math.max(cut, 1)));
      assertThat(text(merged)).as("of %s", size).isEqualTo(text(whole));
    }
  }

  @Test
  void isReadFromItsText() {
    for (int size : new int[] {0, 1, 300, 30_000, MANY}) {
      Sketch whole = sketch(0, size);
      Sketch read = requireNonNull(SketchText.decode(SketchText.encode(whole), bytes -> {}));
      assertThat(text(read)).isEqualTo(text(whole));
      assertThat(read.count()).isEqualTo(whole.count());
    }
  }

  @Test
  void servesAgainAfterItWasCleared() {
    Sketch sketch = sketch(0, MANY);
    sketch.clear();
    assertThat(sketch.count()).isZero();
    sketch.merge(sketch(0, 10));
    assertThat(text(sketch)).isEqualTo(text(sketch(0, 10)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "H",
        "HLL",
        "hll_",
        "HLLERROR bad",
        "HLL_?",
        "HLL_AhAB",
        "HLL_AhABAAAAAA==",
        "HLL_AhABAAAAAP////8AAAAAAAAAAA==",
        "HLL_AhABAAAAAAAAAAEAAAAAAAAAAP//////////",
        "HLL_Ag4BAAAAAAAAAAAAAAAAAAAAAA=="
      })
  void takesNoOtherTexts(String text) {
    assertThat(SketchText.decode(text.getBytes(UTF_8), bytes -> {})).isNull();
  }

  @Test
  void readsDamagedTextsWithoutHarm() {
    SplittableRandom random = new SplittableRandom(11);
    byte[] whole = SketchText.encode(sketch(0, 50));
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      for (int change = random.nextInt(3); change >= 0; change--) {
        damaged[random.nextInt(damaged.length)] = (byte) ('A' + random.nextInt(26));
      }
      Sketch read = SketchText.decode(damaged, bytes -> {});
      if (read != null) {
        assertThat(read.count()).isBetween(0L, 60_000_000L);
      }
    }
  }
}
