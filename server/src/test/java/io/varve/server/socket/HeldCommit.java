package io.varve.server.socket;

import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps a store from storing anything until it is released: what depends on a write runs on the
 * commit thread, and here that waits.
 */
final class HeldCommit implements AutoCloseable {
  private final CountDownLatch released = new CountDownLatch(1);

  HeldCommit(Varve store) throws InterruptedException {
    Database database =
        store.createDatabase("lines", RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
    Thread caller = Thread.currentThread();
    AtomicBoolean held = new AtomicBoolean();
    while (!held.get()) {
      PointBatch batch = new PointBatch();
      batch.beginRow(SeriesKey.of("held", Map.of()));
      batch.add("v", 1.0);
      batch.endRow(1);
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> waiting =
          database
              .write(null, batch)
              .thenRun(
                  () -> {
                    // A write that is done already calls back on this thread: then try again.
                    held.set(Thread.currentThread() != caller);
                    begun.countDown();
                    if (held.get()) {
                      await(released);
                    }
                  });
      begun.await();
      if (waiting.isCompletedExceptionally()) {
        throw new IllegalStateException("the store does not take writes");
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void release() {
    released.countDown();
  }

  @Override
  public void close() {
    release();
  }
}
