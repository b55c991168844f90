package io.varve.storage;

import io.varve.storage.model.PointBatch;
import org.jspecify.annotations.Nullable;

/** Sees the batches that are written, to pass them on. Thread-safe. */
public interface WriteListener {
  /**
   * Looks at a batch before it is stored; called by the thread that writes it, so it must not
   * block. The batch may be read only until this returns.
   *
   * @return what to do once any of the batch is stored, or null for nothing; runs on the commit
   *     thread and must neither block nor throw
   */
  @Nullable Runnable offer(Database database, String policy, PointBatch batch);
}
