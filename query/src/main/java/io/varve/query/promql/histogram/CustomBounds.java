package io.varve.query.promql.histogram;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The upper bounds of custom buckets, ascending and finite; one more bucket goes from the last of
 * them to infinity. Bucket {@code i} ends at bound {@code i}, the first one begins at minus
 * infinity. Immutable.
 */
public final class CustomBounds {
  public static final CustomBounds NONE = new CustomBounds(new double[0]);

  private final double[] bounds;

  private CustomBounds(double[] bounds) {
    this.bounds = bounds;
  }

  /** Bounds of a copy of the array. */
  public static CustomBounds of(double... bounds) {
    return bounds.length == 0 ? NONE : new CustomBounds(bounds.clone());
  }

  public int size() {
    return bounds.length;
  }

  /** The upper bound of a bucket from 0 to {@link #size}. */
  public double upper(int bucket) {
    return bucket < bounds.length ? bounds[bucket] : Double.POSITIVE_INFINITY;
  }

  double lower(int bucket) {
    return bucket == 0 ? Double.NEGATIVE_INFINITY : bounds[bucket - 1];
  }

  /** The bounds that both have. */
  CustomBounds common(CustomBounds other) {
    double[] common = new double[Math.min(bounds.length, other.bounds.length)];
    int count = 0;
    int there = 0;
    for (double bound : bounds) {
      while (there < other.bounds.length && other.bounds[there] < bound) {
        there++;
      }
      if (there < other.bounds.length && other.bounds[there] == bound) {
        common[count++] = bound;
      }
    }
    return of(Arrays.copyOf(common, count));
  }

  /** For each bucket of these bounds, the bucket of some of them that it is a part of. */
  int[] placesIn(CustomBounds fewer) {
    int[] places = new int[bounds.length + 1];
    int place = 0;
    for (int bucket = 0; bucket < bounds.length; bucket++) {
      while (fewer.upper(place) < bounds[bucket]) {
        place++;
      }
      places[bucket] = place;
    }
    places[bounds.length] = fewer.size();
    return places;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CustomBounds that && Arrays.equals(bounds, that.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    return Arrays.toString(bounds);
  }
}
