package io.varve.query.operator;

import io.varve.query.QueryException;
import io.varve.query.QueryLimits;
import io.varve.query.QueryResources;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one statement may use; asked before memory is taken, and once per batch whether to go on.
 *
 * <p>Memory is counted by {@link Account}s, one per operator. What they hold counts for the
 * statement and for all queries together, and is given back by {@link #close} at the latest. The
 * part of a statement that runs on another thread has a {@link #part} of the budget. Thread-safe;
 * accounts are not.
 */
public final class QueryBudget implements AutoCloseable {
  private final QueryLimits limits;
  private final QueryResources resources;
  private final BooleanSupplier cancelled;
  private final @Nullable QueryBudget whole;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong points = new AtomicLong();

  /** A budget without helpers, and without regard to other queries. */
  public QueryBudget(QueryLimits limits, BooleanSupplier cancelled) {
    this(limits, new QueryResources(1, Long.MAX_VALUE), cancelled);
  }

  public QueryBudget(QueryLimits limits, QueryResources resources, BooleanSupplier cancelled) {
    this(limits, resources, cancelled, null);
  }

  private QueryBudget(
      QueryLimits limits,
      QueryResources resources,
      BooleanSupplier cancelled,
      @Nullable QueryBudget whole) {
    this.limits = limits;
    this.resources = resources;
    this.cancelled = cancelled;
    this.whole = whole;
  }

  public QueryLimits limits() {
    return limits;
  }

  public QueryResources resources() {
    return resources;
  }

  /** Whether this is a part; parts are not divided any further. */
  boolean isPart() {
    return whole != null;
  }

  /**
   * The budget of a part of the statement.
   *
   * @param stopped whether the result of the part is no longer wanted
   */
  QueryBudget part(BooleanSupplier stopped) {
    return new QueryBudget(
        limits,
        resources,
        () -> stopped.getAsBoolean() || cancelled.getAsBoolean(),
        whole == null ? this : whole);
  }

  /** Throws if the query has been cancelled. */
  public void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new QueryException("query interrupted");
    }
  }

  /** Counts points as read; throws if a statement may not read so many. */
  public void readPoints(long count) {
    if (limits.maxSelectPoints() == 0) {
      return;
    }
    long read = (whole == null ? points : whole.points).addAndGet(count);
    if (read > limits.maxSelectPoints()) {
      throw new QueryException(
          "max-select-point limit exceeded: (" + read + "/" + limits.maxSelectPoints() + ")");
    }
  }

  /** Throws if a result may not have this many windows. */
  public void checkWindows(long windows) {
    if (windows > limits.maxSelectBuckets()) {
      throw new QueryException(
          "max-select-buckets limit exceeded: (" + windows + "/" + limits.maxSelectBuckets() + ")");
    }
  }

  /** Throws if a statement may not read this many series. */
  public void checkSeries(long series) {
    if (series > limits.maxSelectSeries()) {
      throw new QueryException(
          "max-select-series limit exceeded: (" + series + "/" + limits.maxSelectSeries() + ")");
    }
  }

  /** Throws if a statement may not keep this many bytes of state. */
  public void checkStateBytes(long needed) {
    if (needed > limits.maxStateBytes()) {
      throw new MemoryLimitException(
          "max-select-memory limit exceeded: the query needs "
              + needed
              + " bytes of state, the limit is "
              + limits.maxStateBytes());
    }
  }

  /** Opens the account of an operator. */
  public Account account() {
    return new Account();
  }

  /** What one operator holds. */
  public final class Account {
    private long held;

    private Account() {}

    /** Comes to hold so many bytes; throws, and changes nothing, if that is too much. */
    public void resize(long wanted) {
      long more = wanted - held;
      if (more > 0) {
        take(more);
      } else if (more < 0) {
        give(-more);
      }
      held = wanted;
    }
  }

  private void take(long more) {
    AtomicLong all = whole == null ? bytes : whole.bytes;
    long needed = all.addAndGet(more);
    try {
      checkStateBytes(needed < 0 ? Long.MAX_VALUE : needed);
      resources.reserve(more);
    } catch (QueryException e) {
      all.addAndGet(-more);
      throw e;
    }
    if (whole != null) {
      bytes.addAndGet(more);
    }
  }

  private void give(long less) {
    resources.release(less);
    bytes.addAndGet(-less);
    if (whole != null) {
      whole.bytes.addAndGet(-less);
    }
  }

  /** Gives back what the accounts hold; they are not used afterwards. */
  @Override
  public void close() {
    long held = bytes.get();
    if (held != 0) {
      give(held);
    }
  }
}
