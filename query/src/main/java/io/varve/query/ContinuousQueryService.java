package io.varve.query;

import io.varve.query.continuous.ContinuousQueryRunner;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs continuous queries when they are due. Thread-safe; closed by whoever
 * started it, before the store. At most one per store should run.
 */
public final class ContinuousQueryService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ContinuousQueryService.class);
  private static final long CLOSE_SECONDS = 30;

  private final ContinuousQueryRunner runner;
  private final AtomicBoolean closing;
  private final ScheduledExecutorService thread;

  ContinuousQueryService(ContinuousQueryRunner runner, AtomicBoolean closing, long intervalMillis) {
    this.runner = runner;
    this.closing = closing;
    thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread created = new Thread(task, "continuous-queries");
              created.setDaemon(true);
              return created;
            });
    thread.scheduleWithFixedDelay(
        this::runDue, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
  }

  private void runDue() {
    try {
      runner.runDue();
    } catch (RuntimeException e) {
      // What is thrown here would end all later runs.
      LOG.error("running continuous queries failed", e);
    }
  }

  /** Runs that wrote what they had to. */
  public long completedRuns() {
    return runner.completedRuns();
  }

  public long failedRuns() {
    return runner.failedRuns();
  }

  /** Ends what is running between two batches of rows and waits for it. */
  @Override
  public void close() {
    closing.set(true);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a continuous query did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
