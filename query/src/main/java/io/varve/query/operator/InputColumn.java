package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Numbers;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/** How one input column of a statement is read from the batches of one source. */
public abstract class InputColumn {
  private final FieldType type;

  private InputColumn(FieldType type) {
    this.type = type;
  }

  public final FieldType type() {
    return type;
  }

  /** Whether values here make a row exist; tags alone do not. */
  public abstract boolean isField();

  /** The tag that this is, whose value must be {@linkplain #setTag set}; null if it is none. */
  @Nullable String tag() {
    return null;
  }

  /** The column of the batches that this is as it is; -1 if it is made of something else. */
  int storedColumn() {
    return -1;
  }

  /**
   * Called when the scan comes to a series.
   *
   * @param utf8 the value of the {@link #tag}, empty if the series does not have it
   */
  void setTag(byte[] utf8) {}

  abstract Column read(ColumnBatch batch);

  /** The same with working space of its own, for another thread. */
  abstract InputColumn copy();

  /** A name that the source does not have. */
  public static InputColumn missing(FieldType type) {
    return new Missing(type);
  }

  /** A tag. */
  public static InputColumn tag(String key) {
    return new Tag(key);
  }

  /**
   * A field, perhaps stored in several types.
   *
   * @param type what values are converted to; those of types that cannot be are left out
   * @param storedTypes the types in which the field is stored, the one to prefer first
   * @param columns where they are in {@link ScanSource#fieldIds}
   */
  public static InputColumn field(FieldType type, FieldType[] storedTypes, int[] columns) {
    return columns.length == 1 && storedTypes[0] == type
        ? new Direct(type, columns[0])
        : new Converted(type, columns);
  }

  private static final class Missing extends InputColumn {
    private final Vector nothing;

    Missing(FieldType type) {
      super(type);
      nothing = new Vector(type);
    }

    @Override
    Missing copy() {
      return new Missing(type());
    }

    @Override
    public boolean isField() {
      return true;
    }

    @Override
    Column read(ColumnBatch batch) {
      nothing.reset(batch.rowCount());
      return nothing;
    }
  }

  private static final class Tag extends InputColumn {
    private final String key;
    private final TagColumn value = new TagColumn();
    private boolean present;

    /** What series without the tag have; seldom needed. */
    private @Nullable Vector nothing;

    Tag(String key) {
      super(FieldType.STRING);
      this.key = key;
    }

    @Override
    Tag copy() {
      return new Tag(key);
    }

    @Override
    public boolean isField() {
      return false;
    }

    @Override
    String tag() {
      return key;
    }

    @Override
    void setTag(byte[] utf8) {
      present = utf8.length > 0;
      value.setValue(utf8);
    }

    @Override
    Column read(ColumnBatch batch) {
      if (present) {
        value.setRows(batch.rowCount());
        return value;
      }
      Vector none = nothing == null ? new Vector(FieldType.STRING) : nothing;
      nothing = none;
      none.reset(batch.rowCount());
      return none;
    }
  }

  private static final class Direct extends InputColumn {
    private final int column;

    Direct(FieldType type, int column) {
      super(type);
      this.column = column;
    }

    @Override
    int storedColumn() {
      return column;
    }

    @Override
    Direct copy() {
      return this;
    }

    @Override
    public boolean isField() {
      return true;
    }

    @Override
    Column read(ColumnBatch batch) {
      return batch.column(column);
    }
  }

  /** Values of several stored types as one; where two have a value, the preferred type wins. */
  private static final class Converted extends InputColumn {
    private final int[] columns;
    private final Vector merged;

    Converted(FieldType type, int[] columns) {
      super(type);
      this.columns = columns;
      merged = new Vector(type);
    }

    @Override
    Converted copy() {
      return new Converted(type(), columns);
    }

    @Override
    public boolean isField() {
      return true;
    }

    @Override
    Column read(ColumnBatch batch) {
      Column only = onlyOneOfType(batch);
      if (only != null) {
        return only;
      }
      int rows = batch.rowCount();
      merged.reset(rows);
      for (int c = columns.length - 1; c >= 0; c--) {
        Column from = batch.column(columns[c]);
        if (from.isAbsent() || !isConvertible(from.type(), type())) {
          continue;
        }
        long[] presence = from.presence();
        for (int row = 0; row < rows; row++) {
          if (Bitmap.get(presence, row)) {
            convert(from, row);
          }
        }
      }
      return merged;
    }

    /** The column that needs no conversion, if no other has values in this batch. */
    private @Nullable Column onlyOneOfType(ColumnBatch batch) {
      Column found = null;
      for (int c : columns) {
        Column column = batch.column(c);
        if (!column.isAbsent()) {
          if (found != null || column.type() != type()) {
            return null;
          }
          found = column;
        }
      }
      return found;
    }

    private static boolean isConvertible(FieldType from, FieldType to) {
      return from == to || (isNumber(from) && isNumber(to));
    }

    private static boolean isNumber(FieldType type) {
      return type != FieldType.STRING && type != FieldType.BOOLEAN;
    }

    private void convert(Column from, int row) {
      if (from.type() == type()) {
        merged.copy(row, from, row);
      } else if (type() == FieldType.FLOAT) {
        long bits = from.longs()[row];
        merged.setDouble(
            row,
            from.type() == FieldType.UNSIGNED ? Numbers.unsignedToDouble(bits) : (double) bits);
      } else if (from.type() == FieldType.FLOAT) {
        double value = from.doubles()[row];
        merged.setLong(
            row, type() == FieldType.UNSIGNED ? Numbers.doubleToUnsigned(value) : (long) value);
      } else {
        merged.setLong(row, from.longs()[row]);
      }
    }
  }
}
