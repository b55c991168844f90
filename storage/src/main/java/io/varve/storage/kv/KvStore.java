package io.varve.storage.kv;

import io.varve.storage.StorageException;
import io.varve.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of ordered byte keys and values, in four families, with atomic batches and snapshots.
 *
 * <p>Thread-safe. Everything throws {@link StorageException} of kind UNAVAILABLE once the store is
 * closed; nothing native is touched then. Closing waits for calls that are under way, then closes
 * what iterators, snapshots and batches are still open (see {@link #abandonedHandles}).
 */
public final class KvStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KvStore.class);

  private final DirectoryLock lock;
  private final Path directory;
  private final KvOptions options;
  private final WriteOptions unsynced = new WriteOptions();
  private final Set<KvHandle> handles = ConcurrentHashMap.newKeySet();

  /** Held shared by every native call, exclusively while the store closes. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  // Replaced by reopen, under the exclusive gate.
  private KvTuning tuning;
  private RocksDB db;
  private Map<KvFamily, ColumnFamilyHandle> families;

  private boolean closed;
  private volatile LogSync logSync = RocksDB::syncWal;

  private final int lostLogRecords;
  private final @Nullable String damage;

  /**
   * @param damage what is wrong with the files, if they could only be opened leniently
   */
  private record Opened(
      KvTuning tuning,
      RocksDB db,
      Map<KvFamily, ColumnFamilyHandle> families,
      @Nullable String damage) {}

  private KvStore(
      Path directory, KvOptions options, DirectoryLock lock, Opened opened, int lostLogRecords) {
    this.lock = lock;
    this.lostLogRecords = lostLogRecords;
    this.damage = opened.damage();
    this.directory = directory;
    this.options = options;
    this.tuning = opened.tuning();
    this.db = opened.db();
    this.families = opened.families();
    KvHandle.countOpened();
  }

  /**
   * Opens the store in a directory, which is created if need be.
   *
   * @throws StorageException of kind UNAVAILABLE if it is in use, of kind CORRUPTION or UNAVAILABLE
   *     if it cannot be read
   */
  public static KvStore open(Path directory, KvOptions options) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageException(
          Kind.UNAVAILABLE, "cannot create data directory " + directory + ": " + e, e);
    }
    loadLibrary();
    DirectoryLock lock = DirectoryLock.of(directory);
    try {
      return open(directory, options, lock);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** Loads RocksDB, for {@link #open} to find it there. Whoever comes second waits. */
  public static synchronized void loadLibrary() {
    RocksDB.loadLibrary();
  }

  private static KvStore open(Path directory, KvOptions options, DirectoryLock lock) {
    KvDamage damage = KvDamage.lookAt(directory);
    try {
      Opened opened = openFiles(directory, options);
      Set<String> tables = new HashSet<>();
      for (LiveFileMetaData file : opened.db().getLiveFilesMetaData()) {
        tables.add(file.fileName().substring(1));
      }
      KvDamage.forgetTables(directory, tables);
      return new KvStore(directory, options, lock, opened, damage.lostLogRecords());
    } catch (StorageException e) {
      if (damage.log() == null || e.kind() != Kind.CORRUPTION) {
        throw e;
      }
      throw new StorageException(
          Kind.CORRUPTION, "log " + damage.log() + " is damaged: " + e.getMessage(), e);
    }
  }

  private static Opened openFiles(Path directory, KvOptions options) {
    try {
      return openFiles(directory, options, null);
    } catch (StorageException e) {
      String message = String.valueOf(e.getMessage());
      if (e.kind() != Kind.CORRUPTION || !message.contains(".sst")) {
        throw e;
      }
      LOG.error("opening what is left of {}", directory, e);
      return openFiles(directory, options, message);
    }
  }

  /**
   * @param damage what is known to be wrong; such files are passed over then
   */
  private static Opened openFiles(Path directory, KvOptions options, @Nullable String damage) {
    KvTuning tuning = new KvTuning(options);
    try {
      DBOptions database = tuning.database().setParanoidChecks(damage == null);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (KvFamily family : KvFamily.values()) {
        descriptors.add(new ColumnFamilyDescriptor(family.nameBytes(), tuning.family(family)));
      }
      List<ColumnFamilyHandle> opened = new ArrayList<>();
      RocksDB db = RocksDB.open(database, directory.toString(), descriptors, opened);
      Map<KvFamily, ColumnFamilyHandle> families = new EnumMap<>(KvFamily.class);
      KvFamily[] order = KvFamily.values();
      for (int i = 0; i < order.length; i++) {
        families.put(order[i], opened.get(i));
      }
      return new Opened(tuning, db, families, damage);
    } catch (RocksDBException e) {
      tuning.close();
      if (KvErrors.isLocked(e)) {
        String holder = KvErrors.isLockedByUs(e) ? "this process already" : "another process";
        throw new StorageException(
            Kind.UNAVAILABLE, "data directory " + directory + " is in use by " + holder, e);
      }
      throw KvErrors.translateOpen(directory, e);
    }
  }

  /** Native objects of this process's stores that are open: zero when all is closed. */
  public static int liveHandles() {
    return KvHandle.live();
  }

  /** Iterators, snapshots and batches that their owner left to the store to close: our bugs. */
  public static int abandonedHandles() {
    return KvHandle.abandoned();
  }

  /** The value of a key, or null if there is none. */
  public byte @Nullable [] get(KvFamily family, byte[] key) {
    Lock pass = enter();
    try {
      return db.get(family(family), key);
    } catch (RocksDBException e) {
      throw KvErrors.translate("read", e);
    } finally {
      pass.unlock();
    }
  }

  public KvBatch newBatch() {
    Lock pass = enter();
    try {
      return new KvBatch(this, families);
    } finally {
      pass.unlock();
    }
  }

  /**
   * Applies a batch, all or nothing.
   *
   * @param sync whether to return only when the device has it; if not, it survives the death of
   *     this process but not of the machine
   */
  public void write(KvBatch batch, boolean sync) {
    Lock pass = enter();
    try {
      synchronized (batch) {
        db.write(unsynced, batch.content());
      }
      // Not by way of the options of the write: others could not write meanwhile.
      if (sync) {
        logSync.sync(db);
      }
    } catch (RocksDBException e) {
      throw KvErrors.translate("write", e);
    } finally {
      pass.unlock();
    }
  }

  /** Makes every batch written so far survive the death of the machine. */
  public void sync() {
    Lock pass = enter();
    try {
      logSync.sync(db);
    } catch (RocksDBException e) {
      throw KvErrors.translate("sync", e);
    } finally {
      pass.unlock();
    }
  }

  public KvSnapshot snapshot() {
    Lock pass = enter();
    try {
      return new KvSnapshot(this, db);
    } finally {
      pass.unlock();
    }
  }

  /** As the other, which may read files. */
  public KvIterator iterator(
      KvFamily family,
      @Nullable KvSnapshot snapshot,
      byte @Nullable [] lowerInclusive,
      byte @Nullable [] upperExclusive) {
    return iterator(family, snapshot, KvTier.FILES, lowerInclusive, upperExclusive);
  }

  /**
   * Opens an iterator, not yet anywhere.
   *
   * @param snapshot the view to read, or null for the present
   * @param tier how far its moves may go
   * @param lowerInclusive keys before it do not exist for the iterator; null for no bound
   * @param upperExclusive keys from it on do not exist for the iterator; null for no bound
   */
  public KvIterator iterator(
      KvFamily family,
      @Nullable KvSnapshot snapshot,
      KvTier tier,
      byte @Nullable [] lowerInclusive,
      byte @Nullable [] upperExclusive) {
    Lock pass = enter();
    try {
      if (snapshot == null) {
        return new KvIterator(this, db, family(family), null, tier, lowerInclusive, upperExclusive);
      }
      synchronized (snapshot) {
        return new KvIterator(
            this, db, family(family), snapshot, tier, lowerInclusive, upperExclusive);
      }
    } finally {
      pass.unlock();
    }
  }

  /** Writes what the family has in memory to files. */
  public void flush(KvFamily family) {
    Lock pass = enter();
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      db.flush(options, family(family));
    } catch (RocksDBException e) {
      throw KvErrors.translate("flush", e);
    } finally {
      pass.unlock();
    }
  }

  /**
   * Deletes at once the files that hold nothing but keys from {@code start}, inclusive, to {@code
   * end}, exclusive. Keys in other files stay, and snapshots may lose what they saw.
   */
  public void deleteFilesInRange(KvFamily family, byte[] start, byte[] end) {
    Lock pass = enter();
    try {
      db.deleteFilesInRanges(family(family), List.of(start, end), false);
    } catch (RocksDBException e) {
      throw KvErrors.translate("delete files", e);
    } finally {
      pass.unlock();
    }
  }

  /** Merges all files of a family; for tools and tests, as it may take long. */
  public void compact(KvFamily family) {
    Lock pass = enter();
    try {
      db.compactRange(family(family));
    } catch (RocksDBException e) {
      throw KvErrors.translate("compact", e);
    } finally {
      pass.unlock();
    }
  }

  /**
   * Rewrites the files that hold keys from {@code start}, inclusive, to {@code end}, exclusive, so
   * that what was deleted there takes no more space.
   */
  public void compactRange(KvFamily family, byte[] start, byte[] end) {
    Lock pass = enter();
    try {
      db.compactRange(family(family), start, end);
    } catch (RocksDBException e) {
      throw KvErrors.translate("compact", e);
    } finally {
      pass.unlock();
    }
  }

  /** Whole log records that were not replayed because the log is damaged before them. */
  public int lostLogRecords() {
    return lostLogRecords;
  }

  /**
   * What is wrong with files that were passed over to open the rest, or null. Nothing should be
   * written to such a store.
   */
  public @Nullable String damage() {
    return damage;
  }

  /** Whether a write refused for lack of space will be possible again without {@link #reopen}. */
  public static boolean recoversByItself(StorageException refusal) {
    return refusal.getCause() instanceof RocksDBException cause && KvErrors.isNoSpace(cause);
  }

  /** The table that cannot be read, by the name of its file, if that is the problem; or null. */
  public static @Nullable String damagedTable(StorageException problem) {
    return problem.kind() == Kind.CORRUPTION
        ? KvErrors.tableIn(String.valueOf(problem.getMessage()))
        : null;
  }

  /** Whether the store is open; waits while it is being closed or reopened. */
  public boolean isOpen() {
    Lock pass = gate.readLock();
    pass.lock();
    try {
      return !closed;
    } finally {
      pass.unlock();
    }
  }

  /**
   * Makes a copy as of now that can be opened, in a directory that does not exist yet: links to
   * files that never change, copies of the others.
   */
  public void checkpoint(Path target) {
    Lock pass = enter();
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw KvErrors.translate("copy the store to " + target, e);
    } finally {
      pass.unlock();
    }
  }

  /** Bytes in the live files of a family. */
  public long fileBytes(KvFamily family) {
    return property(family, "rocksdb.live-sst-files-size");
  }

  /** Bytes in the memtables of a family. */
  public long memtableBytes(KvFamily family) {
    return property(family, "rocksdb.cur-size-all-mem-tables");
  }

  /** Native memory in use for cached blocks and memtables of all families. */
  public long cacheUsageBytes() {
    Lock pass = enter();
    try {
      return tuning.cacheUsageBytes();
    } finally {
      pass.unlock();
    }
  }

  @Override
  public void close() {
    Lock exclusive = gate.writeLock();
    exclusive.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      int forgotten = handles.size();
      if (forgotten > 0) {
        LOG.warn("closing {} iterators, snapshots or batches that nobody closed", forgotten);
        // Iterators first: they hold on to their snapshot.
        handles.stream().filter(KvIterator.class::isInstance).forEach(KvHandle::abandon);
        handles.forEach(KvHandle::abandon);
      }
      closeFiles();
      unsynced.close();
      KvHandle.countClosed();
      lock.close();
    } finally {
      exclusive.unlock();
    }
  }

  /**
   * Closes the files and opens them again, as a crash and a restart would: the only way on after
   * some failed writes. Iterators, snapshots and batches that are open are closed by it; those who
   * use them get an exception of kind UNAVAILABLE and may open others.
   *
   * @throws StorageException if the files cannot be opened again; the store is closed then
   */
  public void reopen() {
    Lock exclusive = gate.writeLock();
    exclusive.lock();
    boolean wasClosed = closed;
    try {
      if (wasClosed) {
        throw new StorageException(Kind.UNAVAILABLE, "the store is closed");
      }
      handles.stream().filter(KvIterator.class::isInstance).forEach(KvHandle::close);
      handles.forEach(KvHandle::close);
      closeFiles();
      closed = true;
      Opened opened = openFiles(directory, options);
      tuning = opened.tuning();
      db = opened.db();
      families = opened.families();
      closed = false;
    } finally {
      if (closed && !wasClosed) {
        unsynced.close();
        KvHandle.countClosed();
      }
      exclusive.unlock();
    }
  }

  private void closeFiles() {
    db.cancelAllBackgroundWork(true);
    families.values().forEach(ColumnFamilyHandle::close);
    db.close();
    tuning.close();
  }

  void setLogSync(LogSync another) {
    logSync = another;
  }

  void register(KvHandle handle) {
    handles.add(handle);
  }

  void unregister(KvHandle handle) {
    handles.remove(handle);
  }

  private long property(KvFamily family, String name) {
    Lock pass = enter();
    try {
      return db.getLongProperty(family(family), name);
    } catch (RocksDBException e) {
      throw KvErrors.translate("read a property", e);
    } finally {
      pass.unlock();
    }
  }

  private Lock enter() {
    Lock pass = gate.readLock();
    pass.lock();
    if (closed) {
      pass.unlock();
      throw new StorageException(Kind.UNAVAILABLE, "the store is closed");
    }
    return pass;
  }

  private ColumnFamilyHandle family(KvFamily family) {
    ColumnFamilyHandle handle = families.get(family);
    if (handle == null) {
      throw new IllegalStateException("family is not open: " + family);
    }
    return handle;
  }
}
