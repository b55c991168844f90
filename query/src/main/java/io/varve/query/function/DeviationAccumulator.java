package io.varve.query.function;

import io.varve.storage.model.FieldType;

/**
 * {@code stddev}: the standard deviation of a sample; null for a single value.
 *
 * <p>Each run gets its mean first and its squares second; runs are joined by the formula of Chan,
 * Golub and LeVeque, which loses no digits where the mean is far from zero.
 */
final class DeviationAccumulator extends Accumulator {
  private final FieldType input;
  private double[] means = new double[0];
  private double[] squares = new double[0];
  private double[] converted = new double[0];

  DeviationAccumulator(FieldType input) {
    this.input = input;
  }

  @Override
  public FieldType type() {
    return FieldType.FLOAT;
  }

  @Override
  public void add(DenseColumn column, WindowSpan span) {
    double[] values = column.doubles();
    if (input != FieldType.FLOAT) {
      converted = Numbers.toDoubles(column.longs(), column.size(), input, converted);
      values = converted;
    }
    int[] start = column.runStart();
    for (int r = 0; r < column.runCount(); r++) {
      addRun(values, start[r], start[r + 1], span.slot(column.runWindow()[r]));
    }
  }

  @Override
  public boolean isMergeable() {
    return true;
  }

  @Override
  public void merge(Accumulator other, int otherSlot, int slot) {
    DeviationAccumulator from = (DeviationAccumulator) other;
    join(slot, from.means[otherSlot], from.squares[otherSlot], from.counts[otherSlot]);
  }

  private void addRun(double[] values, int from, int to, int slot) {
    double mean = 0;
    for (int i = from; i < to; i++) {
      mean += (values[i] - mean) / (i - from + 1);
    }
    double square = 0;
    for (int i = from; i < to; i++) {
      square += (values[i] - mean) * (values[i] - mean);
    }
    join(slot, mean, square, to - from);
  }

  private void join(int slot, double mean, double square, long count) {
    if (counts[slot] == 0) {
      means[slot] = mean;
      squares[slot] = square;
    } else {
      double both = counts[slot] + count;
      double distance = mean - means[slot];
      squares[slot] += square + distance * distance * counts[slot] * count / both;
      means[slot] += distance * count / both;
    }
    counts[slot] += count;
  }

  @Override
  public void read(int slot, Vector into, int row) {
    if (counts[slot] > 1) {
      into.setDouble(row, Math.sqrt(squares[slot] / (counts[slot] - 1)));
    }
  }

  @Override
  void move(int used, int shift, int capacity) {
    super.move(used, shift, capacity);
    means = moved(means, used, shift, capacity);
    squares = moved(squares, used, shift, capacity);
  }

  @Override
  public int bytesPerWindow() {
    return 3 * Long.BYTES;
  }
}
