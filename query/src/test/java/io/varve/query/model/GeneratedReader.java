package io.varve.query.model;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Series far larger than memory: row {@code r} of series {@code s} of measurement {@code m} has the
 * time {@code r * 1000 + s} and {@code r % 100}, or another number, in field {@code v}. Time ranges
 * are honoured.
 */
public final class GeneratedReader implements SeriesReader {
  private static final long STEP_NANOS = 1000;

  private final int seriesCount;
  private final long rowsPerSeries;
  private final long distinctValues;
  private final AtomicLong batchesRead = new AtomicLong();

  public GeneratedReader(int seriesCount, long rowsPerSeries) {
    this(seriesCount, rowsPerSeries, 100);
  }

  /**
   * @param distinctValues how many different values there are
   */
  public GeneratedReader(int seriesCount, long rowsPerSeries, long distinctValues) {
    this.distinctValues = distinctValues;
    this.seriesCount = seriesCount;
    this.rowsPerSeries = rowsPerSeries;
  }

  /** Batches handed out by all cursors so far. */
  public long batchesRead() {
    return batchesRead.get();
  }

  @Override
  public List<String> measurements() {
    return List.of("m");
  }

  @Override
  public long schemaVersion() {
    return 0;
  }

  @Override
  public List<Field> fields(String measurement) {
    return List.of(new Field(1, "v", FieldType.FLOAT));
  }

  @Override
  public List<String> tagKeys(String measurement) {
    return List.of("id");
  }

  @Override
  public List<String> tagValues(String measurement, String tagKey) {
    return IntStream.range(0, seriesCount).mapToObj(Integer::toString).toList();
  }

  @Override
  public int[] select(String measurement, TagPredicate predicate, TimeRange range) {
    return IntStream.range(0, seriesCount)
        .filter(id -> NaiveReader.holds(predicate, key(id)))
        .toArray();
  }

  @Override
  public SeriesKey key(int seriesId) {
    return SeriesKey.of("m", Map.of("id", Integer.toString(seriesId)));
  }

  @Override
  public SeriesCursor scan(ScanSpec spec) {
    return new Cursor(spec);
  }

  @Override
  public void close() {}

  private final class Cursor implements SeriesCursor, ColumnBatch, Column {
    private final ScanSpec spec;
    private final long[] times = new long[MAX_ROWS];
    private final double[] values = new double[MAX_ROWS];
    private int series = -1;
    private long firstRow;
    private long endRow;
    private long at;
    private int rows;

    Cursor(ScanSpec spec) {
      this.spec = spec;
    }

    @Override
    public boolean nextSeries() {
      if (++series >= spec.seriesIds().length) {
        return false;
      }
      firstRow = rowAt(spec.range().startNanos());
      endRow = rowAt(spec.range().endNanos());
      at = spec.descending() ? endRow : firstRow;
      return true;
    }

    /** The first row that is not before a time. */
    private long rowAt(long nanos) {
      if (nanos <= seriesId()) {
        return 0;
      }
      long row = (nanos - seriesId() - 1) / STEP_NANOS + 1;
      return Math.min(row, rowsPerSeries);
    }

    @Override
    public int seriesId() {
      return spec.seriesIds()[series];
    }

    @Override
    public boolean nextBatch() {
      long left = spec.descending() ? at - firstRow : endRow - at;
      if (left <= 0) {
        return false;
      }
      rows = (int) Math.min(MAX_ROWS, left);
      if (spec.descending()) {
        at -= rows;
      }
      for (int i = 0; i < rows; i++) {
        times[i] = (at + i) * STEP_NANOS + seriesId();
        values[i] = (at + i) % distinctValues;
      }
      if (!spec.descending()) {
        at += rows;
      }
      batchesRead.incrementAndGet();
      return true;
    }

    @Override
    public ColumnBatch batch() {
      return this;
    }

    @Override
    public int rowCount() {
      return rows;
    }

    @Override
    public long firstTimestampNanos() {
      return times[0];
    }

    @Override
    public long lastTimestampNanos() {
      return times[rows - 1];
    }

    @Override
    public long[] timestampsNanos() {
      return times;
    }

    @Override
    public Column column(int index) {
      return this;
    }

    @Override
    public FieldType type() {
      return FieldType.FLOAT;
    }

    @Override
    public boolean isAbsent() {
      return false;
    }

    @Override
    public long @Nullable [] presence() {
      return null;
    }

    @Override
    public double[] doubles() {
      return values;
    }

    @Override
    public long[] longs() {
      throw new IllegalStateException("a float column");
    }

    @Override
    public byte[][] strings() {
      throw new IllegalStateException("a float column");
    }

    @Override
    public @Nullable ColumnStats stats() {
      return null;
    }

    @Override
    public void close() {}
  }
}
