package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.index.IndexKeys;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.lifecycle.DatabaseRecord;
import io.varve.storage.lifecycle.DocumentRecord;
import io.varve.storage.lifecycle.PolicyRecord;
import io.varve.storage.lifecycle.TombstoneRecord;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of the catalogue: each one durable batch first, then the same in memory. Commit thread.
 *
 * <p>Dropping writes one batch (a range of chunks, a range of index entries, the records), so that
 * after a crash things are there or gone as a whole; then the flusher deletes whole files, which is
 * only to get the space back at once.
 */
final class Admin {
  private static final Logger LOG = LoggerFactory.getLogger(Admin.class);
  private static final int MAX_DATABASE_ID = 0xffff;
  private static final int MAX_POLICY_ID = 0xfffe;

  /** In place of the id of a default policy that there is not. */
  private static final int NO_POLICY = 0;

  private final Engine engine;
  private final Catalog catalog = new Catalog();
  private Catalog.Counters counters = new Catalog.Counters(1, 1);

  Admin(Engine engine) {
    this.engine = engine;
  }

  void start(Catalog.Counters known) {
    counters = known;
  }

  Database createDatabase(String name, RetentionPolicy defaultPolicy, Durability durability) {
    Database existing = engine.databases().get(name);
    if (existing != null) {
      return existing;
    }
    checkName(name);
    checkName(defaultPolicy.name());
    int id = counters.nextDatabaseId();
    int policyId = counters.nextPolicyId();
    ensureIdsLeft(id, policyId);
    Catalog.Counters next = new Catalog.Counters(id + 1, policyId + 1);
    write(
        batch -> {
          catalog.putCounters(batch, next);
          catalog.putDatabase(
              batch, new DatabaseRecord(id, name, policyId, durability.syncIntervalNanos()));
          catalog.putPolicy(batch, new PolicyRecord(policyId, id, defaultPolicy));
        });
    counters = next;
    Database database =
        new Database(
            engine,
            id,
            name,
            new SeriesIndex(Database.limits(engine.options())),
            defaultPolicy.name(),
            durability.syncIntervalNanos());
    database.addPolicy(new PolicyState(policyId, database, defaultPolicy));
    engine.addDatabase(database);
    return database;
  }

  @Nullable Void alterDurability(Database database, Durability durability) {
    ensureExists(database);
    String defaultPolicy = database.defaultRetentionPolicy();
    int policyId = defaultPolicy == null ? NO_POLICY : database.findPolicy(defaultPolicy).id();
    long nanos = durability.syncIntervalNanos();
    write(
        batch ->
            catalog.putDatabase(
                batch, new DatabaseRecord(database.id(), database.name(), policyId, nanos)));
    database.setSyncIntervalNanos(nanos);
    return null;
  }

  @Nullable Void createPolicy(Database database, RetentionPolicy policy, boolean makeDefault) {
    ensureExists(database);
    checkName(policy.name());
    PolicyState existing = database.policyOrNull(policy.name());
    if (existing != null) {
      if (!existing.policy().equals(policy)) {
        throw new StorageException(Kind.USER, "retention policy already exists: " + policy.name());
      }
      if (makeDefault) {
        makeDefault(database, existing);
      }
      return null;
    }
    int policyId = counters.nextPolicyId();
    ensureIdsLeft(database.id(), policyId);
    Catalog.Counters next = new Catalog.Counters(counters.nextDatabaseId(), policyId + 1);
    write(
        batch -> {
          catalog.putCounters(batch, next);
          catalog.putPolicy(batch, new PolicyRecord(policyId, database.id(), policy));
          if (makeDefault) {
            catalog.putDatabase(batch, record(database, policyId));
          }
        });
    counters = next;
    database.addPolicy(new PolicyState(policyId, database, policy));
    if (makeDefault) {
      database.setDefaultPolicy(policy.name());
    }
    return null;
  }

  @Nullable Void alterPolicy(Database database, RetentionPolicy policy, boolean makeDefault) {
    PolicyState existing = database.findPolicy(policy.name());
    write(
        batch -> catalog.putPolicy(batch, new PolicyRecord(existing.id(), database.id(), policy)));
    existing.alter(policy);
    if (makeDefault) {
      makeDefault(database, existing);
    }
    return dropExpired();
  }

