package io.varve.storage.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.chunk.SortedRows;
import io.varve.storage.model.FieldType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The plainest thing that a head must agree with: a sorted map of rows, each a map of fields. */
final class HeadModel {
  static final int FIELDS = 12;

  final Map<Integer, Map<Long, Map<Integer, Object>>> series = new TreeMap<>();

  /** A row to append, in arrays. */
  static final class Row {
    int count;
    final int[] fieldIds = new int[FIELDS + 4];
    final byte[] types = new byte[FIELDS + 4];
    final long[] bits = new long[FIELDS + 4];
    final byte[] decimals = new byte[FIELDS + 4];
    byte[] arena = new byte[0];

    void add(int fieldId, FieldType type, long bits, int decimals) {
      fieldIds[count] = fieldId;
      types[count] = (byte) type.code();
      this.bits[count] = bits;
      this.decimals[count++] = (byte) decimals;
    }

    void addString(int fieldId, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int at = arena.length;
      arena = java.util.Arrays.copyOf(arena, at + bytes.length);
      System.arraycopy(bytes, 0, arena, at, bytes.length);
      add(fieldId, FieldType.STRING, (long) at << 32 | bytes.length, 0);
    }

    boolean appendTo(ShardHead head, int seriesId, long time) {
      return head.append(seriesId, time, count, fieldIds, types, bits, decimals, arena);
    }
  }

  /** The type a field has throughout. */
  static FieldType typeOf(int fieldId) {
    return FieldType.ofCode(fieldId % 5);
  }

  /** Some of the fields in some order, now and then one twice or one to be left out. */
  static Row randomRow(SplittableRandom random, double presence) {
    Row row = new Row();
    for (int i = 1; i <= FIELDS; i++) {
      int fieldId = random.nextInt(8) == 0 ? 1 + random.nextInt(FIELDS) : i;
      if (random.nextDouble() >= presence) {
        continue;
      }
      if (random.nextInt(30) == 0) {
        row.add(-fieldId, FieldType.INTEGER, 1, 0);
      } else if (typeOf(fieldId) == FieldType.STRING) {
        row.addString(fieldId, "text " + random.nextInt(1000) + "é".repeat(random.nextInt(9)));
      } else {
        row.add(fieldId, typeOf(fieldId), random.nextLong(), random.nextInt(16));
      }
    }
    return row;
  }

  void put(int seriesId, long time, Row row) {
    for (int i = 0; i < row.count; i++) {
      if (row.fieldIds[i] > 0) {
        Object value = row.bits[i];
        if (row.types[i] == FieldType.STRING.code()) {
          value =
              new String(
                  row.arena, (int) (row.bits[i] >>> 32), (int) row.bits[i], StandardCharsets.UTF_8);
        }
        series
            .computeIfAbsent(seriesId, id -> new TreeMap<>())
            .computeIfAbsent(time, t -> new TreeMap<>())
            .put(row.fieldIds[i], value);
      }
    }
  }

  Map<Long, Map<Integer, Object>> rows(int seriesId) {
    return series.getOrDefault(seriesId, new TreeMap<>());
  }

  /** Adds groups, later ones over earlier ones, and checks each for its promises. */
  static void addTo(Map<Long, Map<Integer, Object>> rows, List<RowGroup> groups) {
    for (RowGroup group : groups) {
      addTo(rows, group);
    }
  }

  /** Adds the values of some fields, some rows at a time. */
  static void addTo(
      Map<Long, Map<Integer, Object>> rows, SortedRows some, int step, int... fieldIds) {
    long[] times = new long[step];
    long[] longs = new long[step];
    double[] doubles = new double[step];
    byte[][] strings = new byte[step][];
    for (int from = 0; from < some.rowCount(); from += step) {
      int count = Math.min(step, some.rowCount() - from);
      some.copyTimestamps(from, count, times);
      for (int fieldId : fieldIds) {
        int column = some.columnOf(fieldId);
        if (column < 0) {
          continue;
        }
        FieldType type = some.type(column);
        switch (type) {
          case FLOAT -> some.copyDoubles(column, from, count, doubles);
          case STRING -> some.copyStrings(column, from, count, strings);
          default -> some.copyLongs(column, from, count, longs);
        }
        if (type != FieldType.STRING) {
          checkBits(some, column, from, count, type == FieldType.FLOAT ? bitsOf(doubles) : longs);
        }
        long[] presence = some.presence(column);
        for (int i = 0; i < count; i++) {
          int row = from + i;
          assertThat(some.timestampNanos(row)).isEqualTo(times[i]);
          if (presence == null || (presence[row >>> 6] & 1L << row) != 0) {
            Object value =
                switch (type) {
                  case FLOAT -> Double.doubleToRawLongBits(doubles[i]);
                  case STRING -> new String(strings[i], StandardCharsets.UTF_8);
                  default -> longs[i];
                };
            rows.computeIfAbsent(times[i], t -> new TreeMap<>()).put(fieldId, value);
          }
        }
      }
    }
  }

  private static long[] bitsOf(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  /** Checks that every third row, copied by its number, is as it is among all. */
  private static void checkBits(SortedRows some, int column, int from, int count, long[] all) {
    int[] chosen = IntStream.range(0, count).filter(i -> i % 3 == 2).toArray();
    long[] bits = new long[chosen.length];
    some.copyBits(column, from, chosen, chosen.length, bits);
    assertThat(bits).isEqualTo(Arrays.stream(chosen).mapToLong(i -> all[i]).toArray());
  }

  static void addTo(Map<Long, Map<Integer, Object>> rows, RowGroup group) {
    assertThat(group.rowCount).isBetween(1, RowGroup.MAX_ROWS);
    boolean[] seen = new boolean[group.rowCount];
    for (int row = 1; row < group.rowCount; row++) {
      assertThat(group.timestampNanos[row]).isGreaterThan(group.timestampNanos[row - 1]);
    }
    int lastFieldId = 0;
    for (ColumnData column : group.columns) {
      assertThat(column.fieldId).isGreaterThan(lastFieldId);
      lastFieldId = column.fieldId;
      int values = 0;
      for (int row = 0; row < group.rowCount; row++) {
        long[] presence = column.presence;
        if (presence != null && (presence[row >>> 6] & 1L << row) == 0) {
          continue;
        }
        values++;
        seen[row] = true;
        Object value =
            column.type == FieldType.STRING
                ? new String(column.strings[row], StandardCharsets.UTF_8)
                : (Object) column.bits[row];
        rows.computeIfAbsent(group.timestampNanos[row], t -> new TreeMap<>())
            .put(column.fieldId, value);
      }
      assertThat(values).isPositive();
      if (column.presence != null) {
        assertThat(values).isLessThan(group.rowCount);
      }
    }
    assertThat(seen).doesNotContain(false);
  }

  static void assertDisjoint(List<RowGroup> groups) {
    for (int i = 1; i < groups.size(); i++) {
      RowGroup before = groups.get(i - 1);
      assertThat(groups.get(i).timestampNanos[0])
          .isGreaterThan(before.timestampNanos[before.rowCount - 1]);
    }
  }
}
