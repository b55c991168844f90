package io.varve.server.http;

import io.varve.server.ingest.LineProtocolParser;
import io.varve.storage.model.PointBatch;

/** What parsing one body needs and the next may use again. For one body at a time. */
final class IngestBuffers {
  private static final int MAX_KEPT_ARENA_BYTES = 2 << 20;
  private static final int MAX_KEPT_VALUES = 200_000;

  final LineProtocolParser parser = new LineProtocolParser();
  final PointBatch batch = new PointBatch();
  final byte[] copy = new byte[64 * 1024];

  boolean isSmall() {
    return batch.arena().length <= MAX_KEPT_ARENA_BYTES && batch.valueCount() <= MAX_KEPT_VALUES;
  }
}
