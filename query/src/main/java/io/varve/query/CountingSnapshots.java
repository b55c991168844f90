package io.varve.query;

import io.varve.query.plan.Snapshots;
import io.varve.storage.NewestRows;
import io.varve.storage.ScanCounters;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import java.util.IdentityHashMap;
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

  private static final class CountingReader extends ForwardingReader {
    private final Map<String, ScanCounters> counters = new ConcurrentHashMap<>();

    CountingReader(SeriesReader reader) {
      super(reader);
    }

    @Override
    public void read(NewestRows wanted) {
      // Finds none, so that all rows come from scans, which are what is counted.
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
    public void close() {
      // The snapshot below belongs to whoever opened it.
    }
  }

  private static final class CountingCursor extends ForwardingCursor {
    private final String measurement;
    private final Map<String, ScanCounters> into;
    private boolean closed;

    CountingCursor(SeriesCursor cursor, String measurement, Map<String, ScanCounters> into) {
      super(cursor);
      this.measurement = measurement;
      this.into = into;
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
