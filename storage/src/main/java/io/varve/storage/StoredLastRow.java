package io.varve.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The end of a series in the chunks of a shard: when some of its fields were written last, and the
 * row of that time if it is a plain one. Immutable, and kept by the {@link ChunkCache} beside the
 * runs it was found in.
 */
final class StoredLastRow {
  /** By count of the fields and headers of this object and its arrays. */
  private static final long OVERHEAD_BYTES = 72;

  private final int[] fieldIds;
  private final long version;
  private final long timestampNanos;
  private final long @Nullable [] bits;

  /**
   * @param fieldIds not copied, not to be changed
   * @param version the {@link ChunkCache#version} it is of
   * @param timestampNanos of the last row that has one of the fields; {@link Long#MIN_VALUE} if
   *     none does
   * @param bits the values of that row, field by field: raw double bits, integers, 0 or 1; null if
   *     it lacks one, or has one that is a string or that several chunks may have
   */
  StoredLastRow(int[] fieldIds, long version, long timestampNanos, long @Nullable [] bits) {
    this.fieldIds = fieldIds;
    this.version = version;
    this.timestampNanos = timestampNanos;
    this.bits = bits;
  }

  /** Whether it tells the end of some fields as of a {@link ChunkCache#version}. */
  boolean covers(int[] wantedFieldIds, long asOfVersion) {
    return version <= asOfVersion && Arrays.equals(fieldIds, wantedFieldIds);
  }

  long timestampNanos() {
    return timestampNanos;
  }

  /** Whether the row is a plain one. */
  boolean hasValues() {
    return bits != null;
  }

  /** Puts the values of the row where they go in arrays by field, if it {@link #hasValues}. */
  void copyTo(long[][] into, int place) {
    long[] values = bits;
    if (values == null) {
      throw new IllegalStateException("a row that is not plain");
    }
    for (int field = 0; field < values.length; field++) {
      into[field][place] = values[field];
    }
  }

  /** Heap bytes. */
  long bytes() {
    return OVERHEAD_BYTES + 4L * fieldIds.length + (bits == null ? 0 : 8L * bits.length);
  }
}
