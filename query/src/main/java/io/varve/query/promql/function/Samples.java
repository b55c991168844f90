package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one series in time order, no time twice, stale markers already removed. A buffer
 * to be filled again for the next series; it grows to the largest series seen and is bounded by the
 * sample limit of the query that fills it. Not thread-safe.
 *
 * <p>A place may stand for several samples, see {@link Condenser}: then {@link #countOf} knows how
 * many there are, and what the value is depends on what was wanted.
 *
 * <p>A sample is a float or a native histogram. Histograms are in an array of their own, which
 * there is only if there are some; the float beside one is 0.
 */
public final class Samples {
  private static final int MIN_CAPACITY = 64;

  /** A time and a value. */
  private static final int SAMPLE_BYTES = 16;

  private long[] timesMillis = new long[MIN_CAPACITY];
  private double[] values = new double[MIN_CAPACITY];
  private int count;

  /** Samples up to and with each place, if some place stands for several. */
  private long[] upTo = new long[0];

  private boolean condensed;

  /** Null while there are none; else as long as the values, null where the sample is a float. */
  private @Nullable FloatHistogram @Nullable [] histograms;

  private long histogramBytes;

  /** Times of the first {@link #count} places; valid until the next change. */
  public long[] timesMillis() {
    return timesMillis;
  }

  /** Values of the first {@link #count} places; valid until the next change. */
  public double[] values() {
    return values;
  }

  public int count() {
    return count;
  }

  public void clear() {
    count = 0;
    condensed = false;
    histograms = null;
    histogramBytes = 0;
  }

  /** Whether some place stands for several samples. */
  public boolean isCondensed() {
    return condensed;
  }

  /** How many samples the places {@code [from, to)} stand for. */
  public long countOf(int from, int to) {
    if (!condensed || from == to) {
      return (long) to - from;
    }
    return upTo[to - 1] - (from == 0 ? 0 : upTo[from - 1]);
  }

  /** Adds a place that stands for so many samples. */
  public void addCondensed(long timeMillis, double value, int samples) {
    long before = countOf(0, count);
    if (!condensed) {
      reserveCounts();
      for (int i = 0; i < count; i++) {
        upTo[i] = i + 1L;
      }
      condensed = true;
    }
    reserve(count + 1);
    reserveCounts();
    timesMillis[count] = timeMillis;
    values[count] = value;
    upTo[count++] = before + samples;
  }

  private void reserveCounts() {
    if (upTo.length < values.length) {
      upTo = Arrays.copyOf(upTo, values.length);
    }
  }

  /** Counts the places from one on, each of which stands for one sample. */
  private void countFrom(int from) {
    if (condensed) {
      reserveCounts();
      long before = from == 0 ? 0 : upTo[from - 1];
      for (int i = from; i < count; i++) {
        upTo[i] = ++before;
      }
    }
  }

  /** Whether some samples are histograms. */
  public boolean hasHistograms() {
    return histograms != null;
  }

  /** The histogram of a sample; null if it is a float. */
  public @Nullable FloatHistogram histogram(int place) {
    return histograms == null ? null : histograms[place];
  }

  /** How many samples it counts for in memory: a histogram for as many as its bytes would be. */
  public long weight() {
    return count + histogramBytes / SAMPLE_BYTES;
  }

  /** Adds a sample, in place of the last one if that is of the same time. */
  public void put(long timeMillis, FloatHistogram histogram) {
    put(timeMillis, 0);
    if (histograms == null) {
      histograms = new FloatHistogram[values.length];
    }
    histograms[count - 1] = histogram;
    histogramBytes += histogram.sizeBytes();
  }

  public void add(long timeMillis, double value) {
    if (count == values.length) {
      reserve(count + 1);
    }
    timesMillis[count] = timeMillis;
    values[count++] = value;
    countFrom(count - 1);
  }

  /** Adds a sample, in place of the last one if that is of the same time. */
  public void put(long timeMillis, double value) {
    if (count > 0 && timesMillis[count - 1] == timeMillis) {
      values[count - 1] = value;
      if (histograms != null) {
        histograms[count - 1] = null;
      }
    } else {
      add(timeMillis, value);
    }
  }

  /** Adds a sample of others, as one of another time. */
  public void put(long timeMillis, Samples others, int place) {
    FloatHistogram histogram = others.histogram(place);
    if (histogram == null) {
      put(timeMillis, others.values[place]);
    } else {
      put(timeMillis, histogram);
    }
  }

  /** Adds the value that a series of results has at a step, be it a float or a histogram. */
  public void put(long timeMillis, StepValues newValues, int step) {
    FloatHistogram histogram = newValues.histogram(step);
    if (histogram == null) {
      put(timeMillis, newValues.get(step));
    } else {
      put(timeMillis, histogram);
    }
  }

  /** Adds the samples of a batch; if its first is of the time of the last one, in place of that. */
  public void append(SampleBatch batch) {
    int rows = batch.count();
    if (histograms != null) {
      for (int row = 0; row < rows; row++) {
        put(batch.timeMillis(row), batch.values()[row]);
      }
      return;
    }
    if (rows == 0) {
      return;
    }
    int weight = batch.samples(rows) - (rows - 1);
    if (weight > 1) {
      for (int row = 0; row < rows - 1; row++) {
        put(batch.timeMillis(row), batch.values()[row]);
      }
      addCondensed(batch.lastMillis(), batch.values()[rows - 1], weight);
      return;
    }
    int from = count > 0 && timesMillis[count - 1] == batch.timeMillis(0) ? count - 1 : count;
    reserve(from + rows);
    batch.copyTimes(timesMillis, from);
    System.arraycopy(batch.values(), 0, values, from, rows);
    count = from + rows;
    countFrom(from);
  }

  /** The time of the last place; there is one. */
  long lastMillis() {
    return timesMillis[count - 1];
  }

  /** Removes the first places of samples without histograms. */
  void removeFirst(int places) {
    int left = count - places;
    long before = countOf(0, places);
    System.arraycopy(timesMillis, places, timesMillis, 0, left);
    System.arraycopy(values, places, values, 0, left);
    if (condensed) {
      for (int i = 0; i < left; i++) {
        upTo[i] = upTo[places + i] - before;
      }
    }
    count = left;
  }

  /** A copy that takes no more room than it needs. */
  public Samples copy() {
    Samples copy = new Samples();
    copy.timesMillis = Arrays.copyOf(timesMillis, count);
    copy.values = Arrays.copyOf(values, count);
    copy.histograms = histograms == null ? null : Arrays.copyOf(histograms, count);
    copy.count = count;
    copy.histogramBytes = histogramBytes;
    return copy;
  }

  /** Makes room for so many samples in all. */
  public void reserve(int capacity) {
    if (capacity > values.length) {
      int grown = Math.max(capacity, values.length + (values.length >> 1));
      timesMillis = Arrays.copyOf(timesMillis, grown);
      values = Arrays.copyOf(values, grown);
      if (histograms != null) {
        histograms = Arrays.copyOf(histograms, grown);
      }
    }
  }
}
