package io.varve.query;

import io.varve.query.operator.SegmentPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all queries of an engine share: threads that help with large scans, and a number of bytes
 * they may hold together.
 *
 * <p>A query runs on the thread that reads its answer; helpers only take over parts that can be
 * done on the side, and a query that gets none is merely slower. The threads are daemons and end
 * when nobody has needed them for some seconds, so there is nothing to close. Thread-safe.
 */
public final class QueryResources {
  private static final int MAX_QUEUED = 1024;
  private static final long IDLE_SECONDS = 10;
  private static final AtomicInteger THREADS = new AtomicInteger();

  /** About a millisecond; opening a part costs some 100 microseconds for its working space. */
  private static final int PART_COST = 512;

  /** Memory for rows that is kept between queries. */
  private static final long MAX_POOLED_BYTES = 16 << 20;

  private final int workers;
  private final int partCost;
  private final long maxBytes;
  private final AtomicLong usedBytes = new AtomicLong();
  private final SegmentPool segments;
  private final ThreadPoolExecutor helpers;

  /**
   * @param workers threads that may work on one query at a time, the reader's among them, and
   *     helpers in all; at least 1, which means no helpers
   * @param maxBytes memory for the state of all queries together
   */
  public QueryResources(int workers, long maxBytes) {
    this(workers, maxBytes, PART_COST);
  }

  /**
   * As the other constructor, for scans in parts of any size.
   *
   * @param partCost the least work of a part, in chunks read; what sums of floats are in their last
   *     digit depends on it, as it says which are added first
   */
  public QueryResources(int workers, long maxBytes, int partCost) {
    if (workers < 1 || maxBytes < 0) {
      throw new IllegalArgumentException("workers " + workers + ", bytes " + maxBytes);
    }
    this.workers = workers;
    this.partCost = partCost;
    this.maxBytes = maxBytes;
    segments = new SegmentPool(Math.min(MAX_POOLED_BYTES, maxBytes / 8));
    helpers =
        new ThreadPoolExecutor(
            workers,
            workers,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_QUEUED),
            task -> {
              Thread thread = new Thread(task, "scan-" + THREADS.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    helpers.allowCoreThreadTimeOut(true);
  }

  /** As many workers as there are cores; a quarter of the heap. */
  public static QueryResources defaults() {
    return new QueryResources(
        Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory() / 4);
  }

  /** Threads that may work on one query. */
  public int workers() {
    return workers;
  }

  public int partCost() {
    return partCost;
  }

  /** Memory for rows of large answers, used again. */
  public SegmentPool segments() {
    return segments;
  }

  /** Gives a task to a helper, sooner or later; false if too many are waiting. */
  public boolean offer(Runnable task) {
    if (workers == 1) {
      return false;
    }
    try {
      helpers.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Takes a task back that no helper has begun; false if there is none. */
  public boolean withdraw(Runnable task) {
    return helpers.remove(task);
  }

  /**
   * Sets bytes aside for a query, before it takes them.
   *
   * @throws QueryException if all queries together would hold more than they may
   */
  public void reserve(long bytes) {
    long used = usedBytes.addAndGet(bytes);
    if (used > maxBytes || used < 0) {
      usedBytes.addAndGet(-bytes);
      throw new QueryException(
          "max-query-memory limit exceeded: all queries together would need "
              + used
              + " bytes of state, the limit is "
              + maxBytes);
    }
  }

  /** Gives bytes back. */
  public void release(long bytes) {
    usedBytes.addAndGet(-bytes);
  }

  /** Bytes set aside now; 0 when no query runs. */
  public long usedBytes() {
    return usedBytes.get();
  }
}
