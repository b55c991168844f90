package io.varve.query.operator;

import io.varve.query.function.Numbers;
import io.varve.query.function.SortableBits;
import io.varve.storage.Column;
import io.varve.storage.model.FieldType;

/** Makes the {@link RowPicker} of a function. */
final class RowPickers {
  private RowPickers() {}

  static RowPicker of(PickPlan plan, QueryBudget budget) {
    return switch (plan.function()) {
      case DISTINCT -> new DistinctPicker(plan, budget);
      case TOP -> new TopPicker(plan, true, budget);
      case BOTTOM -> new TopPicker(plan, false, budget);
      case SAMPLE -> new SamplePicker(plan, budget);
      case INTEGRAL -> new IntegralPicker(plan);
      case PERCENTILE -> new PercentilePicker(plan, budget);
    };
  }

  /** A value as 64 bits whose order is that of the values; not for strings. */
  static long sortable(Column column, int row) {
    return switch (column.type()) {
      case FLOAT -> SortableBits.ofDouble(column.doubles()[row]);
      case UNSIGNED -> column.longs()[row] ^ Long.MIN_VALUE;
      default -> column.longs()[row];
    };
  }

  static double asDouble(Column column, int row) {
    return switch (column.type()) {
      case FLOAT -> column.doubles()[row];
      case UNSIGNED -> Numbers.unsignedToDouble(column.longs()[row]);
      default -> column.longs()[row];
    };
  }

  /** Writes {@link #sortable} bits into the first column of an appended row. */
  static void write(RowBuffer into, int row, long sortable, FieldType type) {
    switch (type) {
      case FLOAT -> into.setDouble(0, row, SortableBits.toDouble(sortable));
      case UNSIGNED -> into.setLong(0, row, sortable ^ Long.MIN_VALUE);
      default -> into.setLong(0, row, sortable);
    }
  }

  /** Copies all columns of a row to an appended one. */
  static void copy(RowBuffer into, int row, Column[] columns, int from) {
    for (int c = 0; c < columns.length; c++) {
      into.set(c, row, columns[c], from);
    }
  }
}
