package io.varve.storage.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.chunk.SortedRows;
import io.varve.storage.codec.Decimals;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Rows are kept in as few bytes as their values need, and nobody can tell. */
class NarrowRowsTest {
  private static final double[] SPECIAL = {
    -0.0,
    0.0,
    Double.NaN,
    Double.longBitsToDouble(0x7ff8_0000_0000_0001L),
    Double.POSITIVE_INFINITY,
    Double.MIN_VALUE,
    -Double.MAX_VALUE,
    0x1p51,
    -0x1p51,
    0x1p53 + 2,
    1e-14,
    0.1 + 0.2
  };

  private final Moments moments = new Moments(Long.MAX_VALUE);
  private final ShardHead head = new ShardHead(moments);

  private record Held(
      long moment, List<? extends SortedRows> rows, Map<Long, Map<Integer, Object>> model) {}

  @Test
  void agreesWithModelWhateverValuesAndTimesDo() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    for (int series = 0; series < 60; series++) {
      agrees(series, new SplittableRandom(seed + series), "varve.seed=" + seed + ", " + series);
    }
  }

  private void agrees(int series, SplittableRandom random, String what) {
    int[] fieldIds =
        switch (series % 3) {
          case 0 -> new int[] {1, 2, 3, 5, 6, 10};
          case 1 -> new int[] {5};
          default -> new int[] {10, 9, 1, 4, 8, 5, 7};
        };
    int[] regimes = new int[11];
    HeadModel model = new HeadModel();
    List<Held> held = new ArrayList<>();
    long time = random.nextInt(4) == 0 ? random.nextLong() : 1_748_736_000_000_000_000L;
    int timeRegime = 0;
    int rows = 1 + random.nextInt(1500);
    for (int i = 0; i < rows; i++) {
      if (random.nextInt(100) == 0) {
        regimes[fieldIds[random.nextInt(fieldIds.length)]] = random.nextInt(9);
      }
      if (random.nextInt(300) == 0) {
        timeRegime = random.nextInt(7);
      }
      time += step(random, timeRegime);
      HeadModel.Row row = new HeadModel.Row();
      for (int fieldId : fieldIds) {
        if (series % 3 < 2 || random.nextInt(4) > 0) {
          addValue(row, fieldId, regimes[fieldId], random);
        }
      }
      row.appendTo(head, series, time);
      model.put(series, time, row);
      if (random.nextInt(200) == 0) {
        long moment = moments.hold(at -> at);
        List<? extends SortedRows> taken = head.rows(series, fieldIds, TimeRange.ALL, moment);
        held.add(new Held(moment, taken, copy(model.rows(series))));
      }
    }
    assertThat(read(head.rows(series, fieldIds, TimeRange.ALL, Moments.NOW), 100, fieldIds))
        .as(what)
        .isEqualTo(model.rows(series));
    List<RowGroup> groups = head.snapshot(series);
    HeadModel.assertDisjoint(groups);
    Map<Long, Map<Integer, Object>> assembled = new TreeMap<>();
    HeadModel.addTo(assembled, groups);
    assertThat(assembled).as(what).isEqualTo(model.rows(series));
    for (Held each : held) {
      assertThat(read(each.rows, 33, fieldIds)).as(what).isEqualTo(each.model);
      List<? extends SortedRows> again = head.rows(series, fieldIds, TimeRange.ALL, each.moment);
      assertThat(read(again, 1024, fieldIds)).as(what).isEqualTo(each.model);
      moments.release(each.moment);
    }
    head.remove(series);
    head.trim();
    assertThat(head.bytes()).as(what).isZero();
  }

  private static long step(SplittableRandom random, int regime) {
    return switch (regime) {
      case 0 -> 10_000_000_000L;
      case 1 -> 10_000_000_000L * (1 + random.nextInt(3));
      case 2 -> 1_000_000L * (9_990 + random.nextInt(20));
      case 3 -> random.nextLong(1L << 40);
      case 4 -> random.nextInt(4) == 0 ? 0 : 10_000_000_000L;
      case 5 -> 1_000_000_000L * (random.nextInt(20) - 10);
      default -> random.nextInt(5) == 0 ? random.nextLong() : 1;
    };
  }

  private static void addValue(
      HeadModel.Row row, int fieldId, int regime, SplittableRandom random) {
    switch (HeadModel.typeOf(fieldId)) {
      case STRING -> row.addString(fieldId, "t" + random.nextInt(100));
      case BOOLEAN -> row.add(fieldId, FieldType.BOOLEAN, random.nextInt(2), 0);
      case FLOAT -> addFloat(row, fieldId, regime, random);
      default -> row.add(fieldId, HeadModel.typeOf(fieldId), integer(regime, random), 0);
    }
  }

  private static long integer(int regime, SplittableRandom random) {
    int width = 8 << (regime % 4);
    long any = random.nextLong() >> (Long.SIZE - width);
    long border = (1L << (width - 1)) - random.nextInt(2);
    return switch (random.nextInt(4)) {
      case 0 -> border;
      case 1 -> -border;
      default -> regime < 4 ? any : any >> 3;
    };
  }

  private static void addFloat(
      HeadModel.Row row, int fieldId, int regime, SplittableRandom random) {
    double value;
    int decimals = regime % 5;
    if (regime == 8 && random.nextInt(4) == 0) {
      value = SPECIAL[random.nextInt(SPECIAL.length)];
      decimals = PointBatch.UNKNOWN_DECIMALS;
    } else if (regime == 7) {
      value = random.nextDouble();
      decimals = random.nextInt(16);
    } else {
      long mantissa = random.nextLong() >> (14 + random.nextInt(50));
      value = Decimals.toDouble(mantissa, decimals);
    }
    row.add(fieldId, FieldType.FLOAT, Double.doubleToRawLongBits(value), decimals);
  }

  private static Map<Long, Map<Integer, Object>> copy(Map<Long, Map<Integer, Object>> rows) {
    Map<Long, Map<Integer, Object>> copy = new TreeMap<>();
    rows.forEach((time, row) -> copy.put(time, new TreeMap<>(row)));
    return copy;
  }

  private static Map<Long, Map<Integer, Object>> read(
      List<? extends SortedRows> some, int step, int[] fieldIds) {
    Map<Long, Map<Integer, Object>> rows = new TreeMap<>();
    for (SortedRows each : some) {
      HeadModel.addTo(rows, each, step, fieldIds);
    }
    return rows;
  }

  @Test
  void takesOneByteForSmallNumbersAndNoneForTimesOfEqualSteps() {
    append(1024, i -> i * 10_000L, i -> i % 100, 0);
    // Ten values in two words a row.
    assertThat(head.bytes()).isBetween(1024L * 16, 1024L * 16 + 2500);
  }

  @Test
  void putsSeveralRowsIntoOneWord() {
    for (int i = 0; i < 1024; i++) {
      long[] bits = {i % 100};
      head.append(1, i, 1, new int[] {1}, new byte[] {1}, bits, new byte[1], new byte[0]);
    }
    // Beside rows of a byte each there are the page, the series, the slab and its parts.
    assertThat(head.bytes()).isEqualTo(1024 + 2064 + 24 + 128);
    assertThat(head.snapshot(1).get(0).columns.get(0).bits).startsWith(0, 1, 2).endsWith(22, 23);
  }

  @Test
  void takesFourBytesForTimesOfUnequalSteps() {
    append(1024, i -> i * 10_000_000_000L + i * i % 7 * 1_000_000L, i -> i % 100, 0);
    // They are in the second word, beside the last two values.
    assertThat(head.bytes()).isBetween(1024L * 16, 1024L * 16 + 2500);
  }

  @Test
  void keepsTimesThatAreFarAndFineAtOnce() {
    long second = 1_000_000_000;
    long[] times = {0, 10 * second, 20 * second, 21 * second, 1, 22 * second, -7 * second - 3};
    append(times.length, i -> times[i], i -> i, 0);
    Arrays.sort(times);
    assertThat(head.snapshot(1).get(0).timestampNanos).containsExactly(times);
  }

  @Test
  void takesFloatsByTheirDecimals() {
    int[] fieldIds = {5};
    byte[] types = {(byte) FieldType.FLOAT.code()};
    for (int i = 0; i < 1000; i++) {
      long[] bits = {Double.doubleToRawLongBits(i / 100.0)};
      head.append(1, i, 1, fieldIds, types, bits, new byte[] {2}, new byte[0]);
    }
    PackedRows rows = packed(1);
    assertThat(rows.layout.bits(0)).isEqualTo(Short.SIZE);
    assertThat(rows.layout.decimals(0)).isEqualTo(2);
    assertThat(head.snapshot(1).get(0).columns.get(0).decimals).isEqualTo(2);
  }

  @Test
  void copiesRowsOfBoundedNumberHoweverOftenValuesGrow() {
    int columns = 500;
    int[] fieldIds = new int[columns];
    byte[] types = new byte[columns];
    Arrays.setAll(fieldIds, i -> i + 1);
    Arrays.fill(types, (byte) FieldType.INTEGER.code());
    long[] bits = new long[columns];
    for (int row = 0; row < 500; row++) {
      bits[row] = Long.MAX_VALUE;
      head.append(1, row, columns, fieldIds, types, bits, new byte[columns], new byte[0]);
    }
    // Each row widens a column: after some dozens of copies all columns are as wide as can be.
    assertThat(packed(1).layout.bits(columns - 1)).isEqualTo(Long.SIZE);
    RowGroup group = head.snapshot(1).get(0);
    for (int row = 0; row < 500; row++) {
      assertThat(group.columns.get(row).bits[row]).isEqualTo(Long.MAX_VALUE);
      assertThat(group.columns.get(499).bits[row]).isEqualTo(row == 499 ? Long.MAX_VALUE : 0);
    }
  }

  private PackedRows packed(int series) {
    HeadGroup group = head.checkpoint(series).get(0);
    return group.slab.rows();
  }

  private interface LongOfInt {
    long at(int row);
  }

  private void append(int rows, LongOfInt times, LongOfInt values, int decimals) {
    int[] fieldIds = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    byte[] types = new byte[10];
    Arrays.fill(types, (byte) FieldType.INTEGER.code());
    long[] bits = new long[10];
    byte[] digits = new byte[10];
    Arrays.fill(digits, (byte) decimals);
    for (int row = 0; row < rows; row++) {
      Arrays.fill(bits, values.at(row));
      head.append(1, times.at(row), 10, fieldIds, types, bits, digits, new byte[0]);
    }
  }

  /** Row {@code i} of the test below: its time and values can be told from {@code i}. */
  private static long timeOf(int i) {
    return i * 1_000L + (i / 3000 % 2 == 1 ? i % 7 * 3 : 0);
  }

  private static long integerOf(int i, int column) {
    return ((i % 3 - 1) * (long) column) << (i / 20 % 62);
  }

  private static double floatOf(int i) {
    return i % 2500 == 2400 ? Math.sqrt(i) : Decimals.toDouble(i * 7L, i / 300 % 5);
  }

  @Test
  void showsWholeRowsToReadersWhileTheyAreWidened()
      throws InterruptedException, ExecutionException {
    int rows = 12_000;
    int[] fieldIds = {1, 5, 2, 6};
    byte[] types = new byte[4];
    for (int i = 0; i < 4; i++) {
      types[i] = (byte) HeadModel.typeOf(fieldIds[i]).code();
    }
    AtomicInteger written = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int r = 0; r < 2; r++) {
        readers.add(threads.submit(() -> readWhileWritten(rows, fieldIds, written)));
      }
      for (int i = 0; i < rows; i++) {
        long[] bits = {
          integerOf(i, 1), Double.doubleToRawLongBits(floatOf(i)), integerOf(i, 2), i % 100
        };
        byte[] digits = {0, (byte) (i % 2500 == 2400 ? 15 : i / 300 % 5), 0, 0};
        head.append(1, timeOf(i), 4, fieldIds, types, bits, digits, new byte[0]);
        written.set(i + 1);
      }
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private int readWhileWritten(int rows, int[] fieldIds, AtomicInteger written) {
    long[] times = new long[RowGroup.MAX_ROWS];
    long[] longs = new long[RowGroup.MAX_ROWS];
    double[] doubles = new double[RowGroup.MAX_ROWS];
    int reads = 0;
    int promised;
    do {
      promised = written.get();
      int seen = 0;
      for (SortedRows some : head.rows(1, fieldIds, TimeRange.ALL, Moments.NOW)) {
        int count = some.rowCount();
        some.copyTimestamps(0, count, times);
        for (int fieldId : fieldIds) {
          int column = some.columnOf(fieldId);
          if (fieldId == 5) {
            some.copyDoubles(column, 0, count, doubles);
          } else {
            some.copyLongs(column, 0, count, longs);
          }
          for (int row = 0; row < count; row++) {
            int i = seen + row;
            if (times[row] != timeOf(i)) {
              assertThat(times[row]).isEqualTo(timeOf(i));
            }
            long expected = fieldId == 6 ? i % 100 : integerOf(i, fieldId);
            if (fieldId == 5 ? doubles[row] != floatOf(i) : longs[row] != expected) {
              assertThat(longs[row]).as("row %s, field %s", i, fieldId).isEqualTo(expected);
              assertThat(doubles[row]).isEqualTo(floatOf(i));
            }
          }
        }
        seen += count;
      }
      assertThat(seen).isGreaterThanOrEqualTo(promised);
      reads++;
    } while (promised < rows);
    return reads;
  }

  @Test
  void showsOldOrNewValueOfRowThatIsMerged() throws InterruptedException, ExecutionException {
    int[] fieldIds = {1, 2, 6};
    byte[] types = {1, 2, 1};
    head.append(1, 7, 3, fieldIds, types, new long[] {-1, 0, 7}, new byte[3], new byte[0]);
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try {
      Future<Long> reader =
          threads.submit(
              () -> {
                long[] value = new long[1];
                long last = 0;
                while (last < 1L << 62) {
                  SortedRows row = head.rows(1, fieldIds, TimeRange.ALL, Moments.NOW).get(0);
                  row.copyLongs(row.columnOf(2), 0, 1, value);
                  assertThat(value[0]).isGreaterThanOrEqualTo(last);
                  assertThat(Long.bitCount(value[0] / 3)).isLessThanOrEqualTo(1);
                  last = value[0];
                  row.copyLongs(row.columnOf(1), 0, 1, value);
                  assertThat(value[0]).isEqualTo(-1);
                  row.copyLongs(row.columnOf(6), 0, 1, value);
                  assertThat(value[0]).isEqualTo(7);
                }
                return last;
              });
      for (int shift = 0; shift < 61; shift++) {
        head.append(
            1,
            7,
            1,
            new int[] {2},
            new byte[] {2},
            new long[] {3L << shift},
            new byte[1],
            new byte[0]);
      }
      head.append(
          1, 7, 1, new int[] {2}, new byte[] {2}, new long[] {3L << 61}, new byte[1], new byte[0]);
      assertThat(reader.get()).isEqualTo(3L << 61);
    } finally {
      threads.shutdownNow();
    }
  }
}
