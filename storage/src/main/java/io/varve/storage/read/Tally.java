package io.varve.storage.read;

import io.varve.storage.ScanCounters;

/** Counts what one scan does: an addition per batch, per chunk fetched and per chunk decoded. */
final class Tally {
  long series;
  long batches;
  long rows;
  long unsealedRows;
  long chunks;
  long decodedChunks;
  long timeChunks;
  long chunkBytes;

  ScanCounters counters() {
    return new ScanCounters(
        series, batches, rows, unsealedRows, chunks, decodedChunks, timeChunks, chunkBytes);
  }
}
