package io.varve.storage;

/**
 * Forward reader over the rows of chosen series, one series after the other, in batches.
 *
 * <p>All series are read as of the moment of the {@link SeriesReader}. If that was given up for
 * want of memory, each is read, shard by shard, as of the moment the cursor comes to it, with all
 * values of a row that was written at once, and no holes; never as of an earlier moment than one
 * before, but perhaps of a later one.
 *
 * <p>Before the first {@link #nextSeries} there is no series, before the first {@link #nextBatch}
 * of a series no batch. Batches of a series do not overlap in time and follow each other in the
 * direction of the scan; duplicates are resolved, deleted rows are gone, rows outside the range are
 * cut off. The batch and its arrays belong to the cursor and hold until the next call of {@link
 * #nextBatch} or {@link #nextSeries}. For one thread; closed by whoever opened it, before its
 * {@link SeriesReader}.
 */
public interface SeriesCursor extends AutoCloseable {
  /** Moves to the next series of the scan, even one without rows; false after the last. */
  boolean nextSeries();

  /** The id of the current series. */
  int seriesId();

  /** Moves to the next non-empty batch of the current series; false after the last. */
  boolean nextBatch();

  /** The current batch. */
  ColumnBatch batch();

  /** What the cursor has done so far; also after closing. Nothing if it reads no store. */
  default ScanCounters counters() {
    return ScanCounters.NONE;
  }

  @Override
  void close();
}
