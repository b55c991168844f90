package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.head.Moments;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvStore;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RefusedSeries;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an open store consists of, and the order in which the parts start and stop.
 *
 * <p>Three threads change things. The <em>commit</em> thread ({@link GroupCommit}) owns the index,
 * the list of databases, policies and shards, and appends to the heads. The <em>flusher</em>
 * ({@link Flusher}) moves rows from heads into chunks and makes checkpoints. The <em>compactor</em>
 * ({@link Compactor}) rewrites chunks of shards that have ended. Readers take no lock but the one
 * that puts them between two commits, see {@link Moments}.
 */
final class Engine {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** Others may delete, too, when there is room for deletes again. */
  private static final int MAX_DELETE_ATTEMPTS = 20;

  private final Path directory;
  private final VarveOptions options;
  private final Budgets budgets;
  private final ChunkCache chunkCache;
  private final KvStore kv;
  private final Moments moments;
  private final Resumption resumption;
  private final GroupCommit commits;
  private final Flusher flusher;
  private final Compactor compactor;
  private final Admin admin;
  private final Documents documents = new Documents(this, null);
  private final Quarantine quarantine = new Quarantine();
  private final AtomicInteger openReaders = new AtomicInteger();
  private final AtomicLong logBytes = new AtomicLong();

  /** Held while chunks of a shard are written, and while a shard is dropped. */
  private final ReentrantLock storeLock = new ReentrantLock();

  /** Counts the writes of chunks; see {@link PolicyIterator}. */
  private final AtomicLong storeEpoch = new AtomicLong();

  private volatile SortedMap<String, Database> databases = Collections.emptySortedMap();
  private final WriteState writes = new WriteState();
  private volatile int damagedLogRecords;
  private volatile long checkpointSequence;
  private long recoveryHeadBytes;

  /** Commit thread. */
  private long nextShardNumber = 1;

  private volatile boolean stopped;
  private volatile @Nullable WriteListener writeListener;
  private boolean closed;

  private Engine(Path directory, VarveOptions options, KvStore kv, Budgets budgets) {
    this.directory = directory;
    this.options = options;
    this.budgets = budgets;
    this.kv = kv;
    this.moments = new Moments(budgets.retainedBytes());
    this.chunkCache = new ChunkCache(budgets.chunkCacheBytes());
    this.resumption = new Resumption(this, directory);
    this.commits = new GroupCommit(this);
    this.flusher = new Flusher(this);
    this.compactor = new Compactor(this);
    this.admin = new Admin(this);
  }

  static Engine open(Path directory, VarveOptions options) {
    Budgets budgets = Budgets.of(options);
    KvStore kv = KvStore.open(directory, budgets.kv());
    try {
      new Catalog().checkFormat(kv);
      Engine engine = new Engine(directory, options, kv, budgets);
      Recovery recovery = new Recovery(engine);
      Catalog.Counters counters = recovery.run();
      engine.recoveryHeadBytes = recovery.highestHeadBytes();
      engine.admin.start(counters);
      String damage = kv.damage();
      if (damage == null) {
        engine.admin.shards().dropExpired();
        engine.forgetUnusedSeries();
      } else {
        engine.fail(new StorageException(Kind.CORRUPTION, damage));
      }
      engine.commits.start(recovery.lastSequence());
      engine.flusher.start();
      engine.compactor.start();
      return engine;
    } catch (RuntimeException | Error e) {
      kv.close();
      throw e;
    }
  }

  KvStore kv() {
    return kv;
  }

  Moments moments() {
    return moments;
  }

  Path directory() {
    return directory;
  }

  VarveOptions options() {
    return options;
  }

  Budgets budgets() {
    return budgets;
  }

  GroupCommit commits() {
    return commits;
  }

  Flusher flusher() {
    return flusher;
  }

  Compactor compactor() {
    return compactor;
  }

  /** Those of the store itself. */
  Documents documents() {
    return documents;
  }

  Quarantine quarantine() {
    return quarantine;
  }

  ReentrantLock storeLock() {
    return storeLock;
  }

  /** By name; never changed, only replaced. */
  SortedMap<String, Database> databases() {
    return databases;
  }

  /** Commit thread. */
  void addDatabase(Database database) {
    SortedMap<String, Database> changed = new TreeMap<>(databases);
    changed.put(database.name(), database);
    databases = Collections.unmodifiableSortedMap(changed);
  }

