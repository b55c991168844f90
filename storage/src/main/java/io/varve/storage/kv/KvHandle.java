package io.varve.storage.kv;

import io.varve.storage.StorageException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A native object that belongs to a {@link KvStore} and dies before it.
 *
 * <p>RocksDB crashes the process when anything is used after the database was closed. So each
 * handle runs its native calls under its own (uncontended) lock and looks first whether it is
 * closed, and a closing store closes the handles its callers forgot. Such a handle then throws
 * instead of crashing.
 */
abstract class KvHandle implements AutoCloseable {
  private static final AtomicInteger LIVE = new AtomicInteger();
  private static final AtomicInteger ABANDONED = new AtomicInteger();

  private final KvStore store;
  private boolean closed;

  /** Subclasses call {@link #opened} as the last thing in their constructor. */
  KvHandle(KvStore store) {
    this.store = store;
  }

  /** Handles of all stores of this process that are open now, the stores themselves included. */
  static int live() {
    return LIVE.get();
  }

  /** Handles of all stores of this process that were closed by their store, not by their owner. */
  static int abandoned() {
    return ABANDONED.get();
  }

  static void countOpened() {
    LIVE.incrementAndGet();
  }

  static void countClosed() {
    LIVE.decrementAndGet();
  }

  final void opened() {
    countOpened();
    store.register(this);
  }

  /** To be called under the lock before every native call. */
  final void ensureOpen() {
    if (closed) {
      throw new StorageException(StorageException.Kind.UNAVAILABLE, "the store is closed");
    }
  }

  /** Frees the native object; called once, under the lock. */
  abstract void free();

  @Override
  public final synchronized void close() {
    if (!closed) {
      closed = true;
      free();
      store.unregister(this);
      countClosed();
    }
  }

  /** Closes on behalf of an owner who forgot. */
  final synchronized void abandon() {
    if (!closed) {
      ABANDONED.incrementAndGet();
      close();
    }
  }
}
