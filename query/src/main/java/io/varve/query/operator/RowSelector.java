package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a batch a raw SELECT prints: those that meet the condition and have at least one of
 * the selected fields.
 */
final class RowSelector {
  private final int[] fieldInputs;
  private final int[] positions = new int[ColumnBatch.MAX_ROWS];
  private final long[] existing = new long[Bitmap.WORDS];
  private final long[] scratch = new long[Bitmap.WORDS];
  private int count;
  private boolean whole;

  /**
   * @param fieldInputs the inputs of which one must have a value
   */
  RowSelector(int... fieldInputs) {
    this.fieldInputs = fieldInputs;
  }

  /** Looks at the current batch; {@link #count} may be 0 afterwards. */
  void select(BatchInputs inputs) {
    int rows = inputs.rowCount();
    long[] kept = inputs.hasCondition() ? inputs.kept() : null;
    if (kept != null && isEmpty(kept, rows)) {
      count = 0;
      whole = false;
      return;
    }
    long[] selected = Bitmap.and(kept, existing(inputs, rows), scratch, rows);
    if (selected == null) {
      count = rows;
      whole = true;
    } else {
      count = Bitmap.positions(selected, rows, positions);
      whole = count == rows;
    }
  }

  private static boolean isEmpty(long[] bits, int rows) {
    long any = 0;
    for (int w = 0; w < Bitmap.words(rows); w++) {
      any |= bits[w];
    }
    return any == 0;
  }

  private long @Nullable [] existing(BatchInputs inputs, int rows) {
    if (inputs.everyRowExists()) {
      return null;
    }
    Bitmap.clear(existing, rows);
    for (int input : fieldInputs) {
      Column column = inputs.input(input);
      if (column.isAbsent()) {
        continue;
      }
      long[] presence = column.presence();
      if (presence == null) {
        return null;
      }
      for (int w = 0; w < Bitmap.words(rows); w++) {
        existing[w] |= presence[w];
      }
    }
    return existing;
  }

  int count() {
    return count;
  }

  /** Whether every row of the batch is selected. */
  boolean isWhole() {
    return whole;
  }

  /** The row of the batch that selected row {@code index} is. */
  int row(int index) {
    return whole ? index : positions[index];
  }
}
