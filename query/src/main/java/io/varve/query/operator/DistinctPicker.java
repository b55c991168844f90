package io.varve.query.operator;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.Arrays;

/**
 * {@code distinct}: each value once, in order.
 *
 * <p>Values are collected as they come; when the array is full it is sorted and what is there twice
 * is dropped, and it grows only if that did not free half of it. So memory follows the number of
 * distinct values.
 */
final class DistinctPicker implements RowPicker {
  private static final int INITIAL = 1024;
  private static final byte[][] NO_STRINGS = new byte[0][];
  private static final long[] NO_LONGS = new long[0];

  private final FieldType type;
  private final QueryBudget budget;
  private long[] values;
  private byte[][] strings;
  private long stringBytes;
  private int size;

  DistinctPicker(FieldType type, QueryBudget budget) {
    this.type = type;
    this.budget = budget;
    boolean text = type == FieldType.STRING;
    values = text ? NO_LONGS : new long[INITIAL];
    strings = text ? new byte[INITIAL][] : NO_STRINGS;
  }

  @Override
  public void begin() {
    size = 0;
    stringBytes = 0;
    Arrays.fill(strings, null);
  }

  @Override
  public void add(long timestampNanos, Column[] columns, int row) {
    int capacity = Math.max(values.length, strings.length);
    if (size == capacity) {
      compact();
      if (size > capacity / 2) {
        budget.checkStateBytes(4L * Long.BYTES * capacity + stringBytes);
        if (type == FieldType.STRING) {
          strings = Arrays.copyOf(strings, capacity * 2);
        } else {
          values = Arrays.copyOf(values, capacity * 2);
        }
      }
    }
    if (type == FieldType.STRING) {
      byte[] value = columns[0].strings()[row];
      if (size == 0 || !Arrays.equals(value, strings[size - 1])) {
        strings[size++] = value.clone();
        stringBytes += value.length + 16L;
      }
    } else {
      values[size++] = RowPickers.sortable(columns[0], row);
    }
  }

  private void compact() {
    if (size == 0) {
      return;
    }
    int distinct = 1;
    if (type == FieldType.STRING) {
      Arrays.sort(strings, 0, size, Arrays::compareUnsigned);
      for (int i = 1; i < size; i++) {
        if (Arrays.equals(strings[i], strings[distinct - 1])) {
          stringBytes -= strings[i].length + 16L;
        } else {
          strings[distinct++] = strings[i];
        }
      }
      Arrays.fill(strings, distinct, size, null);
    } else {
      Arrays.sort(values, 0, size);
      for (int i = 1; i < size; i++) {
        if (values[i] != values[i - 1]) {
          values[distinct++] = values[i];
        }
      }
    }
    size = distinct;
  }

  @Override
  public void finish(RowBuffer into, long windowNanos) {
    compact();
    for (int i = 0; i < size; i++) {
      int row = into.append(windowNanos);
      if (type == FieldType.STRING) {
        into.setString(0, row, strings[i]);
      } else {
        RowPickers.write(into, row, values[i], type);
      }
    }
    begin();
  }
}
