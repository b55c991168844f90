package io.varve.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.StorageException;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class LogRecordTest {
  private static final byte[] KEY = {1, 'm'};

  private final LogRecordEncoder encoder = new LogRecordEncoder();
  private final LogRecordDecoder decoder = new LogRecordDecoder();

  private byte[] finish() {
    return Arrays.copyOf(encoder.finish(), encoder.lengthBytes());
  }

  @Test
  void readsBackEveryKindOfValue() {
    PointBatch batch = new PointBatch();
    double[] doubles = {
      0, -0.0, 1.5, -12.25, 1e300, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, 0.1, 64
    };
    for (double value : doubles) {
      for (int decimals : new int[] {0, 1, 2, 14, PointBatch.UNKNOWN_DECIMALS}) {
        batch.beginRow(KEY, 0, 2);
        batch.addFloat(KEY, 1, 1, value, decimals);
        batch.addInteger(KEY, 1, 1, Double.doubleToRawLongBits(value));
        batch.addUnsigned(KEY, 1, 1, -1);
        batch.addBoolean(KEY, 1, 1, value > 0);
        byte[] text = Double.toString(value).getBytes(StandardCharsets.UTF_8);
        batch.addString(KEY, 1, 1, text, 0, text.length);
        batch.endRow(value > 0 ? Long.MAX_VALUE : Long.MIN_VALUE);
      }
    }
    int[] fieldIds = {1, 2, 3, 4, 65_534};
    encoder.begin();
    for (int row = 0; row < batch.rowCount(); row++) {
      encoder.add(65_535, row % 2 == 0 ? -1 : 7, batch, row, fieldIds);
    }
    decoder.open(finish());
    for (int row = 0; row < batch.rowCount(); row++) {
      assertThat(decoder.next()).isTrue();
      assertThat(decoder.policyId()).isEqualTo(65_535);
      assertThat(decoder.seriesId()).isEqualTo(row % 2 == 0 ? -1 : 7);
      assertThat(decoder.timestampNanos()).isEqualTo(batch.timestampNanos(row));
      assertThat(decoder.fieldIds()).isEqualTo(fieldIds);
      assertThat(describe(decoder)).isEqualTo(describe(batch, row, fieldIds));
    }
    assertThat(decoder.next()).isFalse();
  }

  @Test
  void leavesOutValuesWithoutField() {
    PointBatch batch = new PointBatch();
    batch.beginRow(KEY, 0, 2);
    batch.addInteger(KEY, 1, 1, 1);
    batch.addInteger(KEY, 1, 1, 2);
    batch.addInteger(KEY, 1, 1, 3);
    batch.endRow(5);
    encoder.begin();
    encoder.add(1, 1, batch, 0, new int[] {0, 9, -4});
    decoder.open(finish());
    assertThat(decoder.next()).isTrue();
    assertThat(decoder.fieldIds()).containsExactly(9);
    assertThat(decoder.bits()[0]).isEqualTo(2);
  }

  @Test
  void readsBackMoreShapesThanItNumbers() {
    PointBatch batch = new PointBatch();
    int rows = LogRecordDecoder.MAX_SHAPES + 500;
    for (int row = 0; row < rows; row++) {
      batch.beginRow(KEY, 0, 2);
      batch.addInteger(KEY, 1, 1, row);
      batch.endRow(row);
    }
    encoder.begin();
    for (int round = 0; round < 2; round++) {
      for (int row = 0; row < rows; row++) {
        encoder.add(1, 1, batch, row, new int[] {row + 1});
        encoder.add(1, 1, batch, row, new int[] {row + 1});
      }
    }
    decoder.open(finish());
    for (int round = 0; round < 2; round++) {
      for (int row = 0; row < rows * 2; row++) {
        assertThat(decoder.next()).isTrue();
        assertThat(decoder.fieldIds()).containsExactly(row / 2 + 1);
        assertThat(decoder.bits()[0]).isEqualTo(row / 2);
      }
    }
    assertThat(decoder.next()).isFalse();
  }

  @Test
  void noticesEveryTruncationAndBitFlip() {
    byte[] record = randomRecord(new SplittableRandom(42), 40);
    for (int length = 0; length < record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);
      assertThatThrownBy(() -> decoder.open(cut)).isInstanceOf(StorageException.class);
    }
    for (int bit = 0; bit < record.length * 8; bit++) {
      byte[] flipped = record.clone();
      flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
      assertThatThrownBy(() -> decoder.open(flipped)).isInstanceOf(StorageException.class);
    }
  }

  /** The checksum hides the parser from random damage, so it is put right again here. */
  @Test
  void survivesAnyBytesWithAMatchingChecksum() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    CRC32C checksum = new CRC32C();
    for (int round = 0; round < 20_000; round++) {
      byte[] record = randomRecord(random, 1 + random.nextInt(8));
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        record[5 + random.nextInt(record.length - 5)] = (byte) random.nextInt();
      }
      if (random.nextInt(4) == 0) {
        record = Arrays.copyOf(record, 6 + random.nextInt(record.length - 5));
      }
      checksum.reset();
      checksum.update(record, 5, record.length - 5);
      for (int i = 0; i < 4; i++) {
        record[1 + i] = (byte) (checksum.getValue() >>> (8 * i));
      }
      try {
        decoder.open(record);
        while (decoder.next()) {
          describe(decoder);
        }
      } catch (StorageException e) {
        assertThat(e.kind()).isEqualTo(StorageException.Kind.CORRUPTION);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(record), e);
      }
    }
  }

  @Test
  void readsTheExampleOfTheFormatPage() {
    decoder.open(
        HexFormat.ofDelimiter(" ")
            .parseHex(
                "01 58 4b 5f f2 00 01 02 01 00 02 01 0a d0 0f 01 ae 03 0e 01 00 d0 0f 01 02 04"));
    assertThat(decoder.next()).isTrue();
    assertThat(decoder.policyId()).isEqualTo(1);
    assertThat(decoder.seriesId()).isEqualTo(5);
    assertThat(decoder.timestampNanos()).isEqualTo(1000);
    assertThat(decoder.fieldIds()).containsExactly(1, 2);
    assertThat(Double.longBitsToDouble(decoder.bits()[0])).isEqualTo(21.5);
    assertThat(decoder.bits()[1]).isEqualTo(7);
    assertThat(decoder.next()).isTrue();
    assertThat(decoder.timestampNanos()).isEqualTo(2000);
    assertThat(Double.longBitsToDouble(decoder.bits()[0])).isEqualTo(21.6);
    assertThat(decoder.bits()[1]).isEqualTo(9);
    assertThat(decoder.next()).isFalse();
  }

  private byte[] randomRecord(SplittableRandom random, int rows) {
    PointBatch batch = new PointBatch();
    int[] fieldIds = new int[5];
    encoder.begin();
    for (int row = 0; row < rows; row++) {
      batch.beginRow(KEY, 0, 2);
      int count = 1 + random.nextInt(5);
      for (int i = 0; i < count; i++) {
        fieldIds[i] = i + 1 + random.nextInt(2) * 5;
        switch (random.nextInt(4)) {
          case 0 -> batch.addFloat(KEY, 1, 1, random.nextInt(10_000) / 100.0, 2);
          case 1 -> batch.addInteger(KEY, 1, 1, random.nextLong());
          case 2 -> batch.addBoolean(KEY, 1, 1, random.nextBoolean());
          default -> batch.addString(KEY, 1, 1, KEY, 0, random.nextInt(3));
        }
      }
      batch.endRow(random.nextInt(100_000));
      encoder.add(1 + random.nextInt(2), random.nextInt(50), batch, row, fieldIds);
    }
    return finish();
  }

  private static List<String> describe(PointBatch batch, int row, int[] fieldIds) {
    List<String> result = new ArrayList<>();
    for (int i = 0; i < fieldIds.length; i++) {
      int value = batch.firstValue(row) + i;
      FieldType type = batch.type(value);
      String text =
          type == FieldType.STRING
              ? new String(
                  batch.arena(),
                  batch.stringOffset(value),
                  batch.stringLength(value),
                  StandardCharsets.UTF_8)
              : Long.toHexString(batch.bits(value));
      String decimals = type == FieldType.FLOAT ? "/" + batch.decimals(value) : "";
      result.add(fieldIds[i] + type.label() + text + decimals);
    }
    return result;
  }

  private static List<String> describe(LogRecordDecoder row) {
    List<String> result = new ArrayList<>();
    for (int i = 0; i < row.valueCount(); i++) {
      FieldType type = FieldType.ofCode(row.types()[i]);
      long bits = row.bits()[i];
      String text =
          type == FieldType.STRING
              ? new String(row.arena(), (int) (bits >>> 32), (int) bits, StandardCharsets.UTF_8)
              : Long.toHexString(bits);
      String decimals = type == FieldType.FLOAT ? "/" + row.decimals()[i] : "";
      result.add(row.fieldIds()[i] + type.label() + text + decimals);
    }
    return result;
  }
}
