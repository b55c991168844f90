package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;

/**
 * The value of another column in the row that a selector chose, per window.
 *
 * <p>Shares the windows of the selector, which tells it the chosen rows by {@link #set}.
 */
public final class Companion extends Accumulator {
  private final FieldType type;
  private long[] bits = new long[0];
  private byte[][] strings = new byte[0][];

  public Companion(FieldType type) {
    this.type = type;
  }

  @Override
  public FieldType type() {
    return type;
  }

  @Override
  public void add(DenseColumn column, WindowSpan span) {
    throw new IllegalStateException("companions follow a selector");
  }

  /** Takes over a row of a batch, null included. */
  public void set(int slot, Column column, int row) {
    if (column.isAbsent() || !Bitmap.get(column.presence(), row)) {
      counts[slot] = 0;
      return;
    }
    counts[slot] = 1;
    switch (type) {
      case FLOAT -> bits[slot] = Double.doubleToRawLongBits(column.doubles()[row]);
      case STRING -> strings[slot] = column.strings()[row].clone();
      default -> bits[slot] = column.longs()[row];
    }
  }

  @Override
  public void read(int slot, Vector into, int row) {
    switch (type) {
      case FLOAT -> into.setDouble(row, Double.longBitsToDouble(bits[slot]));
      case STRING -> into.setString(row, strings[slot]);
      default -> into.setLong(row, bits[slot]);
    }
  }

  @Override
  void move(int used, int shift, int capacity) {
    super.move(used, shift, capacity);
    bits = moved(bits, used, shift, capacity);
    byte[][] target = strings.length < capacity ? new byte[capacity][] : strings;
    System.arraycopy(strings, 0, target, shift, used);
    strings = target;
  }

  @Override
  public int bytesPerWindow() {
    return 3 * Long.BYTES;
  }
}
