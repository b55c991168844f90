package io.varve.storage.head;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShardHeadMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int SERIES = 100;
  private static final int FIELDS = 10;

  private final int[] fieldIds = new int[FIELDS];
  private final byte[] types = new byte[FIELDS];
  private final long[] bits = new long[FIELDS];
  private final byte[] decimals = new byte[FIELDS];
  private final byte[] arena = new byte[0];

  ShardHeadMemoryTest() {
    for (int i = 0; i < FIELDS; i++) {
      fieldIds[i] = i + 1;
    }
    Arrays.fill(types, (byte) FieldType.INTEGER.code());
  }

  private static long allocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  private void append(ShardHead head, int fromTime, int toTime, int fields) {
    for (int time = fromTime; time < toTime; time++) {
      for (int series = 0; series < SERIES; series++) {
        head.append(series, time, fields, fieldIds, types, bits, decimals, arena);
      }
    }
  }

  @Test
  void allocatesNothingButGrowingSlabs() {
    append(new ShardHead(new Moments(Long.MAX_VALUE)), 0, 20, FIELDS);
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    long before = allocatedBytes();
    append(head, 0, RowGroup.MAX_ROWS, FIELDS);
    long grown = allocatedBytes() - before;
    // Ten values of one byte each in two words, and no times.
    long rowBytes = 16;
    // 8 + 16 + ... + 256 + 384 + 576 + 864 + 1024 rows; a kilobyte per series for everything else.
    assertThat(grown).isLessThan(SERIES * (3352 * rowBytes + 1000));
    assertThat(head.bytes())
        .isBetween(
            SERIES * RowGroup.MAX_ROWS * rowBytes, SERIES * (RowGroup.MAX_ROWS * rowBytes + 200));
  }

  @Test
  void allocatesNothingWhileSlabHasRoom() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    append(head, 0, 600, FIELDS);
    long before = allocatedBytes();
    append(head, 600, 860, FIELDS);
    append(head, 859, 860, FIELDS);
    assertThat(allocatedBytes() - before).isLessThan(2000);
  }

  @Test
  void allocatesNothingForSparseRowsWhileSlabHasRoom() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    append(head, 0, 1, FIELDS);
    append(head, 1, 600, 4);
    append(head, 299, 300, 7);
    long before = allocatedBytes();
    append(head, 600, 850, 4);
    append(head, 300, 310, 7);
    assertThat(allocatedBytes() - before).isLessThan(2000);
  }

  @Test
  void allocatesNothingForRowsOfBatch() {
    PointBatch batch = new PointBatch();
    byte[] key = SeriesKey.of("m", Map.of()).toBytes();
    byte[] names = "abcdefghij".getBytes(StandardCharsets.UTF_8);
    for (int row = 0; row < 1000; row++) {
      batch.beginRow(key, 0, key.length);
      for (int i = 0; i < FIELDS; i++) {
        batch.addFloat(names, i, 1, row * 0.25, 2);
      }
      batch.endRow(row);
    }
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    for (int row = 0; row < 600; row++) {
      head.append(1, batch, row, fieldIds);
    }
    long before = allocatedBytes();
    for (int row = 600; row < 860; row++) {
      head.append(1, batch, row, fieldIds);
    }
    assertThat(allocatedBytes() - before).isLessThan(2000);
  }

  @Test
  void takesFewBytesPerSeriesWithFewRows() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    append(head, 0, 1, 1);
    long before = allocatedBytes();
    int series = 50_000;
    for (int time = 0; time < 8; time++) {
      for (int i = 0; i < series; i++) {
        head.append(512 + i, time, 1, fieldIds, types, bits, decimals, arena);
      }
    }
    long allocated = allocatedBytes() - before;
    assertThat(allocated).isLessThan(300L * series);
    assertThat(head.bytes()).isBetween(allocated * 9 / 10, allocated * 11 / 10);
  }

  @Test
  void countsAboutWhatTheHeapHolds() {
    int many = 40_000;
    append(new ShardHead(new Moments(Long.MAX_VALUE)), 0, 20, 1);
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    long before = allocatedBytes();
    for (int series = 0; series < many; series++) {
      head.append(series, 1, 1, fieldIds, types, bits, decimals, arena);
    }
    // All that was allocated stays, but for the directories of pages while they grew.
    assertThat((double) head.bytes() / (allocatedBytes() - before)).isBetween(0.85, 1.1);
  }
}
