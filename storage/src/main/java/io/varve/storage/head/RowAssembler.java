package io.varve.storage.head;

import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns slabs into row groups: sorted, one row per time, column by column.
 *
 * <p>Slabs that are sorted and follow each other in time, the normal case, are transposed as they
 * are, one group each. Otherwise all rows are put in order of time and arrival, and among rows of
 * one time the last to bring a value of a field wins. For one use on one thread.
 */
final class RowAssembler {
  /** The rows of one slab that take part. */
  private static final class Source {
    final Slab slab;
    final int rowCount;
    final boolean sorted;
    final PackedRows rows;

    /** Where each column goes in the output, or -1. */
    int[] target = new int[0];

    Source(Slab slab, long moment) {
      this.slab = slab;
      rowCount = slab.rowCount(moment);
      sorted = slab.isSorted();
      rows = slab.rows();
    }

    long first() {
      return rows.timestamp(0);
    }

    long last() {
      return rows.timestamp(rowCount - 1);
    }
  }

  private final int @Nullable [] wantedFieldIds;
  private final TimeRange range;
  private final long moment;
  private final List<Source> sources = new ArrayList<>();
  private final List<RowGroup> groups = new ArrayList<>();

  /** Output columns, by ascending field id. */
  private int[] fieldIds = new int[0];

  private FieldType[] types = new FieldType[0];

  private RowAssembler(int @Nullable [] wantedFieldIds, TimeRange range, long moment) {
    this.moment = moment;
    this.wantedFieldIds = wantedFieldIds;
    this.range = range;
  }

  /**
   * The rows of some slabs, oldest slab first.
   *
   * @param wantedFieldIds null for all
   * @param moment as of when
   */
  static List<RowGroup> assemble(
      List<Slab> slabs, int @Nullable [] wantedFieldIds, TimeRange range, long moment) {
    RowAssembler assembler = new RowAssembler(wantedFieldIds, range, moment);
    for (Slab slab : slabs) {
      Source source = new Source(slab, moment);
      if (source.rowCount > 0) {
        assembler.sources.add(source);
      }
    }
    assembler.run();
    return assembler.groups;
  }

  private void run() {
    if (areInOrder()) {
      for (Source source : sources) {
        chooseColumns(List.of(source));
        transpose(source);
      }
    } else {
      chooseColumns(sources);
      merge();
    }
  }

