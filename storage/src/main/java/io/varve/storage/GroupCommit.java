package io.varve.storage;

import io.varve.storage.CommitQueue.AdminTask;
import io.varve.storage.CommitQueue.Task;
import io.varve.storage.CommitQueue.WriteTask;
import io.varve.storage.StorageException.Kind;
import io.varve.storage.index.ShardIndex;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ShardRecord;
import io.varve.storage.log.LogRecordEncoder;
import io.varve.storage.model.PointBatch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One thread that makes writes durable, many at a time.
 *
 * <p>While a commit is being synced, requests gather in a queue; the next commit takes as many as
 * fit a megabyte of log. So the cost of a sync is shared by all who wait for it, and a lone writer
 * waits for nobody. A commit looks names up, puts what is new in the index and one log record into
 * one batch, writes it, then shows the rows to readers, then answers. Acknowledged is therefore
 * durable and visible; what could not be written is neither, and nothing is written after it.
 *
 * <p>Changes of the catalogue run on the same thread, in the order of the queue.
 */
final class GroupCommit implements Runnable {
  private static final int MAX_RECORD_BYTES = 1 << 20;

  /** What a commit takes in RocksDB's batch is kept for the next one up to this. */
  private static final int MAX_KEPT_BATCH_BYTES = 4 << 20;

  /** Rows whose places in the heads are looked at together, then appended. */
  private static final int TOUCH_ROWS = 32;

  private final Engine engine;
  private final Thread thread = new Thread(this, "varve-commit");

  private final CommitQueue queue;

  private final Catalog catalog = new Catalog();
  private final LogRecordEncoder encoder = new LogRecordEncoder();
  private final List<StagedWrite> pool = new ArrayList<>();
  private final List<StagedWrite> staged = new ArrayList<>();
  private final List<WriteTask> tasks = new ArrayList<>();

  /** Used again and again: a new one would fault in the pages of a megabyte each time. */
  private @Nullable KvBatch kvBatch;

  /** Not on disk yet; those of a failed commit stay for the next. */
  private final List<Shard> newShards = new ArrayList<>();

  /** Whether something written must be synced by {@link #syncDueNanos}. */
  private boolean syncOwed;

  private long syncDueNanos;
  private long nextSequence;

  private volatile long appliedSequence;
  private final AtomicLong commitCount = new AtomicLong();
  private final AtomicLong storedRows = new AtomicLong();
  private final AtomicLong droppedRows = new AtomicLong();
  private final DurationHistogram commitDurations = new DurationHistogram();
  private final DurationHistogram syncDurations = new DurationHistogram();

  GroupCommit(Engine engine) {
    this.engine = engine;
    queue = new CommitQueue(engine.budgets().queueBytes());
    thread.setDaemon(true);
  }

  void start(long lastSequence) {
    nextSequence = lastSequence + 1;
    appliedSequence = lastSequence;
    thread.start();
  }

  /** The last log record whose rows are all in the heads. */
  long appliedSequence() {
    return appliedSequence;
  }

  CompletableFuture<WriteResult> write(PolicyState policy, PointBatch batch) {
    return queue.add(policy, batch);
  }

