package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a store that ran out of disk space back to writing.
 *
 * <p>RocksDB comes back from "no space left" on its own: it stores its memtables and begins a new
 * log. Whether it has is found out by a synced write, once a second. A used-up quota or a limit on
 * file sizes it takes for final; then, when a trial file shows that there is space, RocksDB is
 * closed and opened again underneath the running store. Either way the log record that failed may
 * have reached the disk; the trial write deletes it, and the next commit has its number. Commit
 * thread.
 */
final class Resumption {
  private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

  /** Attempts, one per second, that RocksDB gets to come back on its own. */
  private static final int ATTEMPTS_BEFORE_REOPENING = 12;

  private static final String TRIAL_FILE = "space-trial.tmp";
  private static final int TRIAL_BLOCK_BYTES = 1 << 16;

  private final Engine engine;
  private final Path directory;
  private int failedAttempts;

  Resumption(Engine engine, Path directory) {
    this.engine = engine;
    this.directory = directory;
  }

  /** Whether writes go through again. */
  boolean attempt() {
    StorageException refusal = tryWrite();
    if (refusal != null && isReopeningDue(refusal) && hasSpace()) {
      failedAttempts = 0;
      LOG.info("reopening the files, as writes still fail though there is space", refusal);
      reopen();
      refusal = tryWrite();
    }
    if (refusal == null) {
      failedAttempts = 0;
    }
    return refusal == null;
  }

  private boolean isReopeningDue(StorageException refusal) {
    return refusal.kind() == Kind.RESOURCES
        && (!KvStore.recoversByItself(refusal) || ++failedAttempts >= ATTEMPTS_BEFORE_REOPENING);
  }

  private @Nullable StorageException tryWrite() {
    try (KvBatch batch = engine.kv().newBatch()) {
      batch.delete(KvFamily.RAW, LogKeys.record(engine.commits().appliedSequence() + 1));
      engine.kv().write(batch, true);
      return null;
    } catch (StorageException e) {
      if (e.kind() != Kind.RESOURCES) {
        engine.fail(e);
      }
      return e;
    }
  }

  private void reopen() {
    engine.storeLock().lock();
    try {
      // What readers look at as of a moment is closed with the files.
      engine.moments().releaseAll();
      engine.chunkCache().beginChange();
      try {
        engine.kv().reopen();
      } finally {
        engine.shards().forEach(shard -> engine.chunkCache().remove(shard.cachedChunks()));
        engine.chunkCache().endChange();
      }
      engine.advanceStoreEpoch();
    } catch (StorageException e) {
      engine.fail(e);
    } finally {
      engine.storeLock().unlock();
    }
  }

  /** Whether a file can be written that is as large as what RocksDB has in memory. */
  private boolean hasSpace() {
    long bytes = TRIAL_BLOCK_BYTES;
    for (KvFamily family : KvFamily.values()) {
      bytes += engine.kv().memtableBytes(family);
    }
    Path trial = directory.resolve(TRIAL_FILE);
    try {
      try (FileChannel file =
          FileChannel.open(trial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        ByteBuffer block = ByteBuffer.allocate(TRIAL_BLOCK_BYTES);
        while (file.position() < bytes) {
          file.write(block.clear());
        }
        file.force(true);
      } finally {
        Files.deleteIfExists(trial);
      }
      return true;
    } catch (IOException e) {
      LOG.debug("no space yet", e);
      return false;
    }
  }
}
