package io.varve.storage;

/**
 * What a cursor has done so far.
 *
 * @param series series visited
 * @param batches batches handed out
 * @param rows rows in them
 * @param unsealedRows rows fetched that were not in chunks yet
 * @param chunks chunks of values fetched
 * @param decodedChunks those of them whose values were decoded; the others were answered from their
 *     headers, or were not asked for
 * @param timeChunks chunks fetched that hold nothing but times
 * @param chunkBytes size of all chunks fetched
 */
public record ScanCounters(
    long series,
    long batches,
    long rows,
    long unsealedRows,
    long chunks,
    long decodedChunks,
    long timeChunks,
    long chunkBytes) {
  public static final ScanCounters NONE = new ScanCounters(0, 0, 0, 0, 0, 0, 0, 0);

  public ScanCounters plus(ScanCounters other) {
    return new ScanCounters(
        series + other.series,
        batches + other.batches,
        rows + other.rows,
        unsealedRows + other.unsealedRows,
        chunks + other.chunks,
        decodedChunks + other.decodedChunks,
        timeChunks + other.timeChunks,
        chunkBytes + other.chunkBytes);
  }
}
