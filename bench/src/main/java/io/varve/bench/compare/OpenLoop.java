package io.varve.bench.compare;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * Sends requests at times that were fixed beforehand, whether or not earlier ones were answered in
 * time, and takes latencies from those times.
 *
 * <p>A client that waits for an answer before it sends the next request asks less while the server
 * is slow, so that a stall of a second is one bad latency instead of all those that other clients
 * would have seen in that second (coordinated omission). Here a request that had to wait for its
 * turn is charged with the wait. With a schedule that says "now" (see {@link #AT_ONCE}) latencies
 * are the plain times of service.
 */
final class OpenLoop {
  /** A schedule without times: each request is sent when the one before was answered. */
  static final IntToLongFunction AT_ONCE = number -> Long.MIN_VALUE;

  private static final long MAX_LATENCY_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long SPIN_NANOS = 200_000;

  private final Clock clock;

  /** Time, which tests make up. */
  interface Clock {
    long nanoTime();

    /** Returns at that time, or at once if it has passed. */
    void awaitNanoTime(long nanos);
  }

  /** What is sent; returns once it is answered. */
  interface Request {
    void send(int number) throws IOException, InterruptedException;
  }

  /** The machine's time. Sleeps, and spins for the rest, as sleeps last too long. */
  static final Clock MACHINE =
      new Clock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void awaitNanoTime(long nanos) {
          for (long left = nanos - nanoTime(); left > 0; left = nanos - nanoTime()) {
            if (left > SPIN_NANOS) {
              LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
              Thread.onSpinWait();
            }
          }
        }
      };

  OpenLoop(Clock clock) {
    this.clock = clock;
  }

  /** A histogram of nanoseconds up to an hour, three digits of it. */
  static Histogram newHistogram() {
    return new Histogram(MAX_LATENCY_NANOS, 3);
  }

  /** A schedule with a fixed distance. */
  static IntToLongFunction every(long nanos) {
    return number -> number * nanos;
  }

  /**
   * Sends requests 0 to count - 1, one after the other.
   *
   * @param schedule when each is due, in nanoseconds from the begin of the run
   * @param latencies in nanoseconds
   */
  void run(int count, IntToLongFunction schedule, Request request, Histogram latencies)
      throws IOException, InterruptedException {
    run(count, schedule, request, number -> latencies);
  }

  /** The same with a choice of histograms for the requests. */
  void run(int count, IntToLongFunction schedule, Request request, IntFunction<Histogram> latencies)
      throws IOException, InterruptedException {
    long start = clock.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = schedule.applyAsLong(i);
      long intended = due == Long.MIN_VALUE ? clock.nanoTime() : start + due;
      clock.awaitNanoTime(intended);
      request.send(i);
      long nanos = clock.nanoTime() - intended;
      latencies.apply(i).recordValue(Math.min(MAX_LATENCY_NANOS, nanos));
    }
  }
}
