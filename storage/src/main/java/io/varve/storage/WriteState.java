package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.kv.KvStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether writes are taken, and if not, why.
 *
 * <p>Three things stop them. <em>Failed</em>: a write went wrong in a way after which memory and
 * disk may differ, a failed sync above all; ends when the store is reopened. <em>Suspended</em>:
 * the operating system refused a write for lack of space; nothing of it counts, and the store tries
 * on its own whether there is space again. <em>Short</em>: so little space is left that new points
 * are refused before that happens, while drops still work. Thread-safe.
 */
final class WriteState {
  private static final Logger LOG = LoggerFactory.getLogger(WriteState.class);

  private volatile @Nullable StorageException failure;
  private volatile @Nullable String damagedTable;
  private volatile @Nullable StorageException suspension;
  private volatile @Nullable String shortage;

  /** What went wrong cannot be made good while the store is open. */
  synchronized void fail(Throwable cause) {
    if (failure == null) {
      LOG.error("the store is read-only from here on", cause);
      damagedTable = cause instanceof StorageException known ? KvStore.damagedTable(known) : null;
      failure =
          new StorageException(
              Kind.UNAVAILABLE,
              "the store is read-only until it is reopened, after this failure: "
                  + cause.getMessage(),
              cause);
    }
  }

  /** A write has failed and nothing of it counts: {@link #fail}, or suspended if space lacked. */
  synchronized void writeFailed(Throwable cause) {
    if (!(cause instanceof StorageException known) || known.kind() != Kind.RESOURCES) {
      fail(cause);
    } else if (suspension == null) {
      LOG.warn("no writes are taken until there is disk space again: {}", cause.getMessage());
      suspension =
          new StorageException(
              Kind.RESOURCES,
              "no writes are taken until there is disk space again: " + cause.getMessage(),
              cause);
    }
  }

  /** A write has gone through again. */
  synchronized void resumed() {
    if (suspension != null) {
      LOG.info("writes are taken again");
      suspension = null;
    }
  }

  /** Refuses new points for this reason; null to take them. */
  synchronized void setShortage(@Nullable String reason) {
    if (reason != null && shortage == null) {
      LOG.warn("{}", reason);
    }
    shortage = reason;
  }

  /** The table that RocksDB had to read in order to go on, but could not; or null. */
  @Nullable String damagedTable() {
    return damagedTable;
  }

  boolean hasFailed() {
    return failure != null;
  }

  boolean isSuspended() {
    return suspension != null;
  }

  /** Why new points are refused, or null. */
  @Nullable String reason() {
    StorageException failed = failure;
    StorageException suspended = suspension;
    if (failed != null) {
      return failed.getMessage();
    }
    return suspended != null ? suspended.getMessage() : shortage;
  }

  /** Throws if nothing can be written at all. */
  void ensureNotStopped() {
    throwIf(failure);
    throwIf(suspension);
  }

  /** Throws if no new points are taken. */
  void ensureWritable() {
    ensureNotStopped();
    String lacking = shortage;
    if (lacking != null) {
      throw new StorageException(Kind.RESOURCES, lacking);
    }
  }

  /** A new exception each time, so that its trace shows who asked. */
  private static void throwIf(@Nullable StorageException known) {
    if (known != null) {
      throw new StorageException(known.kind(), String.valueOf(known.getMessage()), known);
    }
  }
}
