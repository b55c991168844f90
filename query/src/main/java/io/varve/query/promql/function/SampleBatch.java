package io.varve.query.promql.function;

import java.util.Arrays;

/**
 * Some floats of one series in time order, no time twice: what a series is read in. The arrays are
 * those of whoever filled it, or its own; a batch is to be filled again and again. Not thread-safe.
 *
 * <p>The last place may stand for several samples, see {@link Condenser}.
 */
public final class SampleBatch {
  private static final int MIN_CAPACITY = 8;

  private int count;
  private boolean steady;
  private long firstMillis;
  private long stepMillis;
  private long[] timesMillis = new long[0];
  private double[] values = new double[0];
  private int lastWeight = 1;
  private boolean rising;

  private long[] ownTimes = new long[0];
  private double[] ownValues = new double[0];

  /** Removes all samples, and makes ready for {@link #put}. */
  public void clear() {
    count = 0;
    steady = false;
    lastWeight = 1;
    rising = false;
    timesMillis = ownTimes;
    values = ownValues;
  }

  /** Samples a whole number of milliseconds apart, at least one. */
  public void setSteady(long newFirstMillis, long newStepMillis, double[] newValues, int rows) {
    clear();
    steady = true;
    firstMillis = newFirstMillis;
    stepMillis = newStepMillis;
    values = newValues;
    count = rows;
  }

  /** Samples in arrays that stay the caller's. */
  public void set(long[] newTimesMillis, double[] newValues, int rows) {
    clear();
    timesMillis = newTimesMillis;
    values = newValues;
    count = rows;
  }

  /** An array of its own for values that are to be set; until the next call. */
  public double[] scratch(int rows) {
    if (rows > ownValues.length) {
      ownValues = new double[rows];
    }
    return ownValues;
  }

  /** A single place that stands for so many samples. */
  public void setCondensed(long timeMillis, double value, int samples) {
    clear();
    put(timeMillis, value);
    lastWeight = samples;
  }

  /** Two places that stand for the first of some samples and for all others. */
  public void setEnds(
      long newFirstMillis, double first, long lastMillis, double last, int samples) {
    clear();
    put(newFirstMillis, first);
    put(lastMillis, last);
    lastWeight = samples - 1;
  }

  /** Adds a sample, in place of the last one if that is of the same time. */
  public void put(long timeMillis, double value) {
    if (count == 0 || ownTimes[count - 1] != timeMillis) {
      reserve(count + 1);
      timesMillis = ownTimes;
      values = ownValues;
      ownTimes[count++] = timeMillis;
    }
    ownValues[count - 1] = value;
  }

  private void reserve(int capacity) {
    if (capacity > ownTimes.length) {
      int grown = Math.max(capacity, Math.max(MIN_CAPACITY, ownTimes.length * 2));
      ownTimes = Arrays.copyOf(ownTimes, grown);
    }
    if (capacity > ownValues.length) {
      ownValues = Arrays.copyOf(ownValues, ownTimes.length);
    }
  }

  /** Says that no value is less than one before. */
  public void markRising() {
    rising = true;
  }

  /** Whether it is known that no value is less than one before. */
  public boolean isRising() {
    return rising;
  }

  /** Leaves the last place out, which stands for one sample. */
  public void removeLast() {
    count--;
  }

  public int count() {
    return count;
  }

  /** Whether all neighbours lie equally far apart, and not farther than that. */
  boolean isSteadyWithin(long millis) {
    return steady && stepMillis <= millis;
  }

  /** How many samples the first places stand for. */
  public int samples(int places) {
    return places == count && count > 0 ? count - 1 + lastWeight : places;
  }

  /** Values of the first {@link #count} places. */
  public double[] values() {
    return values;
  }

  public long timeMillis(int place) {
    return steady ? firstMillis + place * stepMillis : timesMillis[place];
  }

  public long lastMillis() {
    return timeMillis(count - 1);
  }

  /** Writes the times into an array from a place on. */
  void copyTimes(long[] into, int at) {
    if (!steady) {
      System.arraycopy(timesMillis, 0, into, at, count);
      return;
    }
    long millis = firstMillis;
    for (int i = at; i < at + count; i++) {
      into[i] = millis;
      millis += stepMillis;
    }
  }

  /**
   * Finds the first place behind each of some edges, all of which lie before the last place.
   *
   * @param edgeMillis the first edge, the others follow at equal distances
   * @param places where to put them, from one index to another
   */
  void placesAfter(long edgeMillis, long distanceMillis, int[] places, int from, int to) {
    if (steady) {
      steadyPlacesAfter(edgeMillis, distanceMillis, places, from, to);
      return;
    }
    long edge = edgeMillis;
    int place = 0;
    for (int k = from; k < to; k++) {
      place = WindowEdges.firstAfter(timesMillis, place, count, edge);
      places[k] = place;
      edge += distanceMillis;
    }
  }

  private void steadyPlacesAfter(
      long edgeMillis, long distanceMillis, int[] places, int from, int to) {
    long edge = edgeMillis;
    int k = from;
    while (k < to && (k == from || places[k - 1] == 0 || distanceMillis % stepMillis != 0)) {
      places[k++] = steadyAfter(edge);
      edge += distanceMillis;
    }
    if (k < to) {
      int stride = (int) Math.min(count, distanceMillis / stepMillis);
      int place = places[k - 1];
      for (; k < to; k++) {
        place += stride;
        places[k] = place;
      }
    }
  }

  private int steadyAfter(long millis) {
    return millis < firstMillis ? 0 : (int) ((millis - firstMillis) / stepMillis) + 1;
  }
}
