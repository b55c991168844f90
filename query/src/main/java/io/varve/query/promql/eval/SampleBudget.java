package io.varve.query.promql.eval;

import io.varve.query.QueryException;
import io.varve.query.QueryResources;
import io.varve.query.promql.PromException;
import io.varve.query.promql.function.StepValues;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Counts the values an evaluation has in memory, and stops it when they are too many or nobody
 * waits for it any more.
 *
 * <p>Values are counted by {@link Hold}s before they are allocated, and given back when a hold is
 * closed: what counts is what is live. Their bytes count for all queries of an engine together.
 * Thread-safe; holds are not.
 */
final class SampleBudget implements AutoCloseable {
  /** A time and a value. */
  private static final long SAMPLE_BYTES = 16;

  /** A time, a value, and up to four numbers that functions note down about it. */
  private static final long READ_BYTES = 48;

  /** A value and its presence, rounded up. */
  private static final long STEP_BYTES = 9;

  /** Labels, which are mostly shared text, and the objects around a series. */
  private static final long SERIES_BYTES = 256;

  /** Values taken between two looks at the clock: some 10 microseconds of work. */
  private static final long UNCHECKED_SAMPLES = 2048;

  /** A series without values, beside its values: its labels cost, too. */
  private static final long SAMPLES_PER_TAKE = 16;

  /** Bytes that a hold may set aside before it needs them. */
  private static final long MOST_BYTES_AHEAD = 1 << 16;

  private final long maxSamples;
  private final BooleanSupplier cancelled;
  private final QueryResources resources;
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  SampleBudget(EvalSettings settings) {
    this.maxSamples = settings.maxSamples();
    this.cancelled = settings.cancelled();
    this.resources = settings.resources();
  }

  QueryResources resources() {
    return resources;
  }

  /** Throws if the evaluation is to end. Also asked as holds take something, now and then. */
  void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new PromException(PromException.Kind.CANCELED, "query was canceled");
    }
  }

  /** A hold that has nothing yet. */
  Hold hold() {
    return new Hold();
  }

  /** Gives back what holds still have; they are not used afterwards. */
  @Override
  public void close() {
    resources.release(bytes.getAndSet(0));
    samples.set(0);
  }

  /** What one part of the evaluation has in memory. */
  final class Hold implements AutoCloseable {
    private long heldSamples;
    private long heldBytes;

    /** What is set aside for this: what it holds, and at most as much again. */
    private long reservedBytes;

    /** What has been taken since somebody looked whether the evaluation is to end. */
    private long unchecked = UNCHECKED_SAMPLES;

    private Hold() {}

    /** Takes a series of so many steps. */
    void takeSeries(int steps) {
      take(steps, steps * STEP_BYTES + SERIES_BYTES);
    }

    /** Takes a copy of a series. */
    void takeSeries(StepValues values) {
      takeSeries(values.steps());
      takeHistograms(values);
    }

    /** Takes the histograms of a series; each counts for as many samples as its bytes would be. */
    void takeHistograms(StepValues values) {
      if (values.hasHistograms()) {
        long bytes = values.histogramBytes();
        take(bytes / SAMPLE_BYTES, bytes);
      }
    }

    /** Takes histograms that are new by their bytes. */
    void takeHistogramBytes(long bytes) {
      take(bytes / SAMPLE_BYTES, bytes);
    }

    /** Grows to hold histograms of so many bytes; given back when the evaluation ends. */
    void growHistograms(long bytes) {
      if (bytes > heldBytes) {
        takeHistogramBytes(bytes - heldBytes);
      }
    }

    /** Takes numbers, one for each of so many steps. */
    void takeSteps(long steps) {
      take(steps, steps * STEP_BYTES);
    }

    /** Takes times and values. */
    void takeSamples(long count) {
      take(count, count * SAMPLE_BYTES);
    }

    /** Grows to hold so many samples that are being read. */
    void growReading(long count) {
      if (count > heldSamples) {
        long more = count - heldSamples;
        take(more, more * READ_BYTES);
      } else {
        checkCancelled();
      }
    }

    private void take(long moreSamples, long moreBytes) {
      unchecked += SAMPLES_PER_TAKE + moreSamples;
      if (unchecked > UNCHECKED_SAMPLES) {
        unchecked = 0;
        checkCancelled();
      }
      if (samples.addAndGet(moreSamples) > maxSamples) {
        samples.addAndGet(-moreSamples);
        throw new PromException(
            PromException.Kind.EXECUTION,
            "query processing would load too many samples into memory in query execution");
      }
      heldSamples += moreSamples;
      long missing = heldBytes + moreBytes - reservedBytes;
      if (missing > 0) {
        reserve(missing + Math.min(heldBytes, MOST_BYTES_AHEAD));
      }
      heldBytes += moreBytes;
    }

    private void reserve(long wanted) {
      try {
        resources.reserve(wanted);
      } catch (QueryException e) {
        throw new PromException(PromException.Kind.EXECUTION, String.valueOf(e.getMessage()));
      }
      reservedBytes += wanted;
      bytes.addAndGet(wanted);
    }

    /** Gives everything back. */
    @Override
    public void close() {
      samples.addAndGet(-heldSamples);
      bytes.addAndGet(-reservedBytes);
      resources.release(reservedBytes);
      heldSamples = 0;
      heldBytes = 0;
      reservedBytes = 0;
    }
  }
}
