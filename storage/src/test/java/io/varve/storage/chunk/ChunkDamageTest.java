package io.varve.storage.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.StorageException;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(100)
class ChunkDamageTest {
  private static final long SALT = 42;
  private static final long FIRST = 1_700_000_000_000_000_000L;

  private final long seed = Long.getLong("varve.seed", new SplittableRandom().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Chunk chunk = new Chunk();

  @Test
  void rejectsEveryTruncation() {
    for (byte[] bytes : someOf(samples(70))) {
      for (int length = 0; length < Math.min(bytes.length, 2000); length++) {
        assertRejected(bytes, length);
      }
    }
  }

  @Test
  void rejectsEveryFlippedBit() {
    for (byte[] bytes : someOf(samples(40))) {
      for (int bit = 0; bit < Math.min(bytes.length, 500) * 8; bit++) {
        bytes[bit >>> 3] ^= (byte) (1 << (bit & 7));
        assertRejected(bytes, bytes.length);
        bytes[bit >>> 3] ^= (byte) (1 << (bit & 7));
      }
    }
  }

  private void assertRejected(byte[] bytes, int length) {
    try {
      chunk.open(bytes, 0, length, FIRST, SALT);
    } catch (CorruptChunkException e) {
      return;
    }
    throw new AssertionError("accepted, replay with -Dvarve.seed=" + seed);
  }

  private List<byte[]> someOf(List<byte[]> samples) {
    return samples.stream().filter(sample -> random.nextInt(4) == 0).toList();
  }

  /** Damage that a matching checksum hides may give wrong values, but nothing worse than that. */
  @Test
  void survivesDamageUnderAValidChecksum() {
    int[] outcomes = new int[2];
    for (int rowCount : new int[] {1, 2, 40, 300}) {
      for (byte[] bytes : samples(rowCount)) {
        for (int i = 0; i < 30; i++) {
          byte[] damaged = damage(bytes);
          outcomes[readAll(damaged) ? 1 : 0]++;
        }
      }
    }
    assertThat(outcomes[0]).isGreaterThan(1000);
    assertThat(outcomes[1]).isGreaterThan(1000);
  }

  @Test
  void survivesEveryByteInEveryPlaceOfTheHead() {
    for (byte[] bytes : someOf(samples(40))) {
      for (int at = ChunkFormat.HEAD_BYTES; at < Math.min(bytes.length, 40); at++) {
        for (int value = 0; value < 256; value += 1 + random.nextInt(6)) {
          byte[] damaged = bytes.clone();
          damaged[at] = (byte) value;
          seal(damaged);
          readAll(damaged);
        }
      }
    }
  }

  /** Returns whether it could be read. Any exception but one fails the test. */
  private boolean readAll(byte[] bytes) {
    try {
      chunk.open(bytes, 0, bytes.length, FIRST, SALT);
      if (chunk.hasInlineTimes()) {
        chunk.decodeTimes(new long[RowGroup.MAX_ROWS]);
      }
      if (!chunk.isTimeChunk()) {
        chunk.stats();
        switch (chunk.type()) {
          case FLOAT -> chunk.decodeDoubles(new double[RowGroup.MAX_ROWS]);
          case STRING -> chunk.decodeStrings(new byte[RowGroup.MAX_ROWS][]);
          default -> chunk.decodeLongs(new long[RowGroup.MAX_ROWS]);
        }
      }
      return true;
    } catch (CorruptChunkException e) {
      return false;
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new AssertionError(
          "on " + Arrays.toString(bytes) + ", replay with -Dvarve.seed=" + seed, e);
    }
  }

  private byte[] damage(byte[] bytes) {
    byte[] damaged = bytes.clone();
    for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
      // Most of what can go wrong is decided near the start.
      int at = random.nextInt(random.nextBoolean() ? damaged.length : Math.min(40, damaged.length));
      damaged[at] ^= (byte) (1 << random.nextInt(8));
    }
    if (random.nextInt(4) == 0) {
      int most = Math.max(ChunkFormat.HEAD_BYTES + 1, damaged.length);
      damaged = Arrays.copyOf(damaged, random.nextInt(ChunkFormat.HEAD_BYTES, most));
    }
    seal(damaged);
    return damaged;
  }

  private static void seal(byte[] bytes) {
    bytes[0] = (byte) ChunkFormat.VERSION;
    int crc = ChunkFormat.checksum(new CRC32C(), bytes, 0, bytes.length, SALT);
    for (int i = 0; i < 4; i++) {
      bytes[ChunkFormat.CRC_OFFSET + i] = (byte) (crc >>> (8 * i));
    }
  }

  /** A chunk of each shape of column, with and without gaps, and of each shape of times. */
  private List<byte[]> samples(int rowCount) {
    ChunkEncoder encoder = new ChunkEncoder();
    List<byte[]> samples = new ArrayList<>();
    encoder.times(Shapes.equalSteps(rowCount), rowCount);
    for (ColumnData column : Shapes.columns(random, rowCount)) {
      if (random.nextBoolean()) {
        column.presence = Shapes.presence(random, rowCount, 0.5);
      }
      byte[] bytes = encoder.encode(column, SALT);
      if (bytes.length < 10_000) {
        samples.add(bytes);
      }
    }
    for (Shapes.Longs shape : Shapes.times().values()) {
      long[] times = shape.make(random, rowCount);
      encoder.times(times, rowCount, random.nextInt(1, 3));
      ColumnData ones = Shapes.column(FieldType.INTEGER, new long[rowCount]);
      samples.add(encoder.encode(ones, SALT));
      if (!encoder.timesInline()) {
        samples.add(encoder.encodeTimes(SALT));
      }
    }
    return samples;
  }

  @Test
  void rejectsAChunkUnderAnotherKey() {
    byte[] bytes = samples(5).get(0);
    assertThatThrownBy(() -> chunk.open(bytes, 0, bytes.length, FIRST, SALT + 1))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void rejectsAnotherVersionBeforeAnythingElse() {
    byte[] bytes = samples(5).get(0);
    bytes[0] = (byte) 0xA2;
    assertThatThrownBy(() -> chunk.open(bytes, 0, bytes.length, FIRST, SALT))
        .isInstanceOfSatisfying(
            CorruptChunkException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(StorageException.Kind.CORRUPTION);
              assertThat(e)
                  .hasMessage("corrupt chunk at byte 1: found version byte 162, expected 161");
            });
  }
}
