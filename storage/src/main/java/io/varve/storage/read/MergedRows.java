package io.varve.storage.read;

import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sources that overlap each other, made into one run of rows.
 *
 * <p>First the times of all sources are sorted into one line without doubles, and each row of each
 * source gets its place on it. Then, for a column that is asked for, the sources are laid over each
 * other from the oldest to the newest, so that the newest value stays. Linear in the rows but for
 * the sort, which profits from the runs. For one thread.
 */
final class MergedRows {
  private static final int OUTSIDE = -1;

  private final ColumnValues[] columns;
  private final boolean[] merged;
  private final boolean[] absent;
  private final ColumnValues scratch = new ColumnValues();
  private final long[] sourceTimes = new long[ColumnBatch.MAX_ROWS];

  private RowSource[] sources = new RowSource[0];
  private long[] times = new long[0];
  private int[] places = new int[0];
  private int rowCount;

  MergedRows(int columnCount) {
    columns = new ColumnValues[columnCount];
    for (int i = 0; i < columnCount; i++) {
      columns[i] = new ColumnValues();
    }
    merged = new boolean[columnCount];
    absent = new boolean[columnCount];
  }

  /** Takes other sources and keeps their rows in the range. */
  void open(List<RowSource> newSources, TimeRange range) {
    sources = newSources.toArray(new RowSource[0]);
    Arrays.sort(sources, Comparator.comparingLong(RowSource::rank));
    Arrays.fill(merged, false);
    int total = 0;
    for (RowSource source : sources) {
      total += source.rowCount();
    }
    if (times.length < total) {
      times = new long[total];
      places = new int[total];
    }
    int kept = 0;
    for (RowSource source : sources) {
      source.readTimes(sourceTimes);
      for (int i = 0; i < source.rowCount(); i++) {
        if (range.contains(sourceTimes[i])) {
          times[kept++] = sourceTimes[i];
        }
      }
    }
    Arrays.sort(times, 0, kept);
    rowCount = 0;
    for (int i = 0; i < kept; i++) {
      if (i == 0 || times[i] != times[i - 1]) {
        times[rowCount++] = times[i];
      }
    }
    findPlaces(range);
  }

  private void findPlaces(TimeRange range) {
    int at = 0;
    for (RowSource source : sources) {
      source.readTimes(sourceTimes);
      int place = OUTSIDE;
      for (int i = 0; i < source.rowCount(); i++) {
        long time = sourceTimes[i];
        if (!range.contains(time)) {
          places[at++] = OUTSIDE;
          continue;
        }
        if (place == OUTSIDE) {
          place = Arrays.binarySearch(times, 0, rowCount, time);
        }
        while (times[place] != time) {
          place++;
        }
        places[at++] = place;
      }
    }
  }

  int rowCount() {
    return rowCount;
  }

  /** Ascending and distinct; the first {@link #rowCount} entries count. */
  long[] times() {
    return times;
  }

  /** The merged values of a column, null if there are none. Presence is always set. */
  @Nullable ColumnValues column(int column) {
    if (!merged[column]) {
      merge(column);
      merged[column] = true;
    }
    return absent[column] ? null : columns[column];
  }

  /** Type of a column's values, null if no source has any. */
  @Nullable FieldType type(int column) {
    FieldType type = null;
    for (RowSource source : sources) {
      FieldType other = source.type(column);
      if (type != null && other != null && type != other) {
        throw new IllegalStateException("a field has both " + type + " and " + other);
      }
      type = type == null ? other : type;
    }
    return type;
  }

  private void merge(int column) {
    FieldType type = type(column);
    absent[column] = type == null;
    if (type == null) {
      return;
    }
    ColumnValues out = columns[column];
    out.prepare(type, rowCount);
    int words = Bitmaps.words(rowCount);
    long[] presence = out.presence;
    if (presence == null || presence.length < words) {
      presence = new long[words];
      out.presence = presence;
    }
    Arrays.fill(presence, 0);
    int at = 0;
    for (RowSource source : sources) {
      if (source.type(column) != null) {
        source.readColumn(column, scratch);
        overlay(source.rowCount(), at, out, presence);
      }
      at += source.rowCount();
    }
  }

  /** Lays the rows in the scratch space, whose places start at the given index, over the column. */
  private void overlay(int count, int placesFrom, ColumnValues out, long[] presence) {
    int first = places[placesFrom];
    int last = places[placesFrom + count - 1];
    if (first != OUTSIDE && last - first == count - 1 && scratch.presence == null) {
      out.copyRows(scratch, 0, first, count);
      Bitmaps.setRange(presence, first, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      int place = places[placesFrom + i];
      if (place != OUTSIDE && Bitmaps.has(scratch.presence, i)) {
        out.copyRow(scratch, i, place);
        Bitmaps.set(presence, place);
      }
    }
  }
}
