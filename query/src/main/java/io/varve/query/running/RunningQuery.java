package io.varve.query.running;

import io.varve.query.QueryException;
import io.varve.query.RunningQueryLimits;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request while it runs. Thread-safe; closed by whoever began it.
 *
 * <p>Nothing interrupts a query from outside: it asks {@link #isInterrupted} once per batch of
 * rows, which costs two reads of memory, and one of the clock if there is a limit of time.
 */
public final class RunningQuery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningQuery.class);

  /**
   * What a request says about itself.
   *
   * @param text the statements without their passwords; asked for only when somebody looks
   * @param database the one of the request; empty if it names none
   * @param user empty if nobody logged in
   * @param clientGone whether nobody waits for the answer any more
   */
  public record Request(
      Supplier<String> text, String database, String user, BooleanSupplier clientGone) {
    /** A request as it comes, null standing for what it does not say. */
    public static Request of(
        Supplier<String> text,
        @Nullable String database,
        @Nullable String user,
        BooleanSupplier clientGone) {
      return new Request(
          text, database == null ? "" : database, user == null ? "" : user, clientGone);
    }
  }

  private final RunningQueries all;
  private final long id;
  private final Request request;
  private final long startNanos;
  private final AtomicBoolean logged = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean killed;

  RunningQuery(RunningQueries all, long id, Request request, long startNanos) {
    this.all = all;
    this.id = id;
    this.request = request;
    this.startNanos = startNanos;
  }

  /** Unique while the engine is open; counts up from 1. */
  public long id() {
    return id;
  }

  public String text() {
    return request.text().get();
  }

  public String database() {
    return request.database();
  }

  public String user() {
    return request.user();
  }

  public boolean isKilled() {
    return killed;
  }

  /** How long it has been running. */
  public long elapsedNanos() {
    return all.nowNanos() - startNanos;
  }

  /**
   * Whether the query shall end: it was killed, or nobody waits for it. To be asked once per batch
   * of rows, by any thread that works for it.
   *
   * @throws QueryException if it has run for too long
   */
  public boolean isInterrupted() {
    if (killed || request.clientGone().getAsBoolean()) {
      return true;
    }
    RunningQueryLimits limits = all.limits();
    if (limits.timeoutNanos() > 0 || limits.logAfterNanos() > 0) {
      long elapsed = elapsedNanos();
      logIfSlow(elapsed);
      if (limits.timeoutNanos() > 0 && elapsed > limits.timeoutNanos()) {
        throw new QueryException("query-timeout limit exceeded");
      }
    }
    return false;
  }

  private void logIfSlow(long elapsed) {
    long threshold = all.limits().logAfterNanos();
    if (threshold > 0 && elapsed > threshold && logged.compareAndSet(false, true)) {
      LOG.warn(
          "slow query (qid {}, database {}, user {}, running for {} ms): {}",
          id,
          request.database(),
          request.user(),
          elapsed / 1_000_000,
          text());
    }
  }

  void kill() {
    if (killed) {
      throw new QueryException("already killed");
    }
    killed = true;
  }

  /** Ends an attempt that counts as if it had never begun. */
  public void withdraw() {
    if (closed.compareAndSet(false, true)) {
      all.withdraw(this);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      long elapsed = elapsedNanos();
      logIfSlow(elapsed);
      all.end(this, elapsed);
    }
  }
}
