package io.varve.storage;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open store: a directory with databases in it. Thread-safe.
 *
 * <p>One process opens a directory at a time. Close readers and cursors before the store; those
 * left open fail from then on. Without {@link #close} nothing acknowledged is lost: the next open
 * replays the log.
 */
public final class Varve implements AutoCloseable {
  private final Engine engine;

  private Varve(Engine engine) {
    this.engine = engine;
  }

  /** Opens a store with the default options, creating it if need be. */
  public static Varve open(Path directory) {
    return open(directory, VarveOptions.defaults());
  }

  /**
   * Opens a store, creating it if need be, and replays what its log has.
   *
   * @throws StorageException of kind UNAVAILABLE if the directory is in use or of another format
   *     version, of kind CORRUPTION if the catalogue or an index cannot be read
   */
  public static Varve open(Path directory, VarveOptions options) {
    return new Varve(Engine.open(directory, options));
  }

  /**
   * Does what the first {@code open} of a process begins with and needs no directory for: loads
   * RocksDB, a tenth of a second if it has to be unpacked first. For programs that have something
   * else to do meanwhile, on a thread of their own.
   */
  public static void prepare() {
    KvStore.loadLibrary();
  }

  /** Names of all databases, sorted. */
  public List<String> databaseNames() {
    return List.copyOf(engine.databases().keySet());
  }

  /** The database, or null if there is none of that name. */
  public @Nullable Database database(String name) {
    return engine.databases().get(name);
  }

  /** Creates the database with this default policy, or returns the one that exists. */
  public Database createDatabase(String name, RetentionPolicy defaultPolicy) {
    return createDatabase(name, defaultPolicy, engine.options().durability());
  }

  /** As {@link #createDatabase(String, RetentionPolicy)}; one that exists keeps its durability. */
  public Database createDatabase(
      String name, RetentionPolicy defaultPolicy, Durability durability) {
    Database existing = database(name);
    return existing != null
        ? existing
        : engine.administer(admin -> admin.createDatabase(name, defaultPolicy, durability));
  }

  /** Removes a database and all its data; no error if there is none. */
  public void dropDatabase(String name) {
    engine.administer(admin -> admin.dropDatabase(name));
  }

  /** Small named values that belong to no database. */
  public Documents documents() {
    return engine.documents();
  }

  /** Lets one listener see all batches written from now on; null for none. */
  public void listenToWrites(@Nullable WriteListener listener) {
    engine.listenToWrites(listener);
  }

  /** Whether writes are taken, and what is known to be damaged. */
  public Health health() {
    return engine.health();
  }

  /** Numbers for monitoring. */
  public StoreStats stats() {
    return engine.stats();
  }

  /** Stores all rows in chunks now, so that the log is empty; returns when it is done. */
  public void checkpoint() {
    engine.checkpoint();
  }

  /**
   * Stores all rows in chunks, then compacts every shard that needs it, ended or not: fewer and
   * fuller chunks, without what was deleted. Done in the background when {@link
   * VarveOptions#compactionGrace} has passed since a shard ended. Series written to meanwhile are
   * left for later.
   */
  public void compactShards() {
    engine.compactShards();
  }

  /**
   * Makes a copy of the store while it is in use: everything acknowledged before this call, and
   * perhaps more. The copy is a store: open it, or {@link #restore} it elsewhere. On the same file
   * system it consists of hard links and takes little space until the store moves on.
   *
   * @param target a directory that does not exist yet; its parent does
   * @throws StorageException of kind USER if the target exists, of kind RESOURCES if space lacks
   */
  public void backup(Path target) {
    Backup.make(engine.kv(), target);
  }

  /**
   * Copies a backup to where a store shall be, file by file, synced, and opens it once to see that
   * it can be read. The directory appears when all is done.
   *
   * @param directory does not exist yet; its parent does
   * @throws StorageException of kind USER if the directory exists or there is no backup, of kind
   *     CORRUPTION if the backup is damaged
   */
  public static void restore(Path backup, Path directory) {
    Backup.restore(backup, directory);
  }

  /**
   * Copies what can be read of a store with damaged tables to where a new store shall be: the way
   * on when {@link Health#damagedTable} names one. The store must be closed and is left as it is,
   * but for what any opening does to damaged logs. The directory appears when all is done.
   *
   * @param directory does not exist yet; its parent does
   * @return how many times something could not be read; rows that stood there are lost
   * @throws StorageException of kind USER if the directory exists or there is no store, of kind
   *     UNAVAILABLE if the store is open, of kind CORRUPTION if its catalogue or an index is
   *     damaged
   */
  public static long salvage(Path damaged, Path directory) {
    return Backup.salvage(damaged, directory);
  }

  /** Drops the shards that retention policies have expired; done in the background anyway. */
  public void dropExpiredShards() {
    engine.administer(admin -> admin.shards().dropExpired());
  }

  /** The shards of all databases, by id. */
  public List<ShardInfo> shards() {
    engine.ensureOpen();
    return engine.shards().stream()
        .map(Shard::info)
        .sorted(Comparator.comparingLong(ShardInfo::id))
        .toList();
  }

  /**
   * Removes a shard with its rows and gives its files back. Its series stay in the index.
   *
   * @return whether there was one of this id
   */
  public boolean dropShard(long id) {
    return engine.administer(admin -> admin.shards().drop(id));
  }

  /** Where the store is. */
  public Path directory() {
    return engine.directory();
  }

  /** As the store was opened with. */
  public VarveOptions options() {
    return engine.options();
  }

  Engine engine() {
    return engine;
  }

  /** Takes no more writes, finishes those it took, stores all rows in chunks, and closes. */
  @Override
  public void close() {
    engine.close();
  }
}