  /** Commit thread. */
  void removeDatabase(Database database) {
    SortedMap<String, Database> changed = new TreeMap<>(databases);
    changed.remove(database.name());
    databases = Collections.unmodifiableSortedMap(changed);
  }

  void setNextShardNumber(long number) {
    nextShardNumber = number;
  }

  /** Commit thread. */
  long nextShardNumber() {
    return nextShardNumber;
  }

  /** Commit thread. A number that is taken and then not needed is lost. */
  long takeShardNumber() {
    return nextShardNumber++;
  }

  /** All shards there are. */
  List<Shard> shards() {
    List<Shard> result = new ArrayList<>();
    for (Database database : databases.values()) {
      for (PolicyState policy : database.policies()) {
        result.addAll(policy.shards());
      }
    }
    return result;
  }

  /** Heap held by rows that are not in chunks. */
  long headBytes() {
    long sum = 0;
    for (Shard shard : shards()) {
      sum += shard.head().bytes();
    }
    return sum;
  }

  /** What {@link #headBytes} has been at most while the log was replayed. */
  long recoveryHeadBytes() {
    return recoveryHeadBytes;
  }

  /** Log written since the last checkpoint began. */
  AtomicLong logBytes() {
    return logBytes;
  }

  AtomicInteger openReaders() {
    return openReaders;
  }

  long storeEpoch() {
    return storeEpoch.get();
  }

  ChunkCache chunkCache() {
    return chunkCache;
  }

  /** To be called between writing chunks and taking their rows from the heads; flusher. */
  void advanceStoreEpoch() {
    storeEpoch.incrementAndGet();
  }

