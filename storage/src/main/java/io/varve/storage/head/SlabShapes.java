package io.varve.storage.head;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Which columns a slab needs for the next row of a series. Writer. */
final class SlabShapes {
  private static final ColumnSet NO_COLUMNS = new ColumnSet(new int[0], new byte[0]);

  /** A slab larger than this ends rather than being copied for the sake of a new field. */
  private static final int MAX_VALUES_TO_WIDEN = 1 << 14;

  /** Most column sets shared between series; further ones belong to one series each. */
  private static final int MAX_SHARED_COLUMN_SETS = 4096;

  private final AtomicInteger liveSeries;
  private final RowFitter fitter;
  private final Map<ColumnSet, ColumnSet> columnSets = new HashMap<>();
  private int[] newIds = new int[16];
  private byte[] newTypes = new byte[16];
  private int[] columnStamps = new int[16];
  private int stamp;
  private ColumnSet lastColumns = NO_COLUMNS;

  /**
   * @param liveSeries how many series have slabs
   */
  SlabShapes(AtomicInteger liveSeries, RowFitter fitter) {
    this.liveSeries = liveSeries;
    this.fitter = fitter;
  }

  /** The open slab, widened if need be; null if the row must go to another. */
  @Nullable Slab fit(
      MemSeries series,
      Slab open,
      long timestampNanos,
      int count,
      int[] fieldIds,
      byte[] types,
      int stringBytes) {
    boolean merge = open.mergesWith(timestampNanos);
    if (merge ? open.lacksRoomFor(stringBytes) : open.isFull(stringBytes)) {
      return null;
    }
    int added = collectNewColumns(open.columns, count, fieldIds, types);
    boolean missesSome = !merge && !open.isSparse() && !coversAll(open.columns, count, fieldIds);
    if (added == 0 && !missesSome) {
      return open;
    }
    if (added > 0 && open.valuesWith(added) > MAX_VALUES_TO_WIDEN) {
      return null;
    }
    ColumnSet columns =
        added == 0 ? open.columns : share(open.columns.plus(newIds, newTypes, added));
    return series.widen(open, fitter.widen(open.rows().layout, columns));
  }

  /**
   * A slab for a row: with the columns of the one before if the row has no others, as series seldom
   * change their shape; else with the row's own.
   */
  Slab startSlab(MemSeries series, @Nullable Slab before, int count, int[] fieldIds, byte[] types) {
    ColumnSet columns = lastColumns;
    boolean sparse = false;
    if (before != null && collectNewColumns(before.columns, count, fieldIds, types) == 0) {
      columns = before.columns;
      sparse = before.isSparse() || !coversAll(columns, count, fieldIds);
    } else if (!columns.isExactly(fieldIds, count) || !columns.hasTypes(types, count)) {
      // Ids are unique within a measurement only: another's may have other types.
      int own = collectNewColumns(NO_COLUMNS, count, fieldIds, types);
      columns = share(NO_COLUMNS.plus(newIds, newTypes, own));
      lastColumns = columns;
    }
    return series.startSlab(fitter.noRows(columns, sparse), liveSeries);
  }

  /** Fills {@link #newIds} and {@link #newTypes} with the row's fields that have no column. */
  private int collectNewColumns(ColumnSet columns, int count, int[] fieldIds, byte[] types) {
    int added = 0;
    int column = -1;
    for (int i = 0; i < count; i++) {
      int fieldId = fieldIds[i];
      if (fieldId <= 0) {
        continue;
      }
      column = columns.indexOf(fieldId, column + 1);
      if (column >= 0) {
        continue;
      }
      boolean twice = false;
      for (int j = 0; j < added && !twice; j++) {
        twice = newIds[j] == fieldId;
      }
      if (!twice) {
        if (added == newIds.length) {
          newIds = Arrays.copyOf(newIds, added * 2);
          newTypes = Arrays.copyOf(newTypes, added * 2);
        }
        newIds[added] = fieldId;
        newTypes[added++] = types[i];
      }
    }
    return added;
  }

  /** Whether a row has a value for each column. */
  private boolean coversAll(ColumnSet columns, int count, int[] fieldIds) {
    int size = columns.size();
    if (count < size) {
      return false;
    }
    if (columnStamps.length < size) {
      columnStamps = new int[size * 2];
    }
    if (++stamp == 0) {
      Arrays.fill(columnStamps, 0);
      stamp = 1;
    }
    int covered = 0;
    for (int i = 0; i < count; i++) {
      int column = fieldIds[i] > 0 ? columns.indexOf(fieldIds[i], i) : -1;
      if (column >= 0 && columnStamps[column] != stamp) {
        columnStamps[column] = stamp;
        covered++;
      }
    }
    return covered == size;
  }

  private ColumnSet share(ColumnSet columns) {
    ColumnSet shared = columnSets.get(columns);
    if (shared != null) {
      return shared;
    }
    if (columnSets.size() < MAX_SHARED_COLUMN_SETS) {
      columnSets.put(columns, columns);
    }
    return columns;
  }
}
