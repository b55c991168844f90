package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One series of results: a value for each step that has one. To be cleared and filled again; grows
 * to the largest number of steps seen. Not thread-safe.
 *
 * <p>A value is a float or a native histogram. Histograms are in an array of their own, which there
 * is only if there are some: whoever knows floats only asks {@link #hasHistograms} once.
 */
public final class StepValues {
  private double[] values = new double[0];
  private long[] present = new long[0];
  private int steps;

  /** Null while there are none; else one place per step, null where the value is a float. */
  private @Nullable FloatHistogram @Nullable [] histograms;

  public StepValues() {}

  public StepValues(int steps) {
    clear(steps);
  }

  /** Sets the number of steps and removes every value. */
  public void clear(int newSteps) {
    int words = words(newSteps);
    if (values.length < newSteps) {
      values = new double[newSteps];
      present = new long[words];
    } else {
      Arrays.fill(present, 0, Math.max(words, words(steps)), 0);
    }
    steps = newSteps;
    histograms = null;
  }

  public int steps() {
    return steps;
  }

  /** One place per step, meaningless where no value is present; valid until the next clear. */
  public double[] values() {
    return values;
  }

  /** Step k is bit {@code k & 63} of word {@code k >>> 6}; the bits past the last step are 0. */
  public long[] presence() {
    return present;
  }

  public boolean isPresent(int step) {
    return (present[step >>> 6] & 1L << step) != 0;
  }

  /** The value of a step at which one is present. */
  public double get(int step) {
    return values[step];
  }

  public void set(int step, double value) {
    values[step] = value;
    present[step >>> 6] |= 1L << step;
    if (histograms != null) {
      histograms[step] = null;
    }
  }

  /** Whether some values may be histograms. */
  public boolean hasHistograms() {
    return histograms != null;
  }

  /** The histogram of a step at which a value is present; null if that is a float. */
  public @Nullable FloatHistogram histogram(int step) {
    return histograms == null ? null : histograms[step];
  }

  public void set(int step, FloatHistogram histogram) {
    if (histograms == null) {
      histograms = new FloatHistogram[steps];
    }
    histograms[step] = histogram;
    values[step] = 0;
    present[step >>> 6] |= 1L << step;
  }

  /** Takes over the value that another of as many steps has at a step, if it has one. */
  public void setFrom(int step, StepValues other) {
    if (!other.isPresent(step)) {
      remove(step);
      return;
    }
    FloatHistogram histogram = other.histogram(step);
    if (histogram == null) {
      set(step, other.get(step));
    } else {
      set(step, histogram);
    }
  }

  /** A copy of the histograms, a place per step, if there may be some. */
  @Nullable FloatHistogram @Nullable [] copyHistograms() {
    return histograms == null ? null : Arrays.copyOf(histograms, steps);
  }

  /** Copies histograms to steps that have values. */
  void setHistograms(@Nullable FloatHistogram @Nullable [] perStep) {
    histograms = perStep == null ? null : Arrays.copyOf(perStep, steps);
  }

  /** Removes the values that are histograms; answers whether there were any. */
  public boolean removeHistograms() {
    boolean any = false;
    if (histograms != null) {
      for (int step = 0; step < steps; step++) {
        if (histograms[step] != null && isPresent(step)) {
          remove(step);
          any = true;
        }
      }
      histograms = null;
    }
    return any;
  }

  /** Replaces each value that is a histogram. */
  public void changeHistograms(UnaryOperator<FloatHistogram> change) {
    if (histograms != null) {
      for (int step = 0; step < steps; step++) {
        FloatHistogram histogram = histograms[step];
        histograms[step] = histogram == null ? null : change.apply(histogram);
      }
    }
  }

  /** Says that all values are floats, those that stand in {@link #values}. */
  public void forgetHistograms() {
    histograms = null;
  }

  /** What the histograms take in memory, roughly. */
  public long histogramBytes() {
    long bytes = 0;
    if (histograms != null) {
      for (int step = 0; step < steps; step++) {
        FloatHistogram histogram = histograms[step];
        bytes += Long.BYTES + (histogram == null ? 0 : histogram.sizeBytes());
      }
    }
    return bytes;
  }

  public void remove(int step) {
    present[step >>> 6] &= ~(1L << step);
  }

  /** Makes the value of the first step that of so many. */
  public void repeatFirst(int newSteps) {
    double value = values[0];
    FloatHistogram histogram = histogram(0);
    clear(newSteps);
    Arrays.fill(values, 0, newSteps, value);
    markAllPresent();
    if (histogram != null) {
      histograms = new FloatHistogram[newSteps];
      Arrays.fill(histograms, histogram);
    }
  }

  /** Says that all steps have the value that stands in {@link #values}. */
  public void markAllPresent() {
    int words = words(steps);
    Arrays.fill(present, 0, words, -1L);
    if ((steps & 63) != 0) {
      present[words - 1] = (1L << steps) - 1;
    }
  }

  /** Says that some steps have the values that stand in {@link #values}. */
  void markPresent(int from, int to) {
    for (int step = from; step < to; ) {
      int end = Math.min(to, (step | Long.SIZE - 1) + 1);
      long bits = -1L >>> (Long.SIZE - (end - step));
      present[step >>> 6] |= bits << step;
      step = end;
    }
  }

  /** Adds the steps at which another of the same length has a value, but not its values. */
  public void addPresence(StepValues other) {
    for (int w = 0; w < words(steps); w++) {
      present[w] |= other.present[w];
    }
  }

  /** The same for one whose first step is a later step of these. */
  void addPresence(StepValues other, int at) {
    int first = at >>> 6;
    for (int w = 0; w < words(other.steps); w++) {
      long bits = other.present[w];
      present[first + w] |= bits << at;
      // What a shift by 64 would be, in two steps.
      long carried = bits >>> 1 >>> ~at;
      if (carried != 0) {
        present[first + w + 1] |= carried;
      }
    }
  }

  /** Sets at which steps there are values to those of another from a step on. */
  void copyPresence(StepValues other, int at) {
    int last = words(steps) - 1;
    for (int w = 0; w <= last; w++) {
      int word = (at >>> 6) + w;
      long next = word + 1 < words(other.steps) ? other.present[word + 1] : 0;
      present[w] = other.present[word] >>> at | next << 1 << ~at;
    }
    if ((steps & 63) != 0) {
      present[last] &= (1L << steps) - 1;
    }
  }

  /** Removes the values of steps at which another of the same length has none, or has one. */
  public void keepPresence(StepValues other, boolean where) {
    for (int w = 0; w < words(steps); w++) {
      present[w] &= where ? other.present[w] : ~other.present[w];
    }
  }

  /** Whether every step has a value. */
  public boolean isFull() {
    int whole = steps >>> 6;
    for (int w = 0; w < whole; w++) {
      if (present[w] != -1L) {
        return false;
      }
    }
    return (steps & 63) == 0 || present[whole] == (1L << steps) - 1;
  }

  /** Takes over steps, values and presence of another. */
  public void copyFrom(StepValues other) {
    clear(other.steps);
    System.arraycopy(other.values, 0, values, 0, steps);
    System.arraycopy(other.present, 0, present, 0, words(steps));
    if (other.histograms != null) {
      histograms = Arrays.copyOf(other.histograms, steps);
    }
  }

  /** Number of steps with a value. */
  public int presentCount() {
    int count = 0;
    for (int w = 0; w < words(steps); w++) {
      count += Long.bitCount(present[w]);
    }
    return count;
  }

  public boolean isEmpty() {
    for (int w = 0; w < words(steps); w++) {
      if (present[w] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int words(int steps) {
    return (steps + 63) >>> 6;
  }
}
