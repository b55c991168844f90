package io.varve.storage.head;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.chunk.SortedRows;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rows of one shard that are not yet in chunks.
 *
 * <p>Three roles, each on a thread of its own choice: one <em>writer</em> appends; one
 * <em>flusher</em> at a time takes groups out to be stored; any number of <em>readers</em> take
 * snapshots. Nobody waits for readers, readers wait for nobody.
 *
 * <p>Rows leave only when the flusher reports them stored. So a reader that takes its head snapshot
 * first and its RocksDB snapshot second misses nothing; it may see rows twice. Where both have a
 * value for the same field and time, the head's is the newer.
 *
 * <p>The flusher must give the groups of one series ascending sequence numbers in the order in
 * which it got them: chunks with higher numbers hold later arrivals.
 *
 * <p>A reader may also take its snapshots as of a moment that it holds, see {@link Moments}. For
 * it, rows that left since, and rows that were deleted since, are still there.
 *
 * <p>Memory: 28 bytes per series, and per group of rows 128 bytes, the strings, and its rows: each
 * column takes 1, 2, 4 or 8 bytes, as its values need, floats as decimals where they are; times
 * take none while their steps are equal, else 4 where that is enough, else 8; there are 8 bytes per
 * 64 columns if rows lack some of them; and a row takes 1, 2, 4 or a multiple of 8 bytes. 80 bytes
 * more once a checkpoint has stored some of a group. Capacity starts at 8 rows, doubles up to 256
 * and then grows by half up to 1024, so a series with one field and up to 8 rows takes 160 to 220
 * bytes. A group ends early at 2^18 values, or 4 MiB of strings.
 */
public final class ShardHead {
  private final AtomicInteger seriesCount = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final SeriesPages pages = new SeriesPages(seriesCount, bytes);
  private final RowFitter fitter = new RowFitter();
  private final SlabShapes shapes = new SlabShapes(seriesCount, fitter);
  private final Moments moments;

  private byte[] rowTypes = new byte[16];
  private long[] rowBits = new long[16];
  private byte[] rowDecimals = new byte[16];

  /** By value of a row: its column. */
  private int[] rowColumns = new int[16];

  private long appendedRows;

  /** Where {@link #freezeIdle} goes on. */
  private int nextToFreeze;

  /** Never read: keeps the loads of {@link #touch} from being optimised away. */
  @SuppressWarnings({"UnusedVariable", "FieldCanBeLocal"})
  private long touched;

  /**
   * @param moments those of the store
   */
  public ShardHead(Moments moments) {
    this.moments = moments;
  }

  /**
   * Reads what {@link #append} is going to need of these series; changes nothing. Rows of many
   * series are scattered in memory, and each append waits for four places, one after the other. In
   * this loop the processor waits for those of many series at once: a few dozen ids a call do.
   * Writer.
   */
  public void touch(int[] seriesIds, int from, int to) {
    long words = 0;
    for (int i = from; i < to; i++) {
      MemSeries series = pages.get(seriesIds[i]);
      Slab slab = series == null ? null : series.newest;
      words ^= slab == null ? 0 : slab.touch();
    }
    touched = words;
  }

