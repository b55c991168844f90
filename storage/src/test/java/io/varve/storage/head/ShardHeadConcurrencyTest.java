package io.varve.storage.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.FieldType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ShardHeadConcurrencyTest {
  private static final int SERIES = 3;
  private static final int WINDOW = 32;
  private static final int WINDOWS = 1500;

  private final ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));

  /** Stands for RocksDB: groups by series and sequence. */
  private final List<Map<Long, RowGroup>> chunks = new ArrayList<>();

  /** Every row with a time below has been appended. */
  private volatile long acknowledged;

  private volatile boolean done;

  @Test
  void readersMissNothingWhileRowsMoveFromHeadToChunks()
      throws InterruptedException, ExecutionException {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    for (int i = 0; i < SERIES; i++) {
      chunks.add(new ConcurrentSkipListMap<>());
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Long>> readers = new ArrayList<>();
      readers.add(threads.submit(reader(seed + 1)));
      readers.add(threads.submit(reader(seed + 2)));
      Future<Long> flusher = threads.submit(flusher(seed + 3));
      try {
        write(new SplittableRandom(seed));
      } finally {
        done = true;
      }
      assertThat(flusher.get()).as("varve.seed=" + seed).isPositive();
      for (Future<Long> reader : readers) {
        assertThat(reader.get()).as("varve.seed=" + seed).isPositive();
      }
    } finally {
      threads.shutdownNow();
    }
    read(0, seed);
  }

  /** Windows of rows in random order; series 0 in full rows, 1 in sparse ones, 2 field by field. */
  private void write(SplittableRandom random) {
    for (int window = 0; window < WINDOWS; window++) {
      int[] times = new int[WINDOW];
      for (int i = 0; i < WINDOW; i++) {
        times[i] = window * WINDOW + i;
      }
      for (int i = WINDOW - 1; window % 3 == 0 && i > 0; i--) {
        int other = random.nextInt(i + 1);
        int swap = times[i];
        times[i] = times[other];
        times[other] = swap;
      }
      for (int time : times) {
        row(time, 1, 2, 4).appendTo(head, 0, time);
        row(time, 1 + time % 4, 10 + time % 7).appendTo(head, 1, time);
        row(time, 1).appendTo(head, 2, time);
        row(time, 4).appendTo(head, 2, time);
      }
      acknowledged = (window + 1L) * WINDOW;
    }
  }

  private static HeadModel.Row row(long time, int... fieldIds) {
    HeadModel.Row row = new HeadModel.Row();
    for (int fieldId : fieldIds) {
      if (fieldId % 5 == 4) {
        row.addString(fieldId, "t" + time * fieldId);
      } else {
        row.add(fieldId, FieldType.INTEGER, time * fieldId, 0);
      }
    }
    return row;
  }

  private Callable<Long> flusher(long seed) {
    return () -> {
      SplittableRandom random = new SplittableRandom(seed);
      long sequence = 0;
      while (!done || acknowledged == 0) {
        int series = random.nextInt(SERIES);
        List<HeadGroup> groups =
            random.nextInt(4) == 0 ? head.checkpoint(series) : head.seal(series);
        for (HeadGroup group : groups) {
          sequence++;
          chunks.get(series).put(sequence, group.rows());
          PartialChunk replaced = group.replaces();
          if (replaced != null) {
            chunks.get(series).remove(replaced.sequence());
          }
          if (group.full()) {
            head.release(group);
          } else {
            head.partialStored(group, sequence);
          }
        }
      }
      return sequence;
    };
  }

  private Callable<Long> reader(long seed) {
    return () -> {
      SplittableRandom random = new SplittableRandom(seed);
      long reads = 0;
      while (!done || reads == 0) {
        read(random.nextInt(SERIES), seed);
        reads++;
      }
      return reads;
    };
  }

  private void read(int series, long seed) {
    String what = "series " + series + ", varve.seed=" + seed;
    long promised = acknowledged;
    List<RowGroup> groups = new ArrayList<>(head.snapshot(series));
    groups.addAll(chunks.get(series).values());
    boolean[] seen = new boolean[(int) promised];
    for (RowGroup group : groups) {
      for (int row = 0; row < group.rowCount; row++) {
        long time = group.timestampNanos[row];
        assertThat(row == 0 || time > group.timestampNanos[row - 1]).as(what).isTrue();
        int values = 0;
        for (ColumnData column : group.columns) {
          values += checkValue(column, row, time, what) ? 1 : 0;
        }
        // Values of series 2 arrive one by one, so the newest row may be incomplete.
        if (series < 2 || time < promised) {
          assertThat(values).as(what).isGreaterThanOrEqualTo(series == 0 ? 3 : series == 1 ? 2 : 1);
        }
        if (time < promised) {
          seen[(int) time] = true;
        }
      }
    }
    assertThat(seen).as(what).doesNotContain(false);
  }

  private static boolean checkValue(ColumnData column, int row, long time, String what) {
    long[] presence = column.presence;
    if (presence != null && (presence[row >>> 6] & 1L << row) == 0) {
      return false;
    }
    if (column.type == FieldType.STRING) {
      byte[] expected =
          ("t" + time * column.fieldId).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      assertThat(ByteBuffer.wrap(column.strings[row]))
          .as(what)
          .isEqualTo(ByteBuffer.wrap(expected));
    } else {
      assertThat(column.bits[row]).as(what).isEqualTo(time * column.fieldId);
    }
    return true;
  }
}
