package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.head.FrozenGroups;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvStore;
import io.varve.storage.lifecycle.Catalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that moves rows from heads into chunks.
 *
 * <p>It stores the groups that are full as they become so. When the log has grown enough it makes a
 * <em>checkpoint</em>: notes the last log record applied, stores every series that has changed,
 * full or not, while commits go on, and then has the commit thread note in one synced batch that
 * the log up to there is redundant and delete it. A crash at any moment leaves either the old
 * checkpoint or the new one; what was stored in between is then stored a second time, which readers
 * resolve.
 *
 * <p>Never waits for the commit thread, as that one may wait for it.
 */
final class Flusher implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SWEEP_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A log memtable smaller than this is not worth a flush after a checkpoint. */
  private static final long MIN_FLUSH_BYTES = 4 << 20;

  /** Log files smaller than this are not worth a compaction. */
  private static final long MIN_COMPACTED_LOG_BYTES = 1 << 16;

  private sealed interface Request {}

  private record Seal(Shard shard, int seriesId, long coveredSequence) implements Request {}

  private record SealMany(Shard shard, int[] seriesIds, long coveredSequence) implements Request {}

  private record Checkpoint(CompletableFuture<@Nullable Void> done) implements Request {}

  private record Stored(CompletableFuture<@Nullable Void> done) implements Request {}

  private record Relieved() implements Request {}

  private record FlushLog() implements Request {}

  private record Reclaim(byte[] start, byte[] end) implements Request {}

  private record Wake() implements Request {}

  private record Stop() implements Request {}

  private final Engine engine;
  private final Thread thread = new Thread(this, "varve-flush");

  /** Bounded by the heads: each entry stands for rows in them. */
  private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();

  private final ReentrantLock progressLock = new ReentrantLock();
  private final Condition progress = progressLock.newCondition();

  private final List<Request> taken = new ArrayList<>();

  private volatile boolean checkpointRunning;
  private volatile boolean relieving;
  private volatile boolean wakeRequested;
  private volatile boolean ended;
  private long nextTickNanos;
  private long nextSweepNanos;

  Flusher(Engine engine) {
    this.engine = engine;
    thread.setDaemon(true);
  }

  void start() {
    engine.checkDiskSpace();
    thread.start();
  }

  /**
   * A group of the series has become full.
   *
   * @param coveredSequence see {@link ChunkWriter#addFull}
   */
  void seal(Shard shard, int seriesId, long coveredSequence) {
    requests.add(new Seal(shard, seriesId, coveredSequence));
  }

  /** Completes when everything applied so far is in chunks and its log deleted. */
  CompletableFuture<@Nullable Void> checkpoint() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    requests.add(new Checkpoint(done));
    if (ended) {
      abandonRequests();
    }
    return done;
  }

  /** Completes when the groups that are to be stored by now are. */
  CompletableFuture<@Nullable Void> stored() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    requests.add(new Stored(done));
    if (ended) {
      abandonRequests();
    }
    return done;
  }

  /** Stores what could not be stored while writes were suspended. */
  void catchUp() {
    requests.add(new Checkpoint(new CompletableFuture<>()));
  }

  /** Gives the space of a range of deleted chunks back to the disk. */
  void reclaim(byte[] start, byte[] end) {
    requests.add(new Reclaim(start, end));
  }

  /** Looks whether the log has grown enough for a checkpoint. Commit thread. */
  void noteLogGrowth() {
    if (!wakeRequested && checkpointDue()) {
      wakeRequested = true;
      requests.add(new Wake());
    }
  }

  /**
   * Ends open groups so that they can be stored, those of the oldest shards first, in each those of
   * series without recent rows first, until the rest fits three quarters of the budget. Commit
   * thread.
   */
  void relieve() {
    if (relieving) {
      return;
    }
    relieving = true;
    long target = engine.headBytes() - engine.budgets().headBytes() / 4 * 3;
    List<Shard> shards = new ArrayList<>(engine.shards());
    shards.sort(Comparator.comparingLong(shard -> shard.bounds().endHours()));
    for (Shard shard : shards) {
      if (target <= 0) {
        break;
      }
      target -= shard.head().trim();
      if (target > 0 && shard.head().seriesCount() > 0) {
        FrozenGroups frozen = shard.head().freezeIdle(target);
        target -= frozen.bytes();
        requests.add(new SealMany(shard, frozen.seriesIds(), engine.commits().appliedSequence()));
      }
    }
    requests.add(new Relieved());
  }

  /** Waits until the heads are below a size. Commit thread. */
  void awaitHeadsBelow(long bytes) {
    progressLock.lock();
    try {
      while (relieving && !ended && !engine.hasFailed() && engine.headBytes() >= bytes) {
        progress.awaitUninterruptibly();
      }
    } finally {
      progressLock.unlock();
    }
  }

  /** Ends the thread, without a checkpoint. */
  void close() {
    requests.add(new Stop());
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

  @Override
  @SuppressWarnings("CatchingUnchecked") // whatever it is, the store must not look healthy
  public void run() {
    try {
      loop();
    } catch (Throwable e) {
      engine.fail(e);
    } finally {
      ended = true;
      relieving = false;
      requests.addAll(taken);
      abandonRequests();
      signalProgress();
    }
  }

  private void loop() throws InterruptedException {
    nextTickNanos = System.nanoTime();
    nextSweepNanos = nextTickNanos + SWEEP_NANOS;
    while (true) {
      long wait = nextTickNanos - System.nanoTime();
      Request first = requests.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
      if (first != null) {
        taken.add(first);
        requests.drainTo(taken);
      }
      if (engine.hasFailed()) {
        return;
      }
      attempt(() -> store(taken));
      for (Request request : taken) {
        if (request instanceof Stop) {
          return;
        }
        if (request instanceof Checkpoint checkpoint) {
          runCheckpoint(checkpoint.done());
        } else if (request instanceof Stored stored) {
          stored.done().complete(null);
        } else if (request instanceof Relieved) {
          relieving = false;
          signalProgress();
        } else if (request instanceof FlushLog) {
          attempt(() -> flushLog(engine.kv()));
        } else if (request instanceof Reclaim reclaim) {
          attempt(() -> giveBack(reclaim));
        }
      }
      taken.clear();
      wakeRequested = false;
      if (checkpointDue() && !checkpointRunning) {
        runCheckpoint(new CompletableFuture<>());
      }
      if (System.nanoTime() - nextTickNanos >= 0) {
        nextTickNanos = System.nanoTime() + TICK_NANOS;
        tick();
      }
    }
  }

  /**
   * Does something that may fail for lack of space. What is not stored then stays in the heads, and
   * {@link #catchUp} sees to it later.
   */
  private void attempt(Runnable action) {
    if (engine.isSuspended()) {
      return;
    }
    try {
      action.run();
    } catch (StorageException e) {
      engine.writeFailed(e);
      if (engine.hasFailed()) {
        throw e;
      }
    }
  }

  /** Most goes with whole files; what is in the newest files, mixed, is rewritten. */
  private void giveBack(Reclaim range) {
    engine.kv().flush(KvFamily.CHUNK);
    engine.kv().deleteFilesInRange(KvFamily.CHUNK, range.start(), range.end());
    engine.kv().compactRange(KvFamily.CHUNK, range.start(), range.end());
  }

  /** Stores the full groups that the requests are about, each series once. */
  private void store(List<Request> taken) {
    Map<Shard, Map<Integer, Long>> seriesByShard = new LinkedHashMap<>();
    for (Request request : taken) {
      if (request instanceof Seal seal) {
        seriesByShard
            .computeIfAbsent(seal.shard(), any -> new LinkedHashMap<>())
            .merge(seal.seriesId(), seal.coveredSequence(), Math::max);
      } else if (request instanceof SealMany many) {
        Map<Integer, Long> series =
            seriesByShard.computeIfAbsent(many.shard(), any -> new LinkedHashMap<>());
        for (int seriesId : many.seriesIds()) {
          series.merge(seriesId, many.coveredSequence(), Math::max);
        }
      }
    }
    if (seriesByShard.isEmpty()) {
      return;
    }
    try (ChunkWriter writer = new ChunkWriter(engine)) {
      seriesByShard.forEach(
          (shard, covered) -> {
            int[] series = covered.keySet().stream().mapToInt(Integer::intValue).toArray();
            storeSeries(
                writer,
                series,
                id ->
                    writer.addFull(shard, id, shard.head().seal(id), covered.getOrDefault(id, 0L)));
          });
    }
  }

  private void storeSeries(ChunkWriter writer, int[] series, IntConsumer add) {
    int at = 0;
    while (at < series.length) {
      engine.storeLock().lock();
      try {
        while (at < series.length && !writer.isFull()) {
          add.accept(series[at++]);
        }
        writer.commit();
      } finally {
        engine.storeLock().unlock();
      }
      signalProgress();
    }
  }

  private boolean checkpointDue() {
    return !checkpointRunning
        && !engine.isSuspended()
        && engine.logBytes().get() >= engine.budgets().checkpointBytes();
  }

  private void runCheckpoint(CompletableFuture<@Nullable Void> done) {
    checkpointRunning = true;
    done.whenComplete((none, problem) -> checkpointRunning = false);
    try {
      engine.ensureNotFailed();
      storeDirtySeries(done);
    } catch (StorageException e) {
      engine.writeFailed(e);
      done.completeExceptionally(e);
      if (engine.hasFailed()) {
        throw e;
      }
    }
  }

  private void storeDirtySeries(CompletableFuture<@Nullable Void> done) {
    long sequence = engine.commits().appliedSequence();
    long bytes = engine.logBytes().get();
    try (ChunkWriter writer = new ChunkWriter(engine)) {
      for (Shard shard : engine.shards()) {
        storeSeries(
            writer,
            shard.head().dirtySeries(),
            id -> writer.add(shard, shard.head().checkpoint(id)));
      }
    }
    engine
        .commits()
        .submit(() -> finishCheckpoint(sequence, bytes))
        .whenComplete(
            (none, problem) -> {
              if (problem == null) {
                done.complete(null);
              } else {
                engine.writeFailed(problem);
                done.completeExceptionally(problem);
              }
            });
  }

  /** Says that the log up to a record is redundant, and deletes it. Commit thread. */
  private @Nullable Void finishCheckpoint(long sequence, long bytes) {
    Catalog catalog = new Catalog();
    List<Shard> stored = new ArrayList<>();
    try (KvBatch batch = engine.kv().newBatch()) {
      for (Shard shard : engine.shards()) {
        if (shard.index().seriesChanged()) {
          IndexRecords.putSeries(batch, shard);
          stored.add(shard);
        }
      }
      catalog.putCheckpoint(batch, sequence);
      batch.deleteRange(KvFamily.RAW, LogKeys.record(0), LogKeys.record(sequence + 1));
      engine.kv().write(batch, true);
    }
    stored.forEach(shard -> shard.index().seriesStored());
    engine.setCheckpointSequence(sequence);
    engine.logBytes().addAndGet(-bytes);
    if (engine.kv().memtableBytes(KvFamily.RAW) >= MIN_FLUSH_BYTES) {
      requests.add(new FlushLog());
    }
    return null;
  }

  private void tick() {
    engine.checkDiskSpace();
    if (engine.isSuspended()) {
      engine.commits().submit(engine::tryToResume);
    }
    if (System.nanoTime() - nextSweepNanos >= 0) {
      nextSweepNanos = System.nanoTime() + SWEEP_NANOS;
      engine.commits().submit(this::sweep);
    }
  }

  /**
   * Drops expired shards and ends the open groups of past ones. While rows come to a past shard,
   * its groups may still become full; and as long as its newest rows are in the head, the last of
   * them are at hand. Commit thread.
   */
  private @Nullable Void sweep() {
    engine.dropExpired();
    long latest = engine.endedBeforeNanos();
    for (Shard shard : engine.shards()) {
      boolean idle = shard.isIdle();
      if (idle && shard.head().seriesCount() > 0 && shard.bounds().lastNanos() < latest) {
        seal(shard);
      }
    }
    return null;
  }

  /**
   * Empties the log's memtable. Most of it is deleted and never reaches a file; what came in while
   * the checkpoint ran does, and is deleted only by the next one: then that file goes too.
   */
  static void flushLog(KvStore kv) {
    kv.flush(KvFamily.RAW);
    if (kv.fileBytes(KvFamily.RAW) >= MIN_COMPACTED_LOG_BYTES) {
      kv.compact(KvFamily.RAW);
    }
  }

  /** Ends all open groups, so that they are stored as they are. Commit thread. */
  @Nullable Void sealAll() {
    for (Shard shard : engine.shards()) {
      if (shard.head().seriesCount() > 0) {
        seal(shard);
      }
    }
    return null;
  }

  /** Ends the open groups of some series, so that they are stored as they are. Commit thread. */
  @Nullable Void seal(Shard shard, RoaringBitmap seriesIds) {
    RoaringBitmap sealed =
        RoaringBitmap.and(seriesIds, RoaringBitmap.bitmapOf(shard.head().seriesIds()));
    sealed.forEach((int seriesId) -> shard.head().freeze(seriesId));
    requests.add(new SealMany(shard, sealed.toArray(), engine.commits().appliedSequence()));
    return null;
  }

  private void seal(Shard shard) {
    shard.head().freezeAll();
    requests.add(new SealMany(shard, shard.head().seriesIds(), engine.commits().appliedSequence()));
  }

  private void signalProgress() {
    progressLock.lock();
    try {
      progress.signalAll();
    } finally {
      progressLock.unlock();
    }
  }

  private void abandonRequests() {
    for (Request request = requests.poll(); request != null; request = requests.poll()) {
      CompletableFuture<@Nullable Void> done = null;
      if (request instanceof Checkpoint checkpoint) {
        done = checkpoint.done();
      } else if (request instanceof Stored stored) {
        done = stored.done();
      }
      if (done != null) {
        done.completeExceptionally(new StorageException(Kind.UNAVAILABLE, "the store is closed"));
      }
    }
    LOG.debug("the flusher has ended");
  }
}
