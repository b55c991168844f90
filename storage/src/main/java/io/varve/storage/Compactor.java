package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.lifecycle.TombstoneRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that rewrites the chunks of a shard once it has ended, so that readers find few, full
 * and disjoint row groups without deleted rows, and tombstones can go.
 *
 * <p>Goes from series to series by the keys that are there ({@link SeriesCompaction}), holding the
 * store lock for one series at a time and resting in between. Series with chunks of groups that are
 * not full are passed over: those are the flusher's. When it has come through a shard without
 * leaving anything out, the commit thread notes in one synced batch that the shard is compacted and
 * removes the tombstones that have done their work. A crash at any moment leaves series that are
 * compacted and others that are not, and the work starts anew.
 */
final class Compactor implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

  private static final long SWEEP_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A number of changes that no shard has. */
  private static final long NOT_COMPACTED = -1;

  /** A shard that could not be finished is left alone for so long. */
  private static final long RETRY_NANOS = TimeUnit.HOURS.toNanos(1);

  /** In the background, after each so many bytes written, a rest of so many milliseconds. */
  private static final long BURST_BYTES = 1 << 20;

  private static final long REST_MILLIS = 50;

  /** Each attempt is in vain if a checkpoint comes in between. */
  private static final int MAX_DELETION_ATTEMPTS = 3;

  /**
   * @param deletionsOf the shard whose tombstones are to go, or null
   */
  private record Request(
      boolean endedOnly, @Nullable Shard deletionsOf, CompletableFuture<@Nullable Void> done) {}

  private final Engine engine;
  private final Thread thread = new Thread(this, "varve-compact");
  private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final AtomicLong chunksRewritten = new AtomicLong();
  private final Map<Shard, Long> retryNanos = new HashMap<>();
  private volatile boolean closing;

  /** What one batch of a series may hold; it is in memory. */
  private volatile long maxBatchBytes = 64 << 20;

  Compactor(Engine engine) {
    this.engine = engine;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Compacts all shards that need it, ended or not; what is in heads stays out. */
  CompletableFuture<@Nullable Void> compactAll() {
    return request(false, null);
  }

  /** Compacts at once what the next sweep would. */
  CompletableFuture<@Nullable Void> compactEnded() {
    return request(true, null);
  }

  /** Compacts the series with tombstones of a shard, in use or not, and removes the tombstones. */
  CompletableFuture<@Nullable Void> compactDeletions(Shard shard) {
    return request(false, shard);
  }

  private CompletableFuture<@Nullable Void> request(
      boolean endedOnly, @Nullable Shard deletionsOf) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    requests.add(new Request(endedOnly, deletionsOf, done));
    if (closing) {
      abandonRequests();
    }
    return done;
  }

  /** Changes how large one batch becomes, for tests. */
  void setMaxBatchBytes(long bytes) {
    maxBatchBytes = bytes;
  }

  /** Chunks that were replaced or removed since the store was opened. */
  long chunksRewritten() {
    return chunksRewritten.get();
  }

  /** Ends the thread, after the series it is at. */
  void close() {
    closing = true;
    requests.add(new Request(true, null, new CompletableFuture<>()));
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
    abandonRequests();
  }

  @Override
  @SuppressWarnings("CatchingUnchecked") // whatever it is, the store must not look healthy
  public void run() {
    try {
      while (!closing) {
        Request request = requests.poll(SWEEP_NANOS, TimeUnit.NANOSECONDS);
        if (closing || engine.hasFailed()) {
          if (request != null) {
            abandon(request);
          }
          continue;
        }
        if (request == null) {
          sweep();
        } else {
          answer(request);
        }
      }
    } catch (Throwable e) {
      engine.fail(e);
    } finally {
      closing = true;
      abandonRequests();
    }
  }

  /** Compacts what has ended, at a low rate. */
  private void sweep() {
    if (!engine.health().writable()) {
      return;
    }
    long latest = engine.endedBeforeNanos();
    long now = System.nanoTime();
    retryNanos.keySet().removeIf(Shard::isDropped);
    for (Shard shard : engine.shards()) {
      boolean due = now - retryNanos.getOrDefault(shard, now) >= 0;
      if (due && !shard.isCompacted() && shard.bounds().lastNanos() < latest) {
        try {
          if (!compact(shard, true)) {
            retryNanos.put(shard, System.nanoTime() + RETRY_NANOS);
          }
        } catch (StorageException e) {
          // Nothing is lost: each series is as it was, or compacted.
          LOG.warn("cannot compact shard {} now", shard.bounds(), e);
          if (!engine.isSuspended()) {
            retryNanos.put(shard, System.nanoTime() + RETRY_NANOS);
          }
        }
      }
      if (closing || engine.isSuspended()) {
        return;
      }
    }
  }

  private void answer(Request request) {
    try {
      Shard deletionsOf = request.deletionsOf();
      if (deletionsOf != null) {
        removeDeletions(deletionsOf);
      } else if (request.endedOnly()) {
        sweep();
      } else {
        for (Shard shard : engine.shards()) {
          if (!shard.isCompacted() && !closing) {
            compact(shard, false);
          }
        }
      }
      request.done().complete(null);
    } catch (StorageException e) {
      // What it says about writes is known already.
      request.done().completeExceptionally(e);
    } catch (RuntimeException e) {
      request.done().completeExceptionally(e);
      throw e;
    }
  }

  /**
   * Compacts those series of a shard that have tombstones, and removes those that there are now.
   *
   * <p>The log up to them goes with a checkpoint; chunks of groups that are not full, which the
   * flusher would replace, with the open groups of these series. New rows may come meanwhile: they
   * are in the head and have nothing to do with it.
   */
  private void removeDeletions(Shard shard) {
    for (int attempt = 0; attempt < MAX_DELETION_ATTEMPTS; attempt++) {
      List<TombstoneRecord> tombstones = shard.tombstones();
      if (tombstones.size() < Shard.MAX_TOMBSTONES) {
        return;
      }
      RoaringBitmap seriesIds = new RoaringBitmap();
      tombstones.forEach(tombstone -> seriesIds.or(tombstone.series()));
      Engine.await(engine.flusher().checkpoint());
      Engine.await(engine.commits().submit(() -> engine.flusher().seal(shard, seriesIds)));
      Engine.await(engine.flusher().stored());
      long changes = engine.changesOf(shard);
      RoaringBitmap emptied = new RoaringBitmap();
      boolean complete = true;
      try (SeriesCompaction compaction = new SeriesCompaction(engine, shard, maxBatchBytes)) {
        for (int seriesId : seriesIds) {
          engine.storeLock().lock();
          try {
            if (closing || shard.isDropped() || engine.hasFailed() || engine.isSuspended()) {
              return;
            }
            complete &= compaction.compact(seriesId);
          } finally {
            engine.storeLock().unlock();
          }
          chunksRewritten.addAndGet(compaction.takeRewritten());
          if (compaction.hasEmptied()) {
            emptied.add(seriesId);
          }
        }
      }
      if (!emptied.isEmpty()) {
        Engine.await(
            engine.commits().submit(() -> UnusedSeries.leave(engine, shard, emptied, changes)));
      }
      if (complete) {
        Engine.await(engine.commits().submit(() -> finish(shard, tombstones, NOT_COMPACTED)));
      }
    }
    if (shard.tombstones().size() >= Shard.MAX_TOMBSTONES) {
      throw new StorageException(
          Kind.RESOURCES,
          "no more deletes from shard "
              + shard.bounds()
              + " until it is compacted, which fails: "
              + Shard.MAX_TOMBSTONES
              + " wait for it");
    }
  }

  /** Compacts a shard; false if something had to be left for later. */
  private boolean compact(Shard shard, boolean resting) {
    List<TombstoneRecord> tombstones = shard.tombstones();
    boolean complete = true;
    long sinceRest = 0;
    long changes = engine.changesOf(shard);
    RoaringBitmap emptied = shard.index().series();
    byte[] from = ChunkKeys.shardPrefix(shard.policy().id(), shard.bounds().startHours());
    byte[] end = ChunkKeys.successor(from);
    try (SeriesCompaction compaction = new SeriesCompaction(engine, shard, maxBatchBytes)) {
      for (byte[] series = nextSeries(from, end);
          series != null;
          series = nextSeries(ChunkKeys.successor(series), end)) {
        engine.storeLock().lock();
        try {
          if (closing || shard.isDropped() || engine.hasFailed() || engine.isSuspended()) {
            return false;
          }
          int seriesId = ChunkKeys.seriesId(Arrays.copyOf(series, ChunkKeys.BYTES));
          complete &= compaction.compact(seriesId);
          if (!compaction.hasEmptied()) {
            emptied.remove(seriesId);
          }
        } finally {
          engine.storeLock().unlock();
        }
        chunksRewritten.addAndGet(compaction.takeRewritten());
        sinceRest += compaction.lastBytes();
        if (resting && sinceRest >= BURST_BYTES) {
          sinceRest = 0;
          rest();
        }
      }
    }
    if (!emptied.isEmpty()) {
      Engine.await(
          engine.commits().submit(() -> UnusedSeries.leave(engine, shard, emptied, changes)));
    }
    if (!complete) {
      return false;
    }
    return Engine.await(engine.commits().submit(() -> finish(shard, tombstones, changes)));
  }

  /** Notes that a shard is compacted, and removes tombstones. Commit thread. */
  private boolean finish(Shard shard, List<TombstoneRecord> tombstones, long changes) {
    engine.storeLock().lock();
    try {
      if (shard.isDropped()) {
        return true;
      }
      engine.ensureNotFailed();
      // The log may bring rows of a younger tombstone back.
      List<TombstoneRecord> done =
          tombstones.stream()
              .filter(tombstone -> tombstone.logSequence() <= engine.checkpointSequence())
              .filter(shard.tombstones()::contains)
              .toList();
      boolean compacted = shard.changes() == changes && shard.tombstones().equals(done);
      Catalog catalog = new Catalog();
      try (KvBatch batch = engine.kv().newBatch()) {
        done.forEach(tombstone -> catalog.deleteTombstone(batch, tombstone));
        if (compacted) {
          catalog.putCompacted(batch, shard.key());
        }
        if (batch.count() > 0) {
          engine.kv().write(batch, true);
        }
      } catch (StorageException e) {
        engine.writeFailed(e);
        throw e;
      }
      shard.removeTombstones(done);
      if (compacted) {
        shard.markCompacted();
      }
      return compacted;
    } finally {
      engine.storeLock().unlock();
    }
  }

  /** The prefix of the first series with chunks at or behind a key, or null. */
  private byte @Nullable [] nextSeries(byte[] from, byte[] end) {
    try (KvIterator keys = engine.kv().iterator(KvFamily.CHUNK, null, from, end)) {
      return keys.seekFirst() ? Arrays.copyOf(keys.key(), ChunkKeys.SERIES_PREFIX_BYTES) : null;
    }
  }

  private void rest() {
    try {
      Request waiting = requests.poll(REST_MILLIS, TimeUnit.MILLISECONDS);
      if (waiting != null && waiting.deletionsOf() != null) {
        // Somebody waits for it, and it is soon done.
        answer(waiting);
      } else if (waiting != null) {
        requests.add(waiting);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void abandonRequests() {
    for (Request request = requests.poll(); request != null; request = requests.poll()) {
      abandon(request);
    }
  }

  private static void abandon(Request request) {
    request
        .done()
        .completeExceptionally(
            new StorageException(Kind.UNAVAILABLE, "the store is closed or read-only"));
  }
}
