package io.varve.query.function;

import io.varve.query.XxHash64;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/** {@code sum_hll}: the sketch of the values of each window, as a text. */
final class SketchAccumulator extends Accumulator {
  private final FieldType input;
  private final StateMemory memory;

  /** Sketches of slots; those emptied serve again. */
  private @Nullable Sketch[] sketches = new @Nullable Sketch[0];

  SketchAccumulator(FieldType input, StateMemory memory) {
    this.input = input;
    this.memory = memory;
  }

  @Override
  public FieldType type() {
    return FieldType.STRING;
  }

  @Override
  public void add(DenseColumn column, WindowSpan span) {
    int[] start = column.runStart();
    for (int r = 0; r < column.runCount(); r++) {
      int slot = span.slot(column.runWindow()[r]);
      Sketch sketch = sketch(slot);
      for (int i = start[r]; i < start[r + 1]; i++) {
        sketch.add(hash(column, i));
      }
      counts[slot] += start[r + 1] - start[r];
    }
  }

  private long hash(DenseColumn column, int index) {
    return switch (input) {
      case FLOAT -> XxHash64.ofBigEndian(Double.doubleToRawLongBits(column.doubles()[index]));
      case STRING -> XxHash64.of(column.strings()[index]);
      case BOOLEAN -> XxHash64.ofByte((int) column.longs()[index]);
      default -> XxHash64.ofBigEndian(column.longs()[index]);
    };
  }

  private Sketch sketch(int slot) {
    Sketch sketch = sketches[slot];
    if (sketch == null) {
      sketch = new Sketch(memory);
      sketches[slot] = sketch;
    }
    return sketch;
  }

  @Override
  public boolean isMergeable() {
    return true;
  }

  @Override
  public void merge(Accumulator other, int otherSlot, int slot) {
    sketch(slot).merge(((SketchAccumulator) other).sketch(otherSlot));
    counts[slot] += other.counts[otherSlot];
  }

  @Override
  public void read(int slot, Vector into, int row) {
    into.setString(row, SketchText.encode(sketch(slot)));
  }

  @Override
  public void clear(int used) {
    super.clear(used);
    for (int slot = 0; slot < used; slot++) {
      Sketch sketch = sketches[slot];
      if (sketch != null) {
        sketch.clear();
      }
    }
  }

  @Override
  void move(int used, int shift, int capacity) {
    super.move(used, shift, capacity);
    @Nullable Sketch[] target =
        sketches.length < capacity ? new @Nullable Sketch[capacity] : sketches;
    @Nullable Sketch[] spare = new @Nullable Sketch[shift];
    int end = Math.min(used + shift, sketches.length);
    if (end > used) {
      System.arraycopy(sketches, used, spare, 0, end - used);
    }
    System.arraycopy(sketches, 0, target, shift, used);
    System.arraycopy(spare, 0, target, 0, shift);
    sketches = target;
  }

  @Override
  public int bytesPerWindow() {
    return 2 * Long.BYTES;
  }
}
