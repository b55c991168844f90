package io.varve.query.operator;

import io.varve.storage.Column;

/**
 * {@code integral}: the area below straight lines from point to point. A line across the border of
 * two windows is cut there, and each of them gets its part.
 *
 * <p>Of several points at one time the last one counts.
 */
final class IntegralPicker implements RowPicker {
  private final double unitNanos;
  private boolean hasPrevious;
  private long previousNanos;
  private double previous;
  private double area;

  IntegralPicker(PickPlan plan) {
    unitNanos = plan.parameter();
  }

  @Override
  public void begin() {
    hasPrevious = false;
    area = 0;
  }

  @Override
  public void add(long timestampNanos, Column[] columns, int row) {
    addLine(timestampNanos, RowPickers.asDouble(columns[0], row));
  }

  private void addLine(long timestampNanos, double value) {
    if (hasPrevious && timestampNanos != previousNanos) {
      double elapsed = Math.abs((double) (timestampNanos - previousNanos));
      area += 0.5 * (value + previous) * (elapsed / unitNanos);
    }
    hasPrevious = true;
    previousNanos = timestampNanos;
    previous = value;
  }

  @Override
  public void cross(long borderNanos, long timestampNanos, Column[] columns, int row) {
    if (previousNanos == borderNanos) {
      return;
    }
    double value = RowPickers.asDouble(columns[0], row);
    double slope = (value - previous) / (double) (timestampNanos - previousNanos);
    addLine(borderNanos, previous + slope * (borderNanos - previousNanos));
  }

  @Override
  public void finish(RowBuffer into, long windowNanos) {
    into.setDouble(0, into.append(windowNanos), area);
    area = 0;
  }
}
