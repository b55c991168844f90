package io.varve.server.socket;

import io.varve.server.ingest.LineProtocolParser;
import io.varve.server.metrics.DoorCounters;
import io.varve.storage.StorageException;
import io.varve.storage.Varve;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Parses what comes through a door and gives it to the engine, batch by batch. For one thread,
 * except what runs when a batch is stored.
 */
final class LineIntake {
  private final Varve store;
  private final LineTarget target;
  private final DoorCounters counters;
  private final Complaints complaints;
  private final LineProtocolParser parser = new LineProtocolParser();

  LineIntake(Varve store, LineTarget target, DoorCounters counters, Complaints complaints) {
    this.store = store;
    this.target = target;
    this.counters = counters;
    this.complaints = complaints;
  }

  private static long nowNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /** Starts a batch; a line begun before goes on. */
  void openBatch(PointBatch batch) {
    batch.clear();
    parser.resume(batch, target.precision(), nowNanos());
  }

  void feed(byte[] bytes, int length) {
    counters.bytes.add(length);
    parser.feed(bytes, 0, length);
  }

  /** Parses a whole message: its last line may lack the newline. */
  void feedWhole(byte[] bytes, int length) {
    feed(bytes, length);
    parser.finish();
  }

  boolean isInsideLine() {
    return parser.isInsideLine();
  }

  /** Counts and reports what was wrong with the lines of the batch that is being filled. */
  void closeBatch(PointBatch batch) {
    int failed = parser.failedLines();
    int dropped = parser.droppedRows();
    counters.failedLines.add(failed);
    counters.droppedPoints.add(dropped);
    counters.values.add(batch.valueCount());
    if (failed > 0) {
      complaints.add(parser.errors());
    }
    String complaint = parser.complaint();
    if (complaint != null) {
      complaints.add(complaint);
    }
  }

  /** Gives a batch to the engine; the future fails as {@code Database.write} does. */
  CompletableFuture<WriteResult> write(PointBatch batch) {
    try {
      return target
          .open(store)
          .write(target.policyOrNull(), batch)
          .whenComplete((result, failure) -> count(result));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void count(@Nullable WriteResult result) {
    if (result == null) {
      return;
    }
    counters.batches.increment();
    counters.points.add(result.storedRows());
    counters.droppedPoints.add(result.droppedRows());
    String reason = result.reason();
    if (reason != null) {
      complaints.add(reason);
    }
  }

  /** Counts a batch that is given up, and says why; our own faults go to the log in full. */
  void giveUp(PointBatch batch, Throwable failure, Logger log) {
    counters.failedBatches.increment();
    counters.droppedPoints.add(batch.rowCount());
    Throwable cause = cause(failure);
    if (cause instanceof StorageException) {
      complaints.add(String.valueOf(cause.getMessage()));
    } else {
      log.error("a write failed", cause);
    }
  }

  static Throwable cause(Throwable failure) {
    Throwable inner = failure.getCause();
    return failure instanceof CompletionException && inner != null ? inner : failure;
  }

  /** Whether the same batch may be stored later, if only after a restart. */
  static boolean isPassing(Throwable failure) {
    return cause(failure) instanceof StorageException problem
        && (problem.kind() == StorageException.Kind.RESOURCES
            || problem.kind() == StorageException.Kind.UNAVAILABLE);
  }
}