  /**
   * Appends one row of a batch; visible to readers when it returns. Writer.
   *
   * @param fieldIds ids of the row's values, the first at index 0; values with id 0 or less are
   *     left out
   * @return whether a group of this series has become full, so that {@link #seal} has work
   */
  public boolean append(int seriesId, PointBatch batch, int row, int[] fieldIds) {
    int first = batch.firstValue(row);
    int count = batch.endValue(row) - first;
    if (count > rowBits.length) {
      int capacity = Math.max(count, rowBits.length * 2);
      rowTypes = new byte[capacity];
      rowBits = new long[capacity];
      rowDecimals = new byte[capacity];
    }
    for (int i = 0; i < count; i++) {
      rowBits[i] = batch.bits(first + i);
      rowDecimals[i] = (byte) batch.decimals(first + i);
    }
    long timestampNanos = batch.timestampNanos(row);
    if (appendFast(seriesId, timestampNanos, count, fieldIds, rowBits, rowDecimals)) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      rowTypes[i] = (byte) batch.type(first + i).code();
    }
    return appendSlowly(
        seriesId, timestampNanos, count, fieldIds, rowTypes, rowBits, rowDecimals, batch.arena());
  }

  /**
   * Appends one row given as arrays, of which the first {@code count} entries are read.
   *
   * @param types codes of {@link io.varve.storage.model.FieldType}
   * @param bits raw double bits, integers, 0 or 1; for strings {@code offset << 32 | length} in
   *     {@code arena}
   * @param decimals as {@link PointBatch#decimals}
   * @return as the other {@code append}
   */
  public boolean append(
      int seriesId,
      long timestampNanos,
      int count,
      int[] fieldIds,
      byte[] types,
      long[] bits,
      byte[] decimals,
      byte[] arena) {
    return !appendFast(seriesId, timestampNanos, count, fieldIds, bits, decimals)
        && appendSlowly(seriesId, timestampNanos, count, fieldIds, types, bits, decimals, arena);
  }

  /** Appends a row that has the fields of the open group and is later than its last; else false. */
  private boolean appendFast(
      int seriesId, long timestampNanos, int count, int[] fieldIds, long[] bits, byte[] decimals) {
    MemSeries series = pages.get(seriesId);
    Slab slab = series == null ? null : series.newest;
    if (series == null
        || slab == null
        || slab.isFrozen()
        || !slab.columns.isExactly(fieldIds, count)
        || slab.columns.hasStrings
        || slab.endsWith(timestampNanos)
        || slab.isFull(0)) {
      return false;
    }
    int grown = slab.beforeChange(moments) + slab.reserveRow();
    if (!slab.appendFull(timestampNanos, bits, decimals)) {
      grown += appendWider(slab, timestampNanos, bits, decimals);
    }
    if (grown != 0) {
      bytes.addAndGet(grown);
    }
    appendedRows++;
    series.recent = true;
    series.markDirty();
    return true;
  }

  /** Appends a row that needs a wider form; the answer is by how many bytes the slab has grown. */
  private int appendWider(Slab slab, long timestampNanos, long[] bits, byte[] decimals) {
    fitter.start(slab);
    fitter.addAll(bits, decimals);
    int grown = fitter.finish(slab, false, timestampNanos);
    if (!slab.appendFull(timestampNanos, bits, decimals)) {
      throw new IllegalStateException("a row does not fit the form made for it");
    }
    return grown;
  }

  /** Ends the open group of a series, so that {@link #seal} gives it as full. Writer. */
  public void freeze(int seriesId) {
    MemSeries series = pages.get(seriesId);
    Slab slab = series == null ? null : series.newest;
    if (slab != null) {
      slab.freeze();
    }
  }

  /** Ends the open groups of all series, as at the end of the shard. Writer. */
  public void freezeAll() {
    for (int seriesId : seriesIds()) {
      freeze(seriesId);
    }
  }

  /**
   * Ends open groups to make room, first of series without rows since the last time that this
   * looked at them, then of others. It goes on where it left off the last time, so that each series
   * gets its turn. Writer.
   *
   * @param wantedBytes enough
   * @return the groups that are ended now or were so before, of about {@code wantedBytes} or all
   *     there are
   */
  public FrozenGroups freezeIdle(long wantedBytes) {
    long frozen = 0;
    int[] frozenIds = new int[16];
    int count = 0;
    int[] ids = seriesIds();
    int start = Arrays.binarySearch(ids, nextToFreeze);
    start = start < 0 ? -start - 1 : start;
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < ids.length && frozen < wantedBytes; i++) {
        int id = ids[(start + i) % ids.length];
        MemSeries series = pages.get(id);
        Slab slab = series == null ? null : series.newest;
        if (series == null || slab == null) {
          continue;
        }
        boolean idle = !series.recent;
        series.recent = false;
        // The second pass meets again what the first has ended.
        if (idle && (pass == 0 || !slab.isFrozen())) {
          slab.freeze();
          frozen += slab.bytes();
          if (count == frozenIds.length) {
            frozenIds = Arrays.copyOf(frozenIds, count * 2);
          }
          frozenIds[count++] = id;
          nextToFreeze = id + 1;
        }
      }
    }
    return new FrozenGroups(Arrays.copyOf(frozenIds, count), frozen);
  }

  /** Forgets series without rows; the answer is how many bytes that freed. Writer. */
  public long trim() {
    return pages.trim();
  }

  /** Drops a series with all its rows. Writer; not while the flusher has groups of it. */
  public void remove(int seriesId) {
    MemSeries series = pages.get(seriesId);
    if (series == null) {
      return;
    }
    long freed = series.clear(seriesCount);
    bytes.addAndGet(-freed);
    pages.remove(seriesId);
  }

  /**
   * Deletes the rows of a range that a series has here, for all later moments. Its groups all end,
   * so that nothing written later is affected, and those left empty are gone. Writer; not while the
   * flusher has groups of it.
   *
   * @return whether groups are left, so that {@link #seal} has work
   */
  public boolean delete(int seriesId, TimeRange range) {
    MemSeries series = pages.get(seriesId);
    if (series == null
        || RowAssembler.assemble(series.slabs(), null, range, Moments.NOW).isEmpty()) {
      return false;
    }
    for (Slab slab : series.slabs()) {
      slab.delete(range, moments.last());
      if (RowAssembler.assemble(List.of(slab), null, TimeRange.ALL, Moments.NOW).isEmpty()
          && series.unlink(slab, seriesCount, moments)) {
        bytes.addAndGet(-slab.bytes());
      }
    }
    return series.newest != null;
  }

  /**
   * All rows of a series: groups sorted by time that do not overlap, duplicates resolved. The
   * groups belong to the caller. Empty if there are none.
   */
  public List<RowGroup> snapshot(int seriesId) {
    MemSeries series = pages.get(seriesId);
    return series == null
        ? List.of()
        : RowAssembler.assemble(series.slabs(), null, TimeRange.ALL, Moments.NOW);
  }

  /**
   * The rows of a series in a range as of a moment, to be copied column by column: sorted by time
   * over all, duplicates resolved, each with a value in one of the fields, unless all rows have
   * values in all columns. For a series whose rows came in order and have numbers for all columns,
   * which is the normal case, nothing is copied before it is asked for.
   *
   * @param moment one that is held, as must be asked afterwards, or {@link Moments#NOW}
   */
  public List<? extends SortedRows> rows(
      int seriesId, int[] fieldIds, TimeRange range, long moment) {
    MemSeries series = pages.get(seriesId);
    if (series == null) {
      return List.of();
    }
    List<Slab> slabs = series.slabs(moment);
    List<SlabRows> inPlace = SlabRows.of(slabs, range, moment);
    return inPlace == null ? RowAssembler.assemble(slabs, fieldIds, range, moment) : inPlace;
  }

  /**
   * A reader of the last rows of many series; for one thread.
   *
   * @param fieldIds the fields of which a row must have values
   * @param moment as of when; {@link #rows} says when that holds
   */
  public LastRows lastRows(int[] fieldIds, long moment) {
    return new LastRows(pages, fieldIds, moment);
  }

  /**
   * Chunks of groups that are not full, all of whose rows were here at the time of the call. A
   * reader that takes a snapshot afterwards need not read them: their rows are in the snapshot, or
   * in a chunk that replaced them. Empty for most series.
   */
  public List<PartialChunk> partials(int seriesId) {
    MemSeries series = pages.get(seriesId);
    return series == null ? List.of() : series.partials();
  }

  /** Whether a series has rows here. */
  public boolean contains(int seriesId) {
    MemSeries series = pages.get(seriesId);
    return series != null && series.newest != null;
  }

  /** Ids of the series with rows here, ascending. */
  public int[] seriesIds() {
    return pages.seriesIds(false);
  }

  /** The full groups of a series, oldest first; those are given again until released. Flusher. */
  public List<HeadGroup> seal(int seriesId) {
    return groups(seriesId, true);
  }

  /** A full group is stored: its rows leave the head. Does nothing the second time. Flusher. */
  public void release(HeadGroup group) {
    if (!group.full()) {
      throw new IllegalArgumentException("rows may still be added to this group");
    }
    if (group.series.unlink(group.slab, seriesCount, moments)) {
      int partial = group.replaces() == null ? 0 : PartialChunk.HEAP_BYTES;
      bytes.addAndGet(-group.slab.bytes() - partial);
    }
  }

  /** Ids of the series with changes since their last {@link #checkpoint}, ascending. */
  public int[] dirtySeries() {
    return pages.seriesIds(true);
  }

  /**
   * All groups of a series, oldest first, the last of them possibly not full; the series counts as
   * clean from here on. Report each as stored: full ones by {@link #release}, others by {@link
   * #partialStored}; or call {@link #checkpointFailed}. Flusher.
   */
  public List<HeadGroup> checkpoint(int seriesId) {
    MemSeries series = pages.get(seriesId);
    if (series != null) {
      series.clearDirty();
    }
    return groups(seriesId, false);
  }

  /** A group that is not full is stored; its rows stay, to be stored again when full. Flusher. */
  public void partialStored(HeadGroup group, long sequence) {
    if (group.full()) {
      throw new IllegalArgumentException("a full group is released, not kept");
    }
    if (group.replaces() == null) {
      bytes.addAndGet(PartialChunk.HEAP_BYTES);
    }
    group.series.setStored(
        group.slab, new PartialChunk(group.firstTimestampNanos(), sequence, group.fieldIds()));
  }

  /** What {@link #checkpoint} gave was not stored: the series counts as dirty again. Flusher. */
  public void checkpointFailed(int seriesId) {
    MemSeries series = pages.get(seriesId);
    if (series != null) {
      series.markDirty();
    }
  }

  /** How many rows have been appended or merged since the head was made. Writer. */
  public long appendedRows() {
    return appendedRows;
  }

  /** Series with rows here. */
  public int seriesCount() {
    return seriesCount.get();
  }

  /** Heap bytes in use, by the formula in the class note. */
  public long bytes() {
    return bytes.get();
  }

  /** Appends a row of any shape: new fields, missing fields, strings, a time once more. */
  private boolean appendSlowly(
      int seriesId,
      long timestampNanos,
      int count,
      int[] fieldIds,
      byte[] types,
      long[] bits,
      byte[] decimals,
      byte[] arena) {
    if (count > rowColumns.length) {
      rowColumns = new int[Math.max(count, rowColumns.length * 2)];
    }
    int values = 0;
    long stringBytes = 0;
    for (int i = 0; i < count; i++) {
      if (fieldIds[i] > 0) {
        values++;
        stringBytes += types[i] == FieldType.STRING.code() ? (int) bits[i] : 0;
      }
    }
    if (values == 0) {
      return false;
    }
    if (stringBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a row has " + stringBytes + " bytes of strings");
    }
    MemSeries known = pages.get(seriesId);
    MemSeries series = known == null ? pages.add(seriesId) : known;
    Slab before = series.newest;
    Slab open = before == null || before.isFrozen() ? null : before;
    if (open != null) {
      bytes.addAndGet(open.beforeChange(moments));
    }
    long bytesBefore = open == null ? 0 : open.bytes();
    Slab slab =
        open == null
            ? null
            : shapes.fit(series, open, timestampNanos, count, fieldIds, types, (int) stringBytes);
    boolean ended = open != null && slab == null;
    if (slab == null) {
      slab = shapes.startSlab(series, open, count, fieldIds, types);
      slab.beforeChange(moments);
      bytesBefore = 0;
    }
    boolean merge = slab.mergesWith(timestampNanos);
    int row = merge ? slab.lastRow() : slab.openRow();
    boolean fits = merge || slab.rows().fitsTime(row, timestampNanos);
    int column = -1;
    for (int i = 0; i < count; i++) {
      if (fieldIds[i] > 0) {
        column = slab.columns.indexOf(fieldIds[i], column + 1);
        rowColumns[i] = column;
        fits &= slab.rows().layout.fits(column, bits[i], decimals[i]);
      }
    }
    if (!fits) {
      fitter.start(slab);
      for (int i = 0; i < count; i++) {
        if (fieldIds[i] > 0 && !slab.columns.isString(rowColumns[i])) {
          fitter.add(rowColumns[i], bits[i], decimals[i]);
        }
      }
      fitter.finish(slab, merge, timestampNanos);
    }
    if (!merge) {
      slab.reserveRow();
      slab.beginRow(timestampNanos);
    }
    appendedRows++;
    for (int i = 0; i < count; i++) {
      if (fieldIds[i] > 0) {
        long word =
            types[i] == FieldType.STRING.code()
                ? slab.addString(arena, (int) (bits[i] >>> 32), (int) bits[i])
                : bits[i];
        slab.set(row, rowColumns[i], word);
      }
    }
    if (!merge) {
      slab.endRow();
    }
    series.recent = true;
    series.markDirty();
    long grown = slab.bytes() - bytesBefore;
    if (grown != 0) {
      bytes.addAndGet(grown);
    }
    return ended;
  }

  private List<HeadGroup> groups(int seriesId, boolean onlyFull) {
    MemSeries series = pages.get(seriesId);
    List<HeadGroup> groups = new ArrayList<>();
    if (series == null) {
      return groups;
    }
    for (Slab slab : series.slabsToStore()) {
      boolean full = slab.isFrozen();
      if (onlyFull && !full) {
        break;
      }
      for (RowGroup rows : RowAssembler.assemble(List.of(slab), null, TimeRange.ALL, Moments.NOW)) {
        groups.add(new HeadGroup(seriesId, rows, full, series.stored(slab), series, slab));
      }
    }
    return groups;
  }
}
