package io.varve.query.operator;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code distinct}: each value once, in the order in which they were first seen; of values seen at
 * one time the smaller one first. Read backwards, a value stands where it was seen last.
 *
 * <p>A table with open addressing: memory follows the number of distinct values.
 */
final class DistinctPicker implements RowPicker {
  private static final int INITIAL = 1024;
  private static final byte[][] NO_STRINGS = new byte[0][];

  private final FieldType type;
  private final boolean text;
  private final QueryBudget budget;

  /** The values in the order in which they came, as sortable bits; hashes of strings. */
  private long[] values = new long[INITIAL];

  private long[] times = new long[INITIAL];
  private byte[][] strings;
  private long stringBytes;
  private int size;

  /** For each slot the number of a value, plus 1; 0 if free. Twice as long as the others. */
  private int[] table = new int[2 * INITIAL];

  DistinctPicker(PickPlan plan, QueryBudget budget) {
    type = plan.inputType();
    text = type == FieldType.STRING;
    this.budget = budget;
    strings = text ? new byte[INITIAL][] : NO_STRINGS;
  }

  @Override
  public void begin() {
    size = 0;
    stringBytes = 0;
    Arrays.fill(table, 0);
    Arrays.fill(strings, null);
  }

  @Override
  public void add(long timestampNanos, Column[] columns, int row) {
    byte[] string = text ? columns[0].strings()[row] : null;
    long value = string == null ? RowPickers.sortable(columns[0], row) : Arrays.hashCode(string);
    int slot = slot(value, string);
    if (table[slot] != 0) {
      return;
    }
    if (size == values.length) {
      grow();
      slot = slot(value, string);
    }
    values[size] = value;
    times[size] = timestampNanos;
    if (string != null) {
      strings[size] = string.clone();
      stringBytes += string.length + 16L;
    }
    table[slot] = ++size;
  }

  /** Where a value is in the table, or where it belongs. */
  private int slot(long value, byte @Nullable [] string) {
    long mixed = value * 0x9E3779B97F4A7C15L;
    int mask = table.length - 1;
    int slot = (int) (mixed >>> 32) & mask;
    while (table[slot] != 0) {
      int found = table[slot] - 1;
      if (values[found] == value && (string == null || Arrays.equals(strings[found], string))) {
        break;
      }
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    int capacity = size * 2;
    budget.checkStateBytes(4L * Long.BYTES * capacity + stringBytes);
    values = Arrays.copyOf(values, capacity);
    times = Arrays.copyOf(times, capacity);
    strings = text ? Arrays.copyOf(strings, capacity) : NO_STRINGS;
    table = new int[2 * capacity];
    for (int i = 0; i < size; i++) {
      table[slot(values[i], text ? strings[i] : null)] = i + 1;
    }
  }

  @Override
  public void finish(RowBuffer into, long windowNanos) {
    int[] rows = RowRefs.range(size);
    RowRefs.sort(rows, size, this::compare, budget::checkCancelled);
    for (int value : rows) {
      int row = into.append(windowNanos);
      if (text) {
        into.setString(0, row, strings[value]);
      } else {
        RowPickers.write(into, row, values[value], type);
      }
    }
    begin();
  }

  private int compare(int left, int right) {
    int order = Long.compare(times[left], times[right]);
    if (order == 0) {
      order =
          text
              ? Arrays.compareUnsigned(strings[left], strings[right])
              : Long.compare(values[left], values[right]);
    }
    return order;
  }
}
