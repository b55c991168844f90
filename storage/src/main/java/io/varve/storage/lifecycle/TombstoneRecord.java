package io.varve.storage.lifecycle;

import io.varve.storage.model.TimeRange;
import org.roaringbitmap.RoaringBitmap;

/**
 * Rows of a shard that were deleted by series and time, as it is on disk. Later writes at the same
 * times are not affected.
 *
 * @param number tells the tombstones of a shard apart
 * @param beforeSequence chunks with this sequence number or a higher one came later
 * @param logSequence log records behind this one came later
 * @param series not to be changed
 */
public record TombstoneRecord(
    int policyId,
    int startHours,
    int number,
    long beforeSequence,
    long logSequence,
    TimeRange range,
    RoaringBitmap series) {

  /** Whether this one, which is of the same shard, hides all that another hides. */
  public boolean covers(TombstoneRecord other) {
    return beforeSequence >= other.beforeSequence
        && logSequence >= other.logSequence
        && range.startNanos() <= other.range.startNanos()
        && range.endNanos() >= other.range.endNanos()
        && series.contains(other.series);
  }
}
