package io.varve.server.http;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether queries are to be tried on the event loop that reads them.
 *
 * <p>A hand-off to a query thread and back wakes two threads, which takes longer than a query for a
 * few hundred rows. So such are answered where they arrive, within the bounds of {@code BriefWork};
 * what turns out not to be brief is given up and begins anew on a query thread. Each attempt given
 * up has the next ones left out, twice as many as the one before, up to {@value #MAX_LEFT_OUT}:
 * where the disk is slow, code is not compiled yet or queries just are not brief, that costs next
 * to nothing. Thread-safe; races only change how many are left out.
 */
final class BriefQueries {
  static final int MAX_LEFT_OUT = 255;

  private final AtomicInteger toLeaveOut = new AtomicInteger();
  private volatile int lastLeftOut;

  /** Whether to try the next query. */
  boolean mayTry() {
    return toLeaveOut.get() <= 0 || toLeaveOut.getAndDecrement() <= 0;
  }

  void answered() {
    if (lastLeftOut != 0) {
      lastLeftOut = 0;
    }
  }

  void givenUp() {
    int next = Math.min(MAX_LEFT_OUT, 2 * lastLeftOut + 1);
    lastLeftOut = next;
    toLeaveOut.set(next);
  }
}