  /** The time of the clock in nanoseconds since the epoch, as far as they fit. */
  long nowNanos() {
    long millis = options.clock().millis();
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** A shard that ended before this time is not expected to get many more rows. */
  long endedBeforeNanos() {
    return nowNanos() - options.compactionGrace().toNanos();
  }

  CompletableFuture<WriteResult> write(
      Database database, @Nullable String policy, PointBatch batch) {
    try {
      writes.ensureWritable();
      PolicyState target = database.findPolicy(policy);
      WriteListener listener = writeListener;
      Runnable listening =
          listener == null ? null : listener.offer(database, target.policy().name(), batch);
      CompletableFuture<WriteResult> result = commits.write(target, batch);
      return listening == null ? result : result.thenApply(stored -> tell(listening, stored));
    } catch (StorageException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static WriteResult tell(Runnable listening, WriteResult stored) {
    if (stored.storedRows() > 0) {
      listening.run();
    }
    return stored;
  }

  void listenToWrites(@Nullable WriteListener listener) {
    writeListener = listener;
  }

  SeriesReader reader(PolicyState policy) {
    return new PolicyReader(this, policy, ReadView.open(this, policy));
  }

  /** As {@link Database#tryReader}. */
  @Nullable SeriesReader tryReader(PolicyState policy) {
    ReadView view = ReadView.tryOpen(this, policy);
    return view == null ? null : new PolicyReader(this, policy, view);
  }

  /** Runs a change of the catalogue on the commit thread and waits for it. */
  <T extends @Nullable Object> T administer(Function<Admin, T> change) {
    ensureNotFailed();
    return await(commits.submit(() -> change.apply(admin)));
  }

  /** As {@link Database#delete}. */
  void delete(
      Database database,
      @Nullable String policy,
      String measurement,
      TagPredicate predicate,
      TimeRange range) {
    for (int attempt = 0; attempt < MAX_DELETE_ATTEMPTS; attempt++) {
      Shard full =
          administer(
              admin -> admin.deletions().delete(database, policy, measurement, predicate, range));
      if (full == null) {
        EmptiedSeries.forget(this, database, policy, measurement, predicate, range);
        return;
      }
      await(compactor.compactDeletions(full));
    }
    throw new StorageException(
        Kind.RESOURCES, "too many deletes wait to be compacted: " + Shard.MAX_TOMBSTONES);
  }

  /** {@link Shard#changes}, for any thread. */
  long changesOf(Shard shard) {
    storeLock.lock();
    try {
      return shard.changes();
    } finally {
      storeLock.unlock();
    }
  }

  /** Commit thread. */
  void dropExpired() {
    admin.shards().dropExpired();
  }

  /** Not if rows are missing that should be there: they may come back from a backup. */
  private void forgetUnusedSeries() {
    if (damagedLogRecords == 0) {
      databases.values().forEach(database -> UnusedSeries.forgetAll(this, database));
    }
  }

  void ensureOpen() {
    if (stopped) {
      throw new StorageException(Kind.UNAVAILABLE, "the store is closed");
    }
  }

  void checkpoint() {
    ensureNotFailed();
    await(flusher.checkpoint());
  }

  /** Stores all rows in chunks and compacts every shard that needs it. */
  void compactShards() {
    ensureNotFailed();
    await(commits.submit(flusher::sealAll));
    checkpoint();
    await(compactor.compactAll());
  }

  /** The last log record that is redundant, as noted on disk. */
  long checkpointSequence() {
    return checkpointSequence;
  }

  void setCheckpointSequence(long sequence) {
    checkpointSequence = sequence;
  }

  /** The store cannot go on writing: what is in memory and on disk may differ from here on. */
  void fail(Throwable cause) {
    writes.fail(cause);
  }

  /** A write has failed, and nothing of it counts; see {@link WriteState}. */
  void writeFailed(Throwable cause) {
    writes.writeFailed(cause);
  }

  boolean hasFailed() {
    return writes.hasFailed();
  }

  boolean isSuspended() {
    return writes.isSuspended();
  }

  /** Throws if nothing can be written, not even a drop. */
  void ensureNotFailed() {
    writes.ensureNotStopped();
  }

  /** Tries whether a suspended store can write again. Commit thread. */
  @Nullable Void tryToResume() {
    if (writes.isSuspended() && !writes.hasFailed() && resumption.attempt()) {
      writes.resumed();
      flusher.catchUp();
    }
    return null;
  }

  /** Looks whether the disk has room for more; read-only until it has. */
  void checkDiskSpace() {
    long wanted = budgets.minFreeDiskBytes();
    try {
      boolean enough = Files.getFileStore(directory).getUsableSpace() >= wanted;
      writes.setShortage(
          enough
              ? null
              : "no writes are taken while less than " + wanted + " bytes are free on disk");
    } catch (IOException e) {
      writes.setShortage("cannot tell how much disk space is free: " + e);
    }
  }

  void addDamagedLogRecords(int count) {
    damagedLogRecords = count;
  }

  Health health() {
    String reason = writes.reason();
    return new Health(
        reason == null,
        reason,
        quarantine.list(),
        quarantine.count(),
        damagedLogRecords,
        writes.damagedTable());
  }

  StoreStats stats() {
    int clean = 0;
    int dirty = 0;
    long tombstones = 0;
    for (Shard shard : shards()) {
      clean += shard.isCompacted() ? 1 : 0;
      dirty += shard.isCompacted() ? 0 : 1;
      tombstones += shard.tombstones().size();
    }
    long series = 0;
    RefusedSeries refused = RefusedSeries.NONE;
    for (Database database : databases.values()) {
      series += database.seriesCount();
      refused = refused.plus(database.refusedSeries());
    }
    return new StoreStats(
        commits.commitCount(),
        commits.storedRows(),
        commits.droppedRows(),
        commits.rejectedBatches(),
        commits.queuedBytes(),
        headBytes(),
        budgets.headBytes(),
        logBytes.get(),
        kv.cacheUsageBytes(),
        chunkCache.bytes(),
        kv.fileBytes(KvFamily.CHUNK),
        kv.fileBytes(KvFamily.INDEX),
        kv.fileBytes(KvFamily.RAW),
        clean,
        dirty,
        tombstones,
        compactor.chunksRewritten(),
        series,
        refused,
        openReaders.get(),
        moments.retainedBytes(),
        moments.givenUp(),
        commits.commitDurations(),
        commits.syncDurations());
  }

  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    commits.refuseWrites();
    compactor.close();
    try {
      if (!hasFailed()) {
        checkpointBeforeClose();
      }
    } finally {
      flusher.close();
      commits.close();
      int forgotten = openReaders.get();
      if (forgotten > 0) {
        LOG.warn("closing with {} readers or cursors that nobody closed", forgotten);
      }
      stopped = true;
      kv.close();
    }
  }

  private void checkpointBeforeClose() {
    try {
      // The commit thread works in order: when it is here, every write taken is in the heads.
      await(commits.submit(() -> true));
      await(flusher.checkpoint());
      for (KvFamily family : KvFamily.values()) {
        kv.flush(family);
      }
      Flusher.flushLog(kv);
    } catch (StorageException e) {
      // Nothing is lost: the log has it all.
      LOG.warn("closing without a checkpoint", e);
    }
  }

  static <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException cause) {
        throw new StorageException(cause.kind(), String.valueOf(cause.getMessage()), cause);
      }
      throw e;
    }
  }
}
