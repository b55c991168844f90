package io.varve.storage;

/**
 * What a scan would find, counted without decoding.
 *
 * @param shards shards with rows of the series in them
 * @param unsealedValues values that are not in chunks yet
 * @param chunks chunks of values it would fetch; chunks of times are not counted
 * @param chunkBytes their size
 * @param complete whether everything was counted; else there is more of all of it
 */
public record ScanCost(
    int shards, long unsealedValues, long chunks, long chunkBytes, boolean complete) {
  public static final ScanCost NONE = new ScanCost(0, 0, 0, 0, true);

  /** The same with another number of shards. */
  ScanCost in(int shards, boolean complete) {
    return new ScanCost(shards, unsealedValues, chunks, chunkBytes, complete);
  }
}
