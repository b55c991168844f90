package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.function.StepRows;
import io.varve.query.promql.function.StepValues;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Copies of the series of a vector, packed, which count for the budget until this is closed. For
 * one thread at a time.
 */
public final class SeriesTable implements SeriesSink, AutoCloseable {
  private final SampleBudget.Hold hold;
  private final StepRows rows = new StepRows();
  private Labels[] labels = new Labels[8];

  SeriesTable(SampleBudget budget) {
    this.hold = budget.hold();
  }

  @Override
  public void accept(Labels added, StepValues values) {
    hold.takeSeries(values);
    int row = rows.count();
    if (row == labels.length) {
      labels = Arrays.copyOf(labels, 2 * row);
    }
    labels[row] = added;
    rows.add(values);
  }

  /** Copies values in place of those of a series. */
  void replace(int row, StepValues values) {
    hold.takeSeries(values);
    rows.replace(row, values);
  }

  /** How many series there are. */
  public int count() {
    return rows.count();
  }

  public Labels labels(int row) {
    return labels[row];
  }

  /** Copies the values of a series. */
  public void load(int row, StepValues into) {
    rows.load(row, into);
  }

  /** Hands all series on through a buffer. */
  void sendTo(SeriesSink sink, StepValues buffer) {
    for (int row = 0; row < count(); row++) {
      load(row, buffer);
      sink.accept(labels[row], buffer);
    }
  }

  /** Puts the series in the order of their labels; those that are equal stay as they are. */
  public void sortByLabels() {
    record Entry(Labels labels, int row) {}

    Entry[] entries = new Entry[count()];
    for (int row = 0; row < entries.length; row++) {
      entries[row] = new Entry(labels[row], row);
    }
    Arrays.sort(entries, Comparator.comparing(Entry::labels));
    int[] order = new int[entries.length];
    for (int row = 0; row < order.length; row++) {
      order[row] = entries[row].row();
      labels[row] = entries[row].labels();
    }
    rows.reorder(order);
  }

  /** Forgets all series, and gives what they counted for back; there may come others. */
  @Override
  public void close() {
    rows.clear();
    hold.close();
  }
}
