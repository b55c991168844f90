package io.varve.storage;

/**
 * What a scan would find, counted without decoding.
 *
 * @param shards shards with rows of the series in them
 * @param unsealedValues values that are not in chunks yet
 * @param chunks chunks of values it would fetch; chunks of times are not counted
 * @param chunkBytes their size
 */
public record ScanCost(int shards, long unsealedValues, long chunks, long chunkBytes) {
  public static final ScanCost NONE = new ScanCost(0, 0, 0, 0);
}
