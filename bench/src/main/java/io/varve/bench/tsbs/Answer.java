package io.varve.bench.tsbs;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an answer, whatever language it came in: for each host and time one value per field
 * of the question. The order of rows does not count. One thread.
 */
public final class Answer {
  /** What sums of floats in another order may differ by. */
  private static final double TOLERANCE = 1e-9;

  private final int fields;
  private final Map<Row, double[]> rows = new HashMap<>();

  /**
   * What a row is found by.
   *
   * @param host empty where hosts are not told apart
   */
  private record Row(String host, long timeMillis) {}

  public Answer(Question question) {
    fields = question.fields().size();
  }

  /** Sets one value; the others of its row are missing until set. */
  public void set(String host, long timeMillis, int field, double value) {
    double[] values =
        rows.computeIfAbsent(
            new Row(host, timeMillis),
            row -> {
              double[] missing = new double[fields];
              Arrays.fill(missing, Double.NaN);
              return missing;
            });
    values[field] = value;
  }

  public int rowCount() {
    return rows.size();
  }

  /** What is wrong with an answer if this is the right one; null if nothing is. */
  public @Nullable String differenceTo(Answer other) {
    if (rows.size() != other.rows.size()) {
      return "%d rows instead of %d".formatted(other.rows.size(), rows.size());
    }
    for (Map.Entry<Row, double[]> row : rows.entrySet()) {
      double[] found = other.rows.get(row.getKey());
      if (found == null) {
        return "no row " + row.getKey();
      }
      for (int i = 0; i < fields; i++) {
        if (!isSame(row.getValue()[i], found[i])) {
          return String.format(
              Locale.ROOT,
              "%s: field %d is %s instead of %s",
              row.getKey(),
              i,
              found[i],
              row.getValue()[i]);
        }
      }
    }
    return null;
  }

  private static boolean isSame(double expected, double found) {
    return Double.compare(expected, found) == 0
        || Math.abs(expected - found) <= TOLERANCE * Math.max(1, Math.abs(expected));
  }
}
