package io.varve.query.operator;

import io.varve.query.CodedTexts;
import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn;
import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of an answer: their times and columns. Filled again and again by one operator.
 *
 * <p>It may also be a part of a larger block. Then the rows are copied only if somebody asks for
 * them here and not {@linkplain #whole there}.
 */
public final class Block implements ResultBlock {
  private static final long[] NO_LONGS = new long[0];
  private static final double[] NO_DOUBLES = new double[0];
  private static final byte[][] NO_STRINGS = new byte[0][];

  private final Column[] columns;
  private final ResultColumn[] views;
  private long[] times = new long[0];
  private int rowCount;

  /** What this is a part of; null if it is none. */
  private @Nullable Block whole;

  private int firstRow;

  /** Whether the rows of a part have been copied. */
  private boolean copied;

  public Block(int columnCount) {
    columns = new Column[columnCount];
    views = new ResultColumn[columnCount + 1];
    views[0] = new TimeView();
    for (int i = 0; i < columnCount; i++) {
      views[i + 1] = new ColumnView(i);
    }
  }

  /** Begins a block of so many rows; {@link #set} follows for each column. */
  void reset(int rows, long[] timestampsNanos) {
    rowCount = rows;
    times = timestampsNanos;
    whole = null;
    firstRow = 0;
  }

  /** Becomes some rows of a block with as many columns, which is not to change any more. */
  void become(Block of, int first, int rows) {
    whole = of;
    firstRow = first;
    rowCount = rows;
    copied = false;
  }

  private void copyPart() {
    if (whole == null || copied) {
      return;
    }
    copied = true;
    times = Arrays.copyOfRange(whole.times, firstRow, firstRow + rowCount);
    for (int c = 0; c < columns.length; c++) {
      columns[c] = copyOf(whole.columns[c], firstRow, rowCount);
    }
  }

  private static Vector copyOf(Column from, int first, int count) {
    Vector vector = new Vector(from.type(), count);
    vector.reset(count);
    for (int i = 0; i < count; i++) {
      vector.copy(i, from, first + i);
    }
    return vector;
  }

  @Override
  public ResultBlock whole() {
    return whole == null ? this : whole;
  }

  @Override
  public int firstRow() {
    return firstRow;
  }

  void set(int column, Column values) {
    columns[column] = values;
  }

  /** Drops the rows behind the first {@code rows}. */
  void truncate(int rows) {
    rowCount = rows;
  }

  /** The times of the rows. */
  long[] times() {
    copyPart();
    return times;
  }

  /** The values of a column, that of the time not counted. */
  Column values(int column) {
    copyPart();
    return columns[column];
  }

  /** A copy that stays, in arrays no longer than need be. */
  Block copy() {
    copyPart();
    Block copy = new Block(columns.length);
    copy.reset(rowCount, Arrays.copyOf(times, rowCount));
    for (int c = 0; c < columns.length; c++) {
      copy.set(c, CopiedColumn.of(columns[c], rowCount));
    }
    return copy;
  }

  /** About how many bytes a {@link #copy} takes. */
  long bytes() {
    long bytes = 64L + 8L * rowCount;
    for (Column column : columns) {
      bytes += column instanceof CopiedColumn copied ? copied.bytes() : 8L * rowCount;
    }
    return bytes;
  }

  /** A copy without the first {@code rows} rows. */
  Block withoutFirst(int rows) {
    copyPart();
    Block copy = new Block(columns.length);
    int kept = rowCount - rows;
    copy.reset(kept, Arrays.copyOfRange(times, rows, rowCount));
    for (int c = 0; c < columns.length; c++) {
      copy.set(c, copyOf(columns[c], rows, kept));
    }
    return copy;
  }

  @Override
  public int rowCount() {
    return rowCount;
  }

  /** Column 0 is the time. */
  @Override
  public ResultColumn column(int index) {
    copyPart();
    return views[index];
  }

  private final class TimeView implements ResultColumn {
    @Override
    public Kind kind() {
      return Kind.TIME;
    }

    @Override
    public boolean isNull(int row) {
      return false;
    }

    @Override
    public boolean mayHaveNulls() {
      return false;
    }

    @Override
    public long[] longs() {
      return times;
    }

    @Override
    public double[] doubles() {
      return NO_DOUBLES;
    }

    @Override
    public byte[][] strings() {
      return NO_STRINGS;
    }
  }

  private final class ColumnView implements ResultColumn {
    private final int index;

    ColumnView(int index) {
      this.index = index;
    }

    @Override
    public Kind kind() {
      return switch (columns[index].type()) {
        case FLOAT -> Kind.FLOAT;
        case INTEGER -> Kind.INTEGER;
        case UNSIGNED -> Kind.UNSIGNED;
        case BOOLEAN -> Kind.BOOLEAN;
        case STRING -> Kind.STRING;
      };
    }

    @Override
    public boolean isNull(int row) {
      Column column = columns[index];
      return column.isAbsent() || !Bitmap.get(column.presence(), row);
    }

    @Override
    public boolean mayHaveNulls() {
      Column column = columns[index];
      return column.isAbsent() || column.presence() != null;
    }

    /** A stored column without values has no arrays to ask for. */
    @Override
    public long[] longs() {
      return columns[index].isAbsent() ? NO_LONGS : columns[index].longs();
    }

    @Override
    public double[] doubles() {
      return columns[index].isAbsent() ? NO_DOUBLES : columns[index].doubles();
    }

    @Override
    public byte[][] strings() {
      return columns[index].isAbsent() ? NO_STRINGS : columns[index].strings();
    }

    @Override
    public @Nullable CodedTexts coded() {
      return columns[index] instanceof CodedTexts coded ? coded : null;
    }
  }
}
