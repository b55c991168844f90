package io.varve.storage.head;

import io.varve.storage.chunk.RowGroup;
import org.jspecify.annotations.Nullable;

/** Rows of one series on their way from the head into chunks. For one thread. */
public final class HeadGroup {
  private final int seriesId;
  private final RowGroup rows;
  private final boolean full;
  private final @Nullable PartialChunk replaces;

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
    return rows;
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
