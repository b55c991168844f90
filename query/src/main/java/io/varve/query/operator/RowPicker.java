package io.varve.query.operator;

import io.varve.storage.Column;

/** What a function makes of the rows of one window, which come in output order. */
interface RowPicker {
  /** Takes a row; the first column has a value in it. */
  void add(long timestampNanos, Column[] columns, int row);

  /** Called with the first row behind a window, before the window ends. */
  default void cross(long borderNanos, long timestampNanos, Column[] columns, int row) {}

  /** Ends a window: appends the rows of the answer in order, and forgets the window. */
  void finish(RowBuffer into, long windowNanos);

  /** Forgets everything, for another group. */
  void begin();
}
