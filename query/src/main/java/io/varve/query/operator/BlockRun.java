package io.varve.query.operator;

import io.varve.query.QueryException;
import io.varve.query.QueryResources;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work cut into numbered blocks, done by the thread that wants the results and by helpers, and
 * handed out in order.
 *
 * <p>Whoever is free takes the next block. Nobody runs further ahead of the reader than the window,
 * so that a slow client keeps a bounded number of results in memory; then helpers go and do
 * something else until they are called again. An exception is that of the block it came from, and
 * is thrown when its turn comes. {@link #take} and {@link #close} are for one thread.
 */
public final class BlockRun<T> implements AutoCloseable {
  /** Does one block; may run on any thread. */
  @FunctionalInterface
  public interface Work<T> {
    /**
     * @param stopped whether the result is no longer wanted
     */
    T run(int block, BooleanSupplier stopped);
  }

  private record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}

  /** Blocks that may be done or in progress, per worker. */
  private static final int WINDOW_PER_WORKER = 2;

  private final QueryResources resources;
  private final Work<T> work;
  private final int blocks;
  private final int window;
  private final int maxHelpers;
  private final Runnable helper = this::help;
  private final Object lock = new Object();

  // All guarded by the lock.
  private final @Nullable Outcome<T>[] outcomes;
  private int claimed;
  private int taken;
  private int helpers;
  private boolean failed;

  private volatile boolean stopped;

  /**
   * Begins the work.
   *
   * @param alone whether no helpers are to be called
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type.
  public BlockRun(QueryResources resources, int blocks, boolean alone, Work<T> work) {
    this.resources = resources;
    this.work = work;
    this.blocks = blocks;
    maxHelpers = alone ? 0 : resources.workers() - 1;
    window = maxHelpers == 0 ? 1 : WINDOW_PER_WORKER * resources.workers();
    outcomes = new Outcome[blocks];
    synchronized (lock) {
      callHelpers();
    }
  }

  /** The result of the next block. */
  public T take() {
    Outcome<T> outcome = null;
    while (outcome == null) {
      int mine;
      synchronized (lock) {
        outcome = outcomes[taken];
        mine = outcome == null ? claim() : -1;
        while (outcome == null && mine < 0) {
          try {
            lock.wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryException("query interrupted");
          }
          outcome = outcomes[taken];
          mine = outcome == null ? claim() : -1;
        }
        if (outcome != null) {
          outcomes[taken++] = null;
          callHelpers();
        }
      }
      if (mine >= 0) {
        run(mine);
      }
    }
    Throwable failure = outcome.failure();
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    T value = outcome.value();
    if (value == null) {
      throw new IllegalStateException("a block without result", failure);
    }
    return value;
  }

  private void help() {
    while (true) {
      int mine;
      synchronized (lock) {
        mine = claim();
        if (mine < 0) {
          helpers--;
          lock.notifyAll();
          return;
        }
      }
      run(mine);
    }
  }

  private int claim() {
    boolean none = stopped || failed || claimed == blocks || claimed >= taken + window;
    return none ? -1 : claimed++;
  }

  private void run(int block) {
    Outcome<T> outcome;
    try {
      outcome = new Outcome<>(work.run(block, () -> stopped), null);
    } catch (RuntimeException | Error e) {
      outcome = new Outcome<>(null, e);
    }
    synchronized (lock) {
      outcomes[block] = outcome;
      failed |= outcome.failure() != null;
      lock.notifyAll();
    }
  }

  /** One helper less than there are blocks to claim: the reader is going to claim as well. */
  private void callHelpers() {
    int claimable = Math.min(blocks, taken + window) - claimed;
    while (!stopped
        && !failed
        && helpers < Math.min(maxHelpers, claimable - 1)
        && resources.offer(helper)) {
      helpers++;
    }
  }

  /**
   * Stops all work and waits until nobody is doing any. Results that were not taken are handed to
   * the consumer, to be closed.
   */
  void close(Consumer<T> discard) {
    stopped = true;
    boolean interrupted = false;
    synchronized (lock) {
      while (helpers > 0) {
        if (resources.withdraw(helper)) {
          helpers--;
          continue;
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      for (int i = 0; i < blocks; i++) {
        Outcome<T> outcome = outcomes[i];
        outcomes[i] = null;
        if (outcome != null && outcome.value() != null) {
          discard.accept(outcome.value());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(value -> {});
  }
}
