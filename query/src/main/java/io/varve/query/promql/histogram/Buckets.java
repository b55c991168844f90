package io.varve.query.promql.histogram;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The populated buckets of one side of a histogram: indexes, ascending, and how many observations
 * each has. A bucket without any is not kept. Immutable.
 */
public final class Buckets {
  public static final Buckets NONE = new Buckets(new int[0], new double[0]);

  private final int[] indexes;
  private final double[] counts;

  private Buckets(int[] indexes, double[] counts) {
    this.indexes = indexes;
    this.counts = counts;
  }

  /**
   * Buckets of the first places of two arrays, which are copied.
   *
   * @param indexes ascending, none twice
   */
  public static Buckets of(int[] indexes, double[] counts, int size) {
    int populated = 0;
    for (int i = 0; i < size; i++) {
      populated += counts[i] == 0 ? 0 : 1;
    }
    if (populated == 0) {
      return NONE;
    }
    int[] keptIndexes = new int[populated];
    double[] keptCounts = new double[populated];
    int next = 0;
    for (int i = 0; i < size; i++) {
      if (counts[i] != 0) {
        keptIndexes[next] = indexes[i];
        keptCounts[next++] = counts[i];
      }
    }
    return new Buckets(keptIndexes, keptCounts);
  }

  public int size() {
    return indexes.length;
  }

  public boolean isEmpty() {
    return indexes.length == 0;
  }

  public int index(int place) {
    return indexes[place];
  }

  public double count(int place) {
    return counts[place];
  }

  /** The observations of all buckets. */
  public double total() {
    double total = 0;
    for (double count : counts) {
      total += count;
    }
    return total;
  }

  Buckets times(double factor) {
    double[] scaled = counts.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return of(indexes, scaled, scaled.length);
  }

  Buckets dividedBy(double divisor) {
    double[] scaled = counts.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= divisor;
    }
    return of(indexes, scaled, scaled.length);
  }

  /** The buckets at the places from one to another, which is left out. */
  Buckets part(int from, int to) {
    return from == 0 && to == indexes.length
        ? this
        : new Buckets(Arrays.copyOfRange(indexes, from, to), Arrays.copyOfRange(counts, from, to));
  }

  /** The same observations in other buckets; the order of buckets stays. */
  Buckets moved(IntUnaryOperator target) {
    int[] newIndexes = new int[indexes.length];
    double[] newCounts = new double[indexes.length];
    int last = -1;
    for (int i = 0; i < indexes.length; i++) {
      int index = target.applyAsInt(indexes[i]);
      if (last < 0 || newIndexes[last] != index) {
        newIndexes[++last] = index;
      }
      newCounts[last] += counts[i];
    }
    return of(newIndexes, newCounts, last + 1);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Buckets that
        && Arrays.equals(indexes, that.indexes)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indexes) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < indexes.length; i++) {
      text.append(i == 0 ? "" : " ").append(indexes[i]).append(':').append(counts[i]);
    }
    return text.toString();
  }
}