  @Nullable Void dropPolicy(Database database, String name) {
    ensureExists(database);
    PolicyState policy = database.policyOrNull(name);
    if (policy == null) {
      return null;
    }
    boolean isDefault = name.equals(database.defaultRetentionPolicy());
    drop(
        List.of(policy),
        batch -> {
          catalog.deletePolicy(batch, policy.id());
          if (isDefault) {
            catalog.putDatabase(batch, record(database, NO_POLICY));
          }
        });
    if (isDefault) {
      database.setDefaultPolicy(null);
    }
    database.removePolicy(policy);
    RoaringBitmap stored = new RoaringBitmap();
    policy.shards().forEach(shard -> stored.or(shard.index().series()));
    UnusedSeries.forget(engine, database, stored);
    return null;
  }

  @Nullable Void dropDatabase(String name) {
    Database database = engine.databases().get(name);
    if (database == null) {
      return null;
    }
    List<PolicyState> policies = new ArrayList<>();
    database.policies().forEach(policies::add);
    drop(
        policies,
        batch -> {
          policies.forEach(policy -> catalog.deletePolicy(batch, policy.id()));
          catalog.deleteDatabase(batch, database.id());
          database
              .documents()
              .forEach((kind, key) -> catalog.deleteDocument(batch, database.id(), kind, key));
          batch.deleteRange(
              KvFamily.INDEX,
              IndexRecords.prefix(database.id()),
              ChunkKeys.successor(IndexRecords.prefix(database.id())));
        });
    database.markDropped();
    engine.removeDatabase(database);
    return null;
  }

  /**
   * Deletes rows by series and time: a small record per shard says so, the rows in the heads are
   * hidden at once, and those in chunks are hidden by readers until a compaction removes them.
   *
   * @param policyName null for all
   * @return a shard that has too many such records, if nothing was deleted because of it
   */
  @Nullable Shard delete(
      Database database,
      @Nullable String policyName,
      String measurement,
      TagPredicate predicate,
      TimeRange range) {
    ensureExists(database);
    RoaringBitmap seriesIds = database.index().select(measurement, predicate);
    if (range.isEmpty() || seriesIds.isEmpty()) {
      return null;
    }
    List<Shard> shards = new ArrayList<>();
    if (policyName == null) {
      shards.addAll(database.shards());
    } else {
      shards.addAll(database.findPolicy(policyName).shards());
    }
    shards.removeIf(shard -> !shard.bounds().overlaps(range));
    engine.storeLock().lock();
    try {
      return delete(shards, seriesIds, range);
    } finally {
      engine.storeLock().unlock();
    }
  }

  private @Nullable Shard delete(List<Shard> shards, RoaringBitmap seriesIds, TimeRange range) {
    // This thread writes the log: all records there are have been applied to the heads.
    long logSequence = engine.commits().appliedSequence();
    Map<Shard, TombstoneRecord> tombstones = new LinkedHashMap<>();
    Map<Shard, List<TombstoneRecord>> covered = new HashMap<>();
    for (Shard shard : shards) {
      RoaringBitmap affected = RoaringBitmap.and(seriesIds, shard.index().series());
      if (!affected.isEmpty()) {
        affected.runOptimize();
        TombstoneRecord tombstone = shard.newTombstone(logSequence, range, affected);
        List<TombstoneRecord> redundant = shard.coveredBy(tombstone);
        if (shard.tombstones().size() - redundant.size() >= Shard.MAX_TOMBSTONES) {
          return shard;
        }
        tombstones.put(shard, tombstone);
        covered.put(shard, redundant);
      }
    }
    if (tombstones.isEmpty()) {
      return null;
    }
    write(
        batch ->
            tombstones.forEach(
                (shard, tombstone) -> {
                  covered
                      .getOrDefault(shard, List.of())
                      .forEach(other -> catalog.deleteTombstone(batch, other));
                  catalog.putTombstone(batch, tombstone);
                  // Its sequence number stays reserved, whatever became of chunks up to there.
                  catalog.putShard(batch, shard.record());
                  catalog.deleteCompacted(batch, shard.key());
                }));
    engine.moments().beginChanges();
    try {
      tombstones.forEach(
          (shard, tombstone) -> {
            shard.removeTombstones(covered.getOrDefault(shard, List.of()));
            apply(shard, tombstone);
          });
    } finally {
      engine.moments().endChanges();
    }
    return null;
  }

  private void apply(Shard shard, TombstoneRecord tombstone) {
    shard.markChanged();
    shard.addTombstone(tombstone);
    tombstone
        .series()
        .forEach(
            (int seriesId) -> {
              if (shard.head().delete(seriesId, tombstone.range())) {
                engine.flusher().seal(shard, seriesId, tombstone.logSequence());
              }
            });
  }

