package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipInflaterTest {
  private static final long SEED = Long.getLong("varve.seed", 1952);
  private static final int HEADER_BYTES = 10;

  private final ByteArrayOutputStream inflated = new ByteArrayOutputStream();
  private final SplittableRandom random = new SplittableRandom(SEED);

  private static byte[] gzip(byte[]... members) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] member : members) {
      try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
        gzip.write(member);
      }
    }
    return bytes.toByteArray();
  }

  private void inflate(byte[] bytes) throws Exception {
    inflated.reset();
    try (GzipInflater inflater =
        new GzipInflater(
            (piece, offset, length) -> {
              inflated.write(piece, offset, length);
              return true;
            })) {
      int at = 0;
      while (at < bytes.length) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(50));
        inflater.feed(bytes, at, length);
        at += length;
      }
      inflater.finish();
    }
  }

  private byte[] text(int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) ('a' + random.nextInt(4));
    }
    return text;
  }

  @Test
  void inflatesMembersInARow() throws Exception {
    byte[] first = text(100_000);
    byte[] second = text(10);
    inflate(gzip(first, new byte[0], second));
    byte[] all = inflated.toByteArray();
    assertThat(all).hasSize(100_010).startsWith(first).endsWith(second);
  }

  @Test
  void skipsTheOptionalPartsOfTheHeader() throws Exception {
    byte[] plain = gzip(text(50));
    ByteArrayOutputStream full = new ByteArrayOutputStream();
    plain[3] = 2 | 4 | 8 | 16;
    full.write(plain, 0, HEADER_BYTES);
    full.writeBytes(new byte[] {3, 0, 'x', 'y', 'z'});
    full.writeBytes(new byte[] {'n', 0, 'c', 'c', 0});
    CRC32 crc = new CRC32();
    crc.update(full.toByteArray());
    full.write((int) crc.getValue());
    full.write((int) (crc.getValue() >>> 8));
    full.write(plain, HEADER_BYTES, plain.length - HEADER_BYTES);
    inflate(full.toByteArray());
    assertThat(inflated.size()).isEqualTo(50);
  }

  @Test
  void noticesEveryCut() throws Exception {
    byte[] whole = gzip(text(300));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> inflate(cut))
          .as("seed %d, cut at %d", SEED, length)
          .isInstanceOf(GzipInflater.CorruptGzipException.class);
    }
  }

  @Test
  void noticesFlippedBitsBehindTheHeader() throws Exception {
    byte[] text = text(300);
    byte[] whole = gzip(text);
    for (int bit = HEADER_BYTES * 8; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      boolean rejected = false;
      try {
        inflate(damaged);
      } catch (GzipInflater.CorruptGzipException e) {
        rejected = true;
      }
      assertThat(rejected || Arrays.equals(inflated.toByteArray(), text))
          .as("seed %d, bit %d", SEED, bit)
          .isTrue();
    }
  }

  @Test
  void stopsWhenTheTargetHasEnough() throws Exception {
    byte[] bomb = gzip(new byte[50_000_000]);
    long[] taken = new long[1];
    try (GzipInflater inflater =
        new GzipInflater(
            (piece, offset, length) -> {
              taken[0] += length;
              return taken[0] < 100_000;
            })) {
      assertThat(inflater.feed(bomb, 0, bomb.length)).isFalse();
    }
    assertThat(taken[0]).isLessThan(200_000);
  }
}
