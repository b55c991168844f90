package io.varve.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LongStreamTest {
  private static final int COUNT = 1000;

  private final long seed = Long.getLong("varve.seed", new SplittableRandom().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final LongStreamEncoder encoder = new LongStreamEncoder(1024);
  private final LongStreamDecoder decoder = new LongStreamDecoder(1024);

  @Test
  void writesOneValueAsConstant() {
    check(Encoding.CONST, 2, i -> 42);
  }

  @Test
  void writesAStraightLineAsLinear() {
    check(Encoding.LINEAR, 3, i -> 50 - 3L * i);
    check(Encoding.LINEAR | 9 << 4, 3, i -> 15_000_000_000L * i);
    check(Encoding.LINEAR, 21, i -> Long.MIN_VALUE + i * 0x123456789abcdefL);
  }

  @Test
  void writesNoiseAsOffsets() {
    check(Encoding.FOR, COUNT / 8 + 8, i -> 1000 + random.nextLong(0, 2));
    check(Encoding.FOR, COUNT / 2 + 8, i -> random.nextLong(-8, 8));
    check(Encoding.FOR, 3 * COUNT + 12, i -> random.nextLong(1L << 24));
    check(Encoding.FOR, 7 * COUNT + 20, i -> random.nextLong(1L << 56));
  }

  @Test
  void writesAWalkAsDeltas() {
    long[] at = {1L << 40};
    check(Encoding.DELTA, COUNT / 2 + 12, i -> at[0] += random.nextLong(100, 116));
  }

  @Test
  void writesAGrowingStepAsSecondDifferences() {
    long[] at = {0, 1000};
    check(Encoding.DELTA2, COUNT / 4 + 12, i -> at[0] += at[1] += random.nextLong(5, 9));
  }

  @Test
  void writesJitterAroundALineAsGrid() {
    check(
        Encoding.GRID | 6 << 4,
        COUNT + 16,
        i -> 15_000_000_000L * i + 1_000_000L * random.nextLong(0, 200));
  }

  @Test
  void writesAnythingElseRaw() {
    check(Encoding.RAW, 8 * COUNT + 1, i -> random.nextLong());
    check(Encoding.LINEAR, 12, i -> i == 0 ? Long.MIN_VALUE : Long.MAX_VALUE, 2);
  }

  @Test
  void writesFewDistinctValuesAsDictionary() {
    long[] set = LongValues.random(random, 16);
    check(Encoding.DICT, 16 * 8 + COUNT / 2 + 12, i -> set[random.nextInt(16)]);
  }

  @Test
  void writesLongRunsAsRuns() {
    long[] set = LongValues.random(random, 20);
    check(Encoding.RLE, 20 * 9 + 40, i -> set[i / 57]);
  }

  @Test
  void takesOutACommonFactor() {
    check(
        Encoding.FOR | Encoding.EXPLICIT_FACTOR << 4,
        COUNT + 12,
        i -> 7 + 4096L * random.nextLong(0, 250));
    check(Encoding.FOR | 3 << 4, COUNT + 12, i -> 1000L * random.nextLong(0, 250));
    check(
        Encoding.FOR | 2 << 4,
        2 * COUNT + 12,
        i -> i == 900 ? 300 : 1000L * random.nextLong(0, 2500));
    check(Encoding.FOR, 3 * COUNT + 30, i -> i == 900 ? 1 : 1000L * random.nextLong(0, 2500));
  }

  @Test
  void setsOutliersApart() {
    long[] one = encode(i -> i == 77 ? Long.MAX_VALUE : random.nextLong(0, 16), COUNT).clone();
    assertThat(one[1]).as("width byte, " + seed).isEqualTo(Encoding.PATCHED | 4);
    assertThat(one[0]).isLessThan(COUNT / 2 + 30);
    long[] many = encode(i -> i % 40 == 7 ? random.nextLong() : random.nextLong(0, 16), COUNT);
    assertThat(many[1]).isEqualTo(Encoding.PATCHED | 4);
  }

  @Test
  void returnsValuesWhoseDifferencesHaveNoAbsoluteValue() {
    for (int step = 1; step < 100; step++) {
      long factor = step;
      roundTrip(
          IntStream.range(0, COUNT)
              .mapToLong(
                  i -> i < 2 ? (long) i << 63 : Long.MIN_VALUE + factor * random.nextLong(0, 200))
              .toArray());
    }
  }

  @Test
  void returnsEveryWidthAtEveryCount() {
    for (int width = 0; width <= 64; width++) {
      long mask = width == 64 ? -1 : (1L << width) - 1;
      for (int count = 1; count < 70; count++) {
        roundTrip(IntStream.range(0, count).mapToLong(i -> random.nextLong() & mask).toArray());
      }
    }
  }

  @Test
  void rejectsUnknownEncodingsAndWidths() {
    for (int encoding = Encoding.RLE + 1; encoding < 16; encoding++) {
      int head = encoding;
      assertThatThrownBy(() -> decode(2, head, 0, 0, 0))
          .isInstanceOf(CorruptChunkException.class)
          .hasMessageContaining("encoding " + head);
    }
    for (int width : new int[] {3, 5, 6, 7, 11, 63, 65, 127}) {
      assertThatThrownBy(() -> decode(2, Encoding.FOR, 0, width, 0))
          .isInstanceOf(CorruptChunkException.class)
          .hasMessageContaining("width " + width);
    }
  }

  @Test
  void rejectsStreamsOfStreamsOfStreams() {
    assertThatThrownBy(() -> decode(2, Encoding.RLE, 1, Encoding.RLE, 1))
        .isInstanceOf(CorruptChunkException.class);
  }

  private void decode(int count, int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    ByteReader in = new ByteReader();
    in.reset(array, 0, array.length);
    decoder.decode(in, count, new long[1024], 0);
  }

  private void check(int head, int maxBytes, IntToLongFunction value) {
    check(head, maxBytes, value, COUNT);
  }

  private void check(int head, int maxBytes, IntToLongFunction value, int count) {
    ByteWriter out = roundTrip(IntStream.range(0, count).mapToLong(value).toArray());
    assertThat(out.array()[0] & 0xff).as("head byte, " + seed).isEqualTo(head);
    assertThat(out.length()).as("bytes, " + seed).isLessThanOrEqualTo(maxBytes);
  }

  /** Length, and the width byte of an offset stream with one byte of base. */
  private long[] encode(IntToLongFunction value, int count) {
    ByteWriter out = roundTrip(IntStream.range(0, count).mapToLong(value).toArray());
    assertThat(out.array()[0] & 0xff).as("" + seed).isEqualTo(Encoding.FOR);
    int width = 1;
    while (out.array()[width] < 0) {
      width++;
    }
    return new long[] {out.length(), out.array()[width + 1] & 0xff};
  }

  private ByteWriter roundTrip(long[] values) {
    ByteWriter out = new ByteWriter();
    out.writeByte(99);
    encoder.encode(values, values.length, out);
    ByteReader in = new ByteReader();
    in.reset(out.array(), 1, out.length() - 1);
    long[] decoded = new long[values.length];
    decoder.decode(in, values.length, decoded, 0);
    assertThat(decoded).as("replay with -Dvarve.seed=" + seed).isEqualTo(values);
    assertThat(in.remaining()).isZero();
    ByteWriter stream = new ByteWriter();
    stream.writeBytes(out.array(), 1, out.length() - 1);
    return stream;
  }

  private static final class LongValues {
    private static long[] random(SplittableRandom random, int count) {
      return random.longs(count).toArray();
    }
  }
}
