package io.varve.query.model;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as columns; asking for what is not there fails. */
final class NaiveBatch implements ColumnBatch {
  private final long[] times;
  private final NaiveColumn[] columns;

  NaiveBatch(
      List<Map.Entry<Long, NaiveDatabase.Row>> rows,
      int[] fieldIds,
      FieldType[] types,
      boolean stats) {
    times = rows.stream().mapToLong(Map.Entry::getKey).toArray();
    columns = new NaiveColumn[fieldIds.length];
    for (int c = 0; c < columns.length; c++) {
      int id = fieldIds[c];
      Object[] values = new Object[times.length];
      for (int row = 0; row < values.length; row++) {
        values[row] = rows.get(row).getValue().values.get(id);
      }
      columns[c] = new NaiveColumn(types[c], values, stats);
    }
  }

  @Override
  public int rowCount() {
    return times.length;
  }

  @Override
  public long firstTimestampNanos() {
    return times[0];
  }

  @Override
  public long lastTimestampNanos() {
    return times[times.length - 1];
  }

  @Override
  public long[] timestampsNanos() {
    return times;
  }

  @Override
  public Column column(int index) {
    return columns[index];
  }

  private static final class NaiveColumn implements Column {
    private final FieldType type;
    private final @Nullable Object[] values;
    private final boolean stats;
    private final int count;

    NaiveColumn(FieldType type, @Nullable Object[] values, boolean stats) {
      this.type = type;
      this.values = values;
      this.stats = stats && type != FieldType.STRING;
      int present = 0;
      for (Object value : values) {
        present += value == null ? 0 : 1;
      }
      count = present;
    }

    @Override
    public FieldType type() {
      return type;
    }

    @Override
    public boolean isAbsent() {
      return count == 0;
    }

    @Override
    public long @Nullable [] presence() {
      checkPresent();
      if (count == values.length) {
        return null;
      }
      long[] bits = new long[(values.length + 63) / 64];
      for (int i = 0; i < values.length; i++) {
        if (values[i] != null) {
          bits[i / 64] |= 1L << (i % 64);
        }
      }
      return bits;
    }

    private void checkPresent() {
      if (count == 0) {
        throw new IllegalStateException("asked for values of an absent column");
      }
    }

    @Override
    public double[] doubles() {
      checkPresent();
      double[] doubles = new double[values.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = values[i] instanceof Double value ? value : Double.NaN;
      }
      return doubles;
    }

    @Override
    public long[] longs() {
      checkPresent();
      long[] longs = new long[values.length];
      for (int i = 0; i < longs.length; i++) {
        longs[i] = values[i] == null ? 0xdeadL : bits(values[i]);
      }
      return longs;
    }

    @Override
    public byte[][] strings() {
      checkPresent();
      byte[][] strings = new byte[values.length][];
      for (int i = 0; i < strings.length; i++) {
        strings[i] = String.valueOf(values[i]).getBytes(StandardCharsets.UTF_8);
      }
      return strings;
    }

    private static long bits(@Nullable Object value) {
      if (value instanceof Double number) {
        return Double.doubleToRawLongBits(number);
      }
      if (value instanceof Boolean truth) {
        return truth ? 1 : 0;
      }
      return value instanceof Long number ? number : 0;
    }

    @Override
    public @Nullable ColumnStats stats() {
      if (!stats || count == 0) {
        return null;
      }
      boolean any = false;
      long first = 0;
      long last = 0;
      long min = 0;
      long max = 0;
      long sum = 0;
      for (Object value : values) {
        if (value == null) {
          continue;
        }
        long bits = bits(value);
        sum = !any ? bits : add(sum, bits);
        first = any ? first : bits;
        min = !any || compare(bits, min) < 0 ? bits : min;
        max = !any || compare(bits, max) > 0 ? bits : max;
        last = bits;
        any = true;
      }
      return new ColumnStats(count, first, last, min, max, sum);
    }

    private long add(long left, long right) {
      return type == FieldType.FLOAT
          ? Double.doubleToRawLongBits(
              Double.longBitsToDouble(left) + Double.longBitsToDouble(right))
          : left + right;
    }

    private int compare(long left, long right) {
      return switch (type) {
        case FLOAT -> Double.compare(Double.longBitsToDouble(left), Double.longBitsToDouble(right));
        case UNSIGNED -> Long.compareUnsigned(left, right);
        default -> Long.compare(left, right);
      };
    }
  }
}
