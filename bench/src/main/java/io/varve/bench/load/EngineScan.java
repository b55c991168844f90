package io.varve.bench.load;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.Database;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.Varve;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Sums every number of a store that {@link EngineLoad} left, again and again on one thread, so that
 * its blocks are in the cache: prints values per second of that thread's CPU, the median of the
 * later rounds.
 *
 * <p>{@code EngineScan DIRECTORY LABEL}. The three rows: decoding values alone; decoding values and
 * times; and chunk heads alone, where the sum of a chunk is known without decoding it.
 */
public final class EngineScan {
  private static final int ROUNDS = 24;
  private static final int COUNTED_ROUNDS = 9;

  private enum Mode {
    VALUES("decode and sum"),
    VALUES_AND_TIMES("decode and sum, times too"),
    HEADS("sum of chunk heads");

    final String label;

    Mode(String label) {
      this.label = label;
    }
  }

  /** Keeps the sums alive. */
  private double sum;

  private long values;

  private EngineScan() {}

  public static void main(String[] arguments) {
    try (Varve store = Varve.open(Path.of(arguments[0]))) {
      Database database = store.database("bench");
      if (database == null) {
        throw new IllegalArgumentException("EngineLoad has not been in " + arguments[0]);
      }
      try (SeriesReader reader = database.reader(null)) {
        for (Mode mode : Mode.values()) {
          new EngineScan().measure(mode, reader, arguments[1], System.out);
        }
      }
    }
  }

  private void measure(Mode mode, SeriesReader reader, String label, PrintStream out) {
    double[] perSecond = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      values = 0;
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (String measurement : reader.measurements()) {
        scan(mode, reader, measurement);
      }
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
      perSecond[round] = values * 1e9 / nanos;
    }
    double[] counted = Arrays.copyOfRange(perSecond, ROUNDS - COUNTED_ROUNDS, ROUNDS);
    Arrays.sort(counted);
    out.printf(
        "| %s, %s | %,d | %,.0f |%n", label, mode.label, values, counted[COUNTED_ROUNDS / 2] / 1e6);
    if (Double.isNaN(sum)) {
      throw new IllegalStateException("the sum is not a number");
    }
  }

  private void scan(Mode mode, SeriesReader reader, String measurement) {
    List<Field> fields = reader.fields(measurement);
    int[] fieldIds = fields.stream().mapToInt(Field::id).toArray();
    int[] series = reader.select(measurement, new TagPredicate.All(), TimeRange.ALL);
    try (SeriesCursor cursor = reader.scan(new ScanSpec(series, fieldIds, TimeRange.ALL, false))) {
      while (cursor.nextSeries()) {
        while (cursor.nextBatch()) {
          ColumnBatch batch = cursor.batch();
          for (int i = 0; i < fieldIds.length; i++) {
            Column column = batch.column(i);
            ColumnStats stats = mode == Mode.HEADS ? column.stats() : null;
            if (stats != null) {
              add(stats, column.type());
            } else {
              decode(column, batch.rowCount());
            }
          }
          if (mode == Mode.VALUES_AND_TIMES) {
            long[] times = batch.timestampsNanos();
            sum += times[batch.rowCount() - 1];
          }
        }
      }
    }
  }

  private void add(ColumnStats stats, FieldType type) {
    sum +=
        type == FieldType.FLOAT
            ? Double.longBitsToDouble(stats.sumBits())
            : (double) stats.sumBits();
    values += stats.count();
  }

  private void decode(Column column, int rows) {
    if (column.type() == FieldType.FLOAT) {
      double[] doubles = column.doubles();
      double total = 0;
      for (int row = 0; row < rows; row++) {
        total += doubles[row];
      }
      sum += total;
    } else {
      long[] longs = column.longs();
      long total = 0;
      for (int row = 0; row < rows; row++) {
        total += longs[row];
      }
      sum += (double) total;
    }
    values += rows;
  }
}