  /**
   * Drops a field, of whatever type: its ids mean nothing from then on, and a field of that name
   * gets another one. Its chunks go with the next compaction of each shard.
   */
  boolean dropField(Database database, String measurement, String field) {
    ensureExists(database);
    SeriesIndex index = database.index();
    int measurementId = index.findMeasurement(measurement);
    boolean known =
        measurementId != SeriesIndex.NONE
            && index.fields(measurement).stream().anyMatch(each -> each.name().equals(field));
    if (!known) {
      return false;
    }
    withStoreLock(
        () -> {
          engine.ensureNotFailed();
          int[] fieldIds = index.dropField(measurementId, field);
          for (Shard shard : database.shards()) {
            shard.index().removeFields(measurementId, fieldIds);
          }
          writeIndexChanges(
              database,
              batch ->
                  database.shards().forEach(shard -> catalog.deleteCompacted(batch, shard.key())));
          database.shards().forEach(Shard::markChanged);
        });
    return true;
  }

  /** Drops all series of a measurement; what is written under its name later starts anew. */
  boolean dropMeasurement(Database database, String measurement) {
    return dropSeries(database, measurement, new TagPredicate.All()) > 0;
  }

  /**
   * Drops series in all shards of a database.
   *
   * <p>Ids are never handed out again, so a recovery knows which rows in the log belong to nobody.
   */
  int dropSeries(Database database, String measurement, TagPredicate predicate) {
    ensureExists(database);
    SeriesIndex index = database.index();
    RoaringBitmap seriesIds = index.select(measurement, predicate);
    if (seriesIds.isEmpty()) {
      return 0;
    }
    int measurementId = index.findMeasurement(measurement);
    List<Shard> shards = database.shards();
    withStoreLock(
        () -> {
          engine.ensureNotFailed();
          boolean emptied = !index.remove(seriesIds).isEmpty();
          Map<Shard, RoaringBitmap> stored = new LinkedHashMap<>();
          for (Shard shard : shards) {
            stored.put(shard, RoaringBitmap.and(seriesIds, shard.index().series()));
            shard.index().removeSeries(seriesIds);
            if (emptied) {
              shard.index().removeMeasurement(measurementId);
            }
          }
          writeIndexChanges(
              database,
              batch ->
                  stored.forEach(
                      (shard, ids) -> {
                        if (emptied) {
                          SeriesChunks.deleteBlocks(batch, shard, ids);
                        } else {
                          SeriesChunks.delete(engine.kv(), batch, shard, ids);
                        }
                      }));
          for (Shard shard : shards) {
            seriesIds.forEach((int seriesId) -> shard.head().remove(seriesId));
          }
        });
    return seriesIds.getCardinality();
  }

  /** Drops the shards whose points are all older than their policy keeps them. */
  @Nullable Void dropExpired() {
    long now = engine.nowNanos();
    for (Shard shard : engine.shards()) {
      if (shard.bounds().expired(shard.policy().policy(), now)) {
        LOG.info("dropping expired shard {} of {}", shard.bounds(), shard.policy().policy().name());
        dropShard(shard);
      }
    }
    return null;
  }

  boolean dropShard(long number) {
    for (Shard shard : engine.shards()) {
      if (shard.number() == number) {
        dropShard(shard);
        return true;
      }
    }
    return false;
  }

  private void dropShard(Shard shard) {
    byte[] prefix = ChunkKeys.shardPrefix(shard.policy().id(), shard.bounds().startHours());
    byte[] end = ChunkKeys.successor(prefix);
    withStoreLock(
        () -> {
          write(
              batch -> {
                batch.deleteRange(KvFamily.CHUNK, prefix, end);
                deleteRecords(batch, shard);
              });
          shard.markDropped();
          shard.policy().remove(shard);
        });
    UnusedSeries.forget(engine, shard.policy().database(), shard.index().series());
    engine.flusher().reclaim(prefix, end);
  }

  private void drop(List<PolicyState> policies, Consumer<KvBatch> records) {
    withStoreLock(
        () -> {
          write(
              batch -> {
                for (PolicyState policy : policies) {
                  byte[] prefix = PolicyIterator.prefix(policy.id());
                  batch.deleteRange(KvFamily.CHUNK, prefix, ChunkKeys.successor(prefix));
                  policy.shards().forEach(shard -> deleteRecords(batch, shard));
                }
                records.accept(batch);
              });
          policies.forEach(PolicyState::markDropped);
        });
    for (PolicyState policy : policies) {
      byte[] prefix = PolicyIterator.prefix(policy.id());
      engine.flusher().reclaim(prefix, ChunkKeys.successor(prefix));
    }
  }

