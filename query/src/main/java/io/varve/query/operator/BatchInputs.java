package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.SeriesKey;
import org.jspecify.annotations.Nullable;

/**
 * The input columns of the current batch of one source, each read once, and the rows that its
 * condition keeps.
 */
final class BatchInputs implements ColumnExpression.Inputs {
  private final ScanSource source;
  private final InputColumn[] inputs;
  private final @Nullable Column[] columns;
  private final boolean needsKey;
  private final long[] kept = new long[Bitmap.WORDS];
  private RowCondition condition;
  private @Nullable ColumnBatch batch;

  BatchInputs(ScanSource source) {
    this.source = source;
    inputs = source.inputs().toArray(new InputColumn[0]);
    columns = new @Nullable Column[inputs.length];
    condition = source.condition();
    boolean key = condition.needsKey();
    for (InputColumn input : inputs) {
      key |= input.needsKey();
    }
    needsKey = key;
  }

  /** Comes to a series; false if none of its rows can count. */
  boolean setSeries(int seriesId) {
    if (needsKey) {
      SeriesKey key = source.reader().key(seriesId);
      for (InputColumn input : inputs) {
        input.setSeries(key);
      }
      condition = source.condition().bind(key);
    }
    return condition != RowCondition.FALSE;
  }

  void setBatch(ColumnBatch batch) {
    this.batch = batch;
    for (int i = 0; i < columns.length; i++) {
      columns[i] = null;
    }
  }

  ColumnBatch batch() {
    ColumnBatch current = batch;
    if (current == null) {
      throw new IllegalStateException("no batch");
    }
    return current;
  }

  boolean everyRowExists() {
    return source.everyRowExists();
  }

  boolean hasCondition() {
    return condition != RowCondition.TRUE;
  }

  /** The rows that the condition keeps; may be none. Only if there is a condition. */
  long[] kept() {
    condition.evaluate(this, kept);
    return kept;
  }

  @Override
  public int rowCount() {
    return batch().rowCount();
  }

  @Override
  public Column input(int index) {
    Column column = columns[index];
    if (column == null) {
      column = inputs[index].read(batch());
      columns[index] = column;
    }
    return column;
  }
}
