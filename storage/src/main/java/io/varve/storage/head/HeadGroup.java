package io.varve.storage.head;

import io.varve.storage.chunk.RowGroup;
import org.jspecify.annotations.Nullable;

/** Rows of one series on their way from the head into chunks. For one thread. */
public final class HeadGroup {
  private final int seriesId;
  private @Nullable RowGroup rows;
  private final boolean full;
  private final @Nullable PartialChunk replaces;

  private final long firstTimestampNanos;
  private final int[] fieldIds;

  final MemSeries series;
  final Slab slab;

  HeadGroup(
      int seriesId,
      RowGroup rows,
      boolean full,
      @Nullable PartialChunk replaces,
      MemSeries series,
      Slab slab) {
    this.seriesId = seriesId;
    this.rows = rows;
    this.firstTimestampNanos = rows.timestampNanos[0];
    this.fieldIds = rows.columns.stream().mapToInt(column -> column.fieldId).toArray();
    this.full = full;
    this.replaces = replaces;
    this.series = series;
    this.slab = slab;
  }

  public int seriesId() {
    return seriesId;
  }

  /** The rows: sorted, times distinct, at least one and at most {@link RowGroup#MAX_ROWS}. */
  public RowGroup rows() {
    RowGroup now = rows;
    if (now == null) {
      throw new IllegalStateException("the rows were given up");
    }
    return now;
  }

  /**
   * Gives up the rows, which take far more memory than in the head or in chunks, as soon as they
   * are encoded. The group may still be reported as stored.
   */
  public void giveUpRows() {
    rows = null;
  }

  long firstTimestampNanos() {
    return firstTimestampNanos;
  }

  /** The fields with values, ascending; not to be changed. */
  int[] fieldIds() {
    return fieldIds;
  }

  /** Whether no row will be added to the group: store it for good, then release it. */
  public boolean full() {
    return full;
  }

  /** Chunks with fewer rows of the same group, to be deleted in the write that stores this one. */
  public @Nullable PartialChunk replaces() {
    return replaces;
  }
}
