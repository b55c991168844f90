package io.varve.server.http;

import io.varve.server.ingest.LineProtocolParser;
import io.varve.server.remote.RemoteWriteReader;
import io.varve.storage.model.PointBatch;

/** What parsing one body needs and the next may use again. For one body at a time. */
final class IngestBuffers {
  private static final int MAX_KEPT_ARENA_BYTES = 4 << 20;
  private static final int MAX_KEPT_VALUES = 200_000;

  private static final int MAX_KEPT_MESSAGE_BYTES = 2 << 20;

  final LineProtocolParser parser = new LineProtocolParser();
  final RemoteWriteReader remote;
  final PointBatch batch = PointBatch.learning();

  /** A compressed body, and what it decompresses to. */
  byte[] block = {};

  byte[] message = {};

  final byte[] copy = new byte[64 * 1024];

  /** By whom they were used last; see {@link IdleBuffers}. */
  int connection;

  IngestBuffers(RemoteWriteReader remote) {
    this.remote = remote;
  }

  boolean isSmall() {
    return remote.isSmall()
        && block.length + message.length <= MAX_KEPT_MESSAGE_BYTES
        && batch.arena().length <= MAX_KEPT_ARENA_BYTES
        && batch.valueCount() <= MAX_KEPT_VALUES;
  }

  /** About what they hold on the heap. */
  long heapBytes() {
    return batch.heapBytes() + block.length + message.length + copy.length;
  }
}
