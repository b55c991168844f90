package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;

/** {@code count_hll}: how many values the sketch of a text has seen; 0 for any other text. */
final class SketchCount extends Transformation {
  private static final StateMemory ONE_SKETCH = bytes -> {};

  @Override
  public FieldType type() {
    return FieldType.UNSIGNED;
  }

  @Override
  public void begin() {
    // Each row stands for itself.
  }

  @Override
  protected void next(long timestampNanos, Column in, int row, Vector into) {
    Sketch sketch = SketchText.decode(in.strings()[row], ONE_SKETCH);
    into.setLong(row, sketch == null ? 0 : sketch.count());
  }
}