  /** Has something done on the commit thread, in its turn. */
  <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> action) {
    return queue.add(action);
  }

  /** Takes no new writes; those in the queue still go through. */
  void refuseWrites() {
    queue.refuseWrites();
  }

  /** Finishes what is in the queue and ends the thread. */
  void close() {
    queue.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  long commitCount() {
    return commitCount.get();
  }

  long storedRows() {
    return storedRows.get();
  }

  long droppedRows() {
    return droppedRows.get();
  }

  long rejectedBatches() {
    return queue.rejectedBatches();
  }

  DurationHistogram.Snapshot commitDurations() {
    return commitDurations.snapshot();
  }

  DurationHistogram.Snapshot syncDurations() {
    return syncDurations.snapshot();
  }

  long queuedBytes() {
    return queue.bytes();
  }

  @Override
  @SuppressWarnings("CatchingUnchecked") // whatever it is, nobody must wait for ever
  public void run() {
    try {
      for (Task task = take(); task != null; task = take()) {
        if (task instanceof AdminTask admin) {
          // It may reopen the files, and with them what batches refer to.
          closeBatch();
          admin.action().run();
        } else if (task instanceof WriteTask write) {
          commit(write);
        } else {
          syncIfDue();
        }
      }
      if (syncOwed && !engine.hasFailed()) {
        engine.kv().sync();
      }
    } catch (Throwable e) {
      engine.fail(e);
    } finally {
      closeBatch();
      queue.abandon();
    }
  }

  private @Nullable Task take() throws InterruptedException {
    return queue.take(syncOwed ? syncDueNanos : null);
  }

  @SuppressWarnings("CatchingUnchecked") // those who wait are told, whatever it is
  private void commit(WriteTask first) {
    tasks.clear();
    encoder.begin();
    boolean persisted = false;
    long startNanos = System.nanoTime();
    try {
      long now = engine.nowNanos();
      WriteTask task = first;
      while (task != null) {
        if (task.policy().isDropped()) {
          task.future().completeExceptionally(task.policy().notFound());
        } else {
          tasks.add(task);
          engine.ensureNotFailed();
          stage(task, now);
        }
        task = encoder.lengthBytes() < MAX_RECORD_BYTES ? queue.takeAnotherWrite() : null;
      }
      persist();
      persisted = true;
      engine.moments().beginChanges();
      try {
        apply();
      } finally {
        engine.moments().endChanges();
      }
    } catch (Throwable e) {
      // Only a refused batch leaves memory and disk the same; what goes wrong after it does not.
      if (persisted) {
        engine.fail(e);
      } else {
        engine.writeFailed(e);
      }
      StorageException answer =
          e instanceof StorageException known
              ? known
              : new StorageException(Kind.UNAVAILABLE, "the write failed: " + e, e);
      tasks.forEach(task -> task.future().completeExceptionally(answer));
      releaseStaged();
      return;
    }
    commitDurations.record(System.nanoTime() - startNanos);
    answer();
    releaseStaged();
    relieveHeads();
  }

  private void stage(WriteTask task, long now) {
    StagedWrite write = pool.isEmpty() ? new StagedWrite() : pool.remove(pool.size() - 1);
    staged.add(write);
    PolicyState policy = task.policy();
    write.stage(policy, task.batch(), now, timestamp -> createShard(policy, timestamp));
    PointBatch batch = task.batch();
    for (int row = 0; row < batch.rowCount(); row++) {
      if (write.shard(row) != null) {
        encoder.add(policy.id(), write.seriesId(row), batch, row, write.fieldIds(row));
      }
    }
  }

  private Shard createShard(PolicyState policy, long timestampNanos) {
    ShardRecord record =
        new ShardRecord(
            policy.id(),
            policy.boundsFor(timestampNanos),
            engine.takeShardNumber(),
            0,
            0,
            nextSequence,
            Long.MIN_VALUE);
    long shardId = Shard.idOf(policy.id(), record.bounds().startHours());
    Shard shard = new Shard(policy, record, new ShardIndex(policy.database().index(), shardId));
    policy.add(shard);
    newShards.add(shard);
    return shard;
  }

  private void persist() {
    Set<Database> touched = new LinkedHashSet<>();
    staged.forEach(write -> touched.add(write.policy().database()));
    KvBatch batch = emptyBatch();
    for (Database database : touched) {
      database.index().drainChanges(IndexRecords.into(batch, database.id()));
    }
    if (!newShards.isEmpty()) {
      catalog.putNextShardNumber(batch, engine.nextShardNumber());
    }
    for (Shard shard : newShards) {
      if (!shard.isDropped() && !shard.policy().isDropped()) {
        catalog.putShard(batch, shard.record());
      }
    }
    if (encoder.rowCount() > 0) {
      byte[] record = encoder.finish();
      batch.putLarge(KvFamily.RAW, LogKeys.record(nextSequence), record, encoder.lengthBytes());
    }
    if (batch.count() > 0) {
      try {
        write(batch, touched);
      } catch (StorageException e) {
        touched.forEach(database -> database.index().changesFailed());
        throw e;
      }
      engine.logBytes().addAndGet(encoder.lengthBytes());
      if (batch.sizeBytes() > MAX_KEPT_BATCH_BYTES) {
        closeBatch();
      }
    }
    newShards.clear();
    touched.forEach(database -> database.index().changesCommitted());
    syncIfDue();
    engine.ensureNotFailed();
  }

  private KvBatch emptyBatch() {
    KvBatch batch = kvBatch;
    if (batch == null) {
      batch = engine.kv().newBatch();
      kvBatch = batch;
    }
    batch.clear();
    return batch;
  }

  private void closeBatch() {
    if (kvBatch != null) {
      kvBatch.close();
      kvBatch = null;
    }
  }

  /** Syncs at once if one of the databases wants it, which covers all that was written before. */
  private void write(KvBatch batch, Set<Database> touched) {
    long interval = Long.MAX_VALUE;
    for (Database database : touched) {
      long wanted = database.syncIntervalNanos();
      interval = wanted < 0 ? interval : Math.min(interval, wanted);
    }
    long startNanos = System.nanoTime();
    engine.kv().write(batch, interval == 0);
    if (interval == 0) {
      syncDurations.record(System.nanoTime() - startNanos);
      syncOwed = false;
    } else if (interval < Long.MAX_VALUE) {
      long due = System.nanoTime() + interval;
      syncDueNanos = syncOwed && syncDueNanos - due < 0 ? syncDueNanos : due;
      syncOwed = true;
    }
  }

  private void apply() {
    for (StagedWrite write : staged) {
      PointBatch batch = write.batch();
      for (int row = 0; row < batch.rowCount(); row++) {
        if (row % TOUCH_ROWS == 0) {
          write.touchHeads(row, Math.min(row + TOUCH_ROWS, batch.rowCount()));
        }
        Shard shard = write.shard(row);
        if (shard != null) {
          int seriesId = write.seriesId(row);
          shard.index().addSeries(seriesId);
          if (shard.head().append(seriesId, batch, row, write.fieldIds(row))) {
            // Rows of this record may be behind the full group, those of all before are not.
            engine.flusher().seal(shard, seriesId, nextSequence - 1);
          }
        }
      }
    }
    if (encoder.rowCount() > 0) {
      appliedSequence = nextSequence++;
    }
  }

  private void answer() {
    commitCount.incrementAndGet();
    for (int i = 0; i < tasks.size(); i++) {
      WriteResult result = staged.get(i).result();
      storedRows.addAndGet(result.storedRows());
      droppedRows.addAndGet(result.droppedRows());
      tasks.get(i).future().complete(result);
    }
  }

  private void releaseStaged() {
    staged.forEach(StagedWrite::clear);
    pool.addAll(staged);
    staged.clear();
    tasks.clear();
  }

  /** Keeps the heads within their budget: asks the flusher to store rows, waits if it must. */
  private void relieveHeads() {
    if (engine.headBytes() > engine.budgets().relieveAboveBytes()) {
      engine.flusher().relieve();
      long budget = engine.budgets().headBytes();
      if (engine.headBytes() > budget) {
        engine.flusher().awaitHeadsBelow(budget);
      }
    }
    engine.flusher().noteLogGrowth();
  }

  private void syncIfDue() {
    if (syncOwed && System.nanoTime() - syncDueNanos >= 0) {
      syncOwed = false;
      long startNanos = System.nanoTime();
      try {
        engine.kv().sync();
        syncDurations.record(System.nanoTime() - startNanos);
      } catch (StorageException e) {
        engine.fail(e);
      }
    }
  }
}
