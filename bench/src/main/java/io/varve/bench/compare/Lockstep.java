package io.varve.bench.compare;

import java.util.Arrays;

/**
 * Keeps senders together: none runs more than some batches ahead of the slowest, as agents that
 * share a clock do not drift apart either. Thread-safe.
 */
final class Lockstep {
  private final int lead;
  private final int[] done;

  Lockstep(int senders, int lead) {
    this.lead = lead;
    done = new int[senders];
  }

  /** Waits until a batch may be sent. */
  synchronized void await(int batch) throws InterruptedException {
    while (batch > Arrays.stream(done).min().orElse(0) + lead) {
      wait();
    }
  }

  /** Says how many batches a sender has sent. */
  synchronized void reached(int sender, int batches) {
    done[sender] = batches;
    notifyAll();
  }

  /** Says that a sender has sent all it had, or has given up. */
  void finished(int sender) {
    reached(sender, Integer.MAX_VALUE - lead);
  }
}