  private boolean areInOrder() {
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      if (!source.sorted || (i > 0 && sources.get(i - 1).last() >= source.first())) {
        return false;
      }
    }
    return true;
  }

  private void chooseColumns(List<Source> from) {
    record Choice(int fieldId, FieldType type) {}
    List<Choice> choices = new ArrayList<>();
    for (Source source : from) {
      ColumnSet columns = source.slab.columns;
      for (int column = 0; column < columns.size(); column++) {
        if (isWanted(columns.fieldIds[column])) {
          choices.add(
              new Choice(columns.fieldIds[column], FieldType.ofCode(columns.types[column])));
        }
      }
    }
    choices.sort(Comparator.comparingInt(Choice::fieldId));
    fieldIds = new int[choices.size()];
    types = new FieldType[choices.size()];
    int count = 0;
    for (Choice choice : choices) {
      if (count == 0 || fieldIds[count - 1] != choice.fieldId) {
        fieldIds[count] = choice.fieldId;
        types[count++] = choice.type;
      }
    }
    fieldIds = Arrays.copyOf(fieldIds, count);
    for (Source source : from) {
      int[] target = new int[source.slab.columns.size()];
      for (int column = 0; column < target.length; column++) {
        target[column] =
            Math.max(-1, Arrays.binarySearch(fieldIds, source.slab.columns.fieldIds[column]));
      }
      source.target = target;
    }
  }

  private boolean isWanted(int fieldId) {
    if (wantedFieldIds == null) {
      return true;
    }
    for (int wanted : wantedFieldIds) {
      if (wanted == fieldId) {
        return true;
      }
    }
    return false;
  }

  /** One group from one slab that is in order. */
  private void transpose(Source source) {
    Slab slab = source.slab;
    if (range.contains(source.first())
        && range.contains(source.last())
        && slab.isDense()
        && !slab.hasDeletions()) {
      transposeAll(source);
      return;
    }
    int[] rows = new int[source.rowCount];
    int count = 0;
    for (int row = 0; row < source.rowCount; row++) {
      if (isKept(source, source.rows.timestamp(row)) && hasAny(source, row)) {
        rows[count++] = row;
      }
    }
    if (count == 0) {
      return;
    }
    RowGroup group = new RowGroup();
    group.rowCount = count;
    group.timestampNanos = new long[count];
    for (int i = 0; i < count; i++) {
      group.timestampNanos[i] = source.rows.timestamp(rows[i]);
    }
    ColumnData[] columns = newColumns(count);
    for (int column = 0; column < source.target.length; column++) {
      int target = source.target[column];
      if (target >= 0) {
        copyColumn(source, column, rows, count, columns[target]);
      }
    }
    finish(group, columns);
  }

  /** One group from all rows of a dense slab that is in order: plain strided copies. */
  private void transposeAll(Source source) {
    if (fieldIds.length == 0) {
      return;
    }
    RowGroup group = new RowGroup();
    group.rowCount = source.rowCount;
    group.timestampNanos = new long[source.rowCount];
    source.rows.copyTimestamps(0, source.rowCount, group.timestampNanos);
    ColumnData[] columns = newColumns(source.rowCount);
    for (int column = 0; column < source.target.length; column++) {
      int target = source.target[column];
      if (target >= 0) {
        columns[target].decimals = source.rows.layout.decimals(column);
        source.rows.copyBits(0, source.rowCount, column, columns[target].bits);
      }
    }
    finish(group, columns);
  }

  private static void copyColumn(Source source, int column, int[] rows, int count, ColumnData to) {
    Slab slab = source.slab;
    to.decimals = source.rows.layout.decimals(column);
    boolean isString = slab.columns.isString(column);
    if (!slab.isSparse() && !isString) {
      for (int i = 0; i < count; i++) {
        to.bits[i] = source.rows.bits(rows[i], column);
      }
      to.presence = null;
      return;
    }
    long[] presence = new long[(count + 63) >>> 6];
    for (int i = 0; i < count; i++) {
      if (source.rows.has(rows[i], column)) {
        presence[i >>> 6] |= 1L << i;
        if (isString) {
          to.strings[i] = slab.string(source.rows, rows[i], column);
        } else {
          to.bits[i] = source.rows.bits(rows[i], column);
        }
      }
    }
    to.presence = presence;
  }

  private boolean isKept(Source source, long timestampNanos) {
    return range.contains(timestampNanos) && !source.slab.isDeleted(timestampNanos, moment);
  }

  private boolean hasAny(Source source, int row) {
    for (int column = 0; column < source.target.length; column++) {
      if (source.target[column] >= 0 && source.rows.has(row, column)) {
        return true;
      }
    }
    return false;
  }

  /** Groups of up to the most rows from all slabs, whatever their order. */
  private void merge() {
    int most = 0;
    for (Source source : sources) {
      most += source.rowCount;
    }
    long[] times = new long[most];
    int[] sourceOf = new int[most];
    int[] rowOf = new int[most];
    int count = 0;
    for (int s = 0; s < sources.size(); s++) {
      Source source = sources.get(s);
      for (int row = 0; row < source.rowCount; row++) {
        long time = source.rows.timestamp(row);
        if (isKept(source, time) && hasAny(source, row)) {
          times[count] = time;
          sourceOf[count] = s;
          rowOf[count++] = row;
        }
      }
    }
    int[] order = ArrivalOrder.of(times, count);
    int from = 0;
    while (from < count) {
      int rows = 0;
      int to = from;
      while (to < count) {
        boolean newTime = to == from || times[order[to]] != times[order[to - 1]];
        if (newTime && rows == RowGroup.MAX_ROWS) {
          break;
        }
        rows += newTime ? 1 : 0;
        to++;
      }
      RowGroup group = new RowGroup();
      group.rowCount = rows;
      group.timestampNanos = new long[rows];
      ColumnData[] columns = newColumns(rows);
      for (ColumnData column : columns) {
        column.presence = new long[(rows + 63) >>> 6];
      }
      int row = -1;
      for (int i = from; i < to; i++) {
        int arrival = order[i];
        if (i == from || times[arrival] != times[order[i - 1]]) {
          group.timestampNanos[++row] = times[arrival];
        }
        copyRow(sources.get(sourceOf[arrival]), rowOf[arrival], columns, row);
      }
      finish(group, columns);
      from = to;
    }
  }

  private static void copyRow(Source source, int row, ColumnData[] columns, int toRow) {
    Slab slab = source.slab;
    for (int column = 0; column < source.target.length; column++) {
      int target = source.target[column];
      if (target < 0 || !source.rows.has(row, column)) {
        continue;
      }
      ColumnData to = columns[target];
      if (slab.columns.isString(column)) {
        to.strings[toRow] = slab.string(source.rows, row, column);
      } else {
        to.bits[toRow] = source.rows.bits(row, column);
      }
      long[] presence = to.presence;
      if (presence == null) {
        throw new IllegalStateException("a merged column has no presence bits");
      }
      presence[toRow >>> 6] |= 1L << toRow;
      to.decimals = Math.max(to.decimals, source.rows.layout.decimals(column));
    }
  }

  private ColumnData[] newColumns(int rows) {
    ColumnData[] columns = new ColumnData[fieldIds.length];
    for (int i = 0; i < columns.length; i++) {
      ColumnData column = new ColumnData(fieldIds[i], types[i]);
      if (types[i] == FieldType.STRING) {
        column.strings = new byte[rows][];
      } else {
        column.bits = new long[rows];
      }
      columns[i] = column;
    }
    return columns;
  }

  /** Keeps the columns with values, and presence bits only where some are missing. */
  private void finish(RowGroup group, ColumnData[] columns) {
    for (ColumnData column : columns) {
      long[] presence = column.presence;
      int values = group.rowCount;
      if (presence != null) {
        values = 0;
        for (long word : presence) {
          values += Long.bitCount(word);
        }
        if (values == group.rowCount) {
          column.presence = null;
        }
      }
      if (values > 0) {
        group.columns.add(column);
      }
    }
    groups.add(group);
  }
}
