package io.varve.query;

import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanCounters;
import io.varve.storage.SeriesCursor;

/** Leaves everything to another cursor, but for what a subclass does in its own way. */
abstract class ForwardingCursor implements SeriesCursor {
  final SeriesCursor cursor;

  ForwardingCursor(SeriesCursor cursor) {
    this.cursor = cursor;
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
  }
}