  private void deleteRecords(KvBatch batch, Shard shard) {
    catalog.deleteShard(batch, shard.policy().id(), shard.bounds());
    catalog.deleteCompacted(batch, shard.key());
    shard.tombstones().forEach(tombstone -> catalog.deleteTombstone(batch, tombstone));
    byte[] prefix =
        IndexRecords.key(
            shard.policy().database().id(), IndexKeys.shardPrefix(shard.index().shardId()));
    batch.deleteRange(KvFamily.INDEX, prefix, ChunkKeys.successor(prefix));
  }

  /**
   * Writes what has changed in an index, and more, in one batch. If that fails, the changes of the
   * index go with the next commit, and nothing else is written before.
   */
  private void writeIndexChanges(Database database, Consumer<KvBatch> more) {
    SeriesIndex index = database.index();
    try (KvBatch batch = engine.kv().newBatch()) {
      index.drainChanges(IndexRecords.into(batch, database.id()));
      more.accept(batch);
      engine.kv().write(batch, true);
    } catch (StorageException e) {
      index.changesFailed();
      engine.writeFailed(e);
      throw e;
    }
    index.changesCommitted();
  }

  private void makeDefault(Database database, PolicyState policy) {
    write(batch -> catalog.putDatabase(batch, record(database, policy.id())));
    database.setDefaultPolicy(policy.policy().name());
  }

  private static DatabaseRecord record(Database database, int defaultPolicyId) {
    return new DatabaseRecord(
        database.id(), database.name(), defaultPolicyId, database.syncIntervalNanos());
  }

  private void withStoreLock(Runnable action) {
    engine.storeLock().lock();
    try {
      action.run();
    } finally {
      engine.storeLock().unlock();
    }
  }

  @Nullable Void putDocument(Documents documents, String kind, String name, byte[] value) {
    Database owner = documents.owner();
    if (owner != null) {
      ensureExists(owner);
    }
    byte[] before = documents.get(kind, name);
    ensureRoom(
        before == null ? 1 : 0,
        Documents.bytesOf(name, value) - (before == null ? 0 : Documents.bytesOf(name, before)));
    write(
        batch ->
            catalog.putDocument(batch, new DocumentRecord(documents.ownerId(), kind, name, value)));
    documents.set(kind, name, value);
    return null;
  }

  boolean deleteDocument(Documents documents, String kind, String name) {
    if (documents.get(kind, name) == null) {
      return false;
    }
    Database owner = documents.owner();
    if (owner != null) {
      ensureExists(owner);
    }
    write(batch -> catalog.deleteDocument(batch, documents.ownerId(), kind, name));
    documents.set(kind, name, null);
    return true;
  }

  private void ensureRoom(int more, int moreBytes) {
    long count = engine.documents().count() + (long) more;
    long bytes = engine.documents().bytes() + (long) moreBytes;
    for (Database database : engine.databases().values()) {
      count += database.documents().count();
      bytes += database.documents().bytes();
    }
    boolean tooMany = more > 0 && count > Documents.MAX_COUNT;
    if (tooMany || (moreBytes > 0 && bytes > Documents.MAX_TOTAL_BYTES)) {
      throw new StorageException(
          Kind.USER,
          "a store keeps at most "
              + (tooMany
                  ? Documents.MAX_COUNT + " documents"
                  : Documents.MAX_TOTAL_BYTES + " bytes of documents")
              + ", and they are used up");
    }
  }

  private void write(Consumer<KvBatch> fill) {
    engine.ensureNotFailed();
    try (KvBatch batch = engine.kv().newBatch()) {
      fill.accept(batch);
      engine.kv().write(batch, true);
    } catch (StorageException e) {
      engine.writeFailed(e);
      throw e;
    }
  }

  private static void ensureExists(Database database) {
    if (database.isDropped()) {
      throw new StorageException(Kind.USER, "database not found: " + database.name());
    }
  }

  private static void checkName(String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\\') >= 0
        || name.codePoints().anyMatch(Character::isISOControl)) {
      throw new StorageException(Kind.USER, "invalid name");
    }
  }

  private static void ensureIdsLeft(int databaseId, int policyId) {
    if (databaseId > MAX_DATABASE_ID || policyId > MAX_POLICY_ID) {
      throw new StorageException(
          Kind.RESOURCES,
          "this store has created as many databases or retention policies as it can: "
              + MAX_POLICY_ID);
    }
  }
}
