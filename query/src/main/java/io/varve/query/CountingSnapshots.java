package io.varve.query;

import io.varve.query.plan.Snapshots;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanCost;
import io.varve.storage.ScanCounters;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TagReader;
import io.varve.storage.model.TimeRange;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots whose cursors, when closed, leave behind what they have counted. Only EXPLAIN ANALYZE
 * reads through them. Closing is up to whoever opened the snapshots below.
 */
final class CountingSnapshots implements Snapshots {
  private final Snapshots snapshots;
  private final IdentityHashMap<SeriesReader, CountingReader> readers = new IdentityHashMap<>();

  CountingSnapshots(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public SeriesReader reader(@Nullable String database, @Nullable String policy) {
    return readers.computeIfAbsent(snapshots.reader(database, policy), CountingReader::new);
  }

  /** What has been read of a measurement through a reader of these snapshots. */
  static ScanCounters counters(SeriesReader reader, String measurement) {
    return reader instanceof CountingReader counting
        ? counting.counters.getOrDefault(measurement, ScanCounters.NONE)
        : ScanCounters.NONE;
  }

  private static final class CountingReader implements SeriesReader {
    private final SeriesReader reader;
    private final Map<String, ScanCounters> counters = new ConcurrentHashMap<>();

    CountingReader(SeriesReader reader) {
      this.reader = reader;
    }

    @Override
    public SeriesCursor scan(ScanSpec spec) {
      SeriesCursor cursor = reader.scan(spec);
      if (spec.seriesIds().length == 0) {
        return cursor;
      }
      return new CountingCursor(cursor, reader.key(spec.seriesIds()[0]).measurement(), counters);
    }

    @Override
    public List<String> measurements() {
      return reader.measurements();
    }

    @Override
    public long schemaVersion() {
      return reader.schemaVersion();
    }

    @Override
    public List<Field> fields(String measurement) {
      return reader.fields(measurement);
    }

    @Override
    public List<Field> fields(String measurement, TimeRange range) {
      return reader.fields(measurement, range);
    }

    @Override
    public List<String> tagKeys(String measurement) {
      return reader.tagKeys(measurement);
    }

    @Override
    public List<String> tagKeys(String measurement, TimeRange range) {
      return reader.tagKeys(measurement, range);
    }

    @Override
    public List<String> tagValues(String measurement, String tagKey) {
      return reader.tagValues(measurement, tagKey);
    }

    @Override
    public int[] select(String measurement, TagPredicate predicate, TimeRange range) {
      return reader.select(measurement, predicate, range);
    }

    @Override
    public SeriesKey key(int seriesId) {
      return reader.key(seriesId);
    }

    @Override
    public TagReader tags(List<String> tagKeys) {
      return reader.tags(tagKeys);
    }

    @Override
    public ScanCost cost(ScanSpec spec, long most, Runnable beforeSeries) {
      return reader.cost(spec, most, beforeSeries);
    }

    @Override
    public void close() {
      // The snapshot below belongs to whoever opened it.
    }
  }

  private static final class CountingCursor implements SeriesCursor {
    private final SeriesCursor cursor;
    private final String measurement;
    private final Map<String, ScanCounters> into;
    private boolean closed;

    CountingCursor(SeriesCursor cursor, String measurement, Map<String, ScanCounters> into) {
      this.cursor = cursor;
      this.measurement = measurement;
      this.into = into;
    }

    @Override
    public boolean nextSeries() {
      return cursor.nextSeries();
    }

    @Override
    public int seriesId() {
      return cursor.seriesId();
    }

    @Override
    public boolean nextBatch() {
      return cursor.nextBatch();
    }

    @Override
    public ColumnBatch batch() {
      return cursor.batch();
    }

    @Override
    public ScanCounters counters() {
      return cursor.counters();
    }

    @Override
    public void close() {
      cursor.close();
      if (!closed) {
        closed = true;
        into.merge(measurement, cursor.counters(), ScanCounters::plus);
      }
    }
  }
}
