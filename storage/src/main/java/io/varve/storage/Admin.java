package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.index.IndexKeys;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.lifecycle.DatabaseRecord;
import io.varve.storage.lifecycle.PolicyRecord;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import java.util.ArrayList;
import java.util.List;
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

  private final Engine engine;
  private final Catalog catalog = new Catalog();
  private Catalog.Counters counters = new Catalog.Counters(1, 1);

  Admin(Engine engine) {
    this.engine = engine;
  }

  void start(Catalog.Counters known) {
    counters = known;
  }

  Database createDatabase(String name, RetentionPolicy defaultPolicy) {
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
          catalog.putDatabase(batch, new DatabaseRecord(id, name, policyId));
          catalog.putPolicy(batch, new PolicyRecord(policyId, id, defaultPolicy));
        });
    counters = next;
    Database database =
        new Database(
            engine,
            id,
            name,
            new SeriesIndex(Database.limits(engine.options())),
            defaultPolicy.name());
    database.addPolicy(new PolicyState(policyId, database, defaultPolicy));
    engine.addDatabase(database);
    return database;
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
            catalog.putDatabase(
                batch, new DatabaseRecord(database.id(), database.name(), policyId));
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
    if (name.equals(database.defaultRetentionPolicy())) {
      throw new StorageException(Kind.USER, "cannot drop the default retention policy: " + name);
    }
    drop(List.of(policy), batch -> catalog.deletePolicy(batch, policy.id()));
    database.removePolicy(policy);
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
   * Drops series in all shards of a database.
   *
   * <p>Ids are never handed out again, so rows in the log that a recovery brings back belong to
   * nobody and are never seen.
   */
  int dropSeries(Database database, String measurement, TagPredicate predicate) {
    ensureExists(database);
    SeriesIndex index = database.index();
    RoaringBitmap seriesIds = index.select(measurement, predicate);
    if (seriesIds.isEmpty()) {
      return 0;
    }
    int measurementId = index.findMeasurement(measurement);
    List<Shard> shards = new ArrayList<>();
    database.policies().forEach(policy -> shards.addAll(policy.shards()));
    withStoreLock(
        () -> {
          engine.ensureNotFailed();
          index.remove(seriesIds);
          boolean emptied = index.seriesCount(measurement) == 0;
          for (Shard shard : shards) {
            shard.index().removeSeries(seriesIds);
            if (emptied) {
              shard.index().removeMeasurement(measurementId);
            }
          }
          try (KvBatch batch = engine.kv().newBatch()) {
            index.drainChanges(IndexRecords.into(batch, database.id()));
            for (Shard shard : shards) {
              SeriesChunks.delete(engine.kv(), batch, shard, seriesIds);
            }
            engine.kv().write(batch, true);
          } catch (StorageException e) {
            index.changesFailed();
            engine.fail(e);
            throw e;
          }
          index.changesCommitted();
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
        dropShard(shard);
      }
    }
    return null;
  }

  private void dropShard(Shard shard) {
    LOG.info("dropping expired shard {} of {}", shard.bounds(), shard.policy().policy().name());
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
    byte[] prefix =
        IndexRecords.key(
            shard.policy().database().id(), IndexKeys.shardPrefix(shard.index().shardId()));
    batch.deleteRange(KvFamily.INDEX, prefix, ChunkKeys.successor(prefix));
  }

  private void makeDefault(Database database, PolicyState policy) {
    write(
        batch ->
            catalog.putDatabase(
                batch, new DatabaseRecord(database.id(), database.name(), policy.id())));
    database.setDefaultPolicy(policy.policy().name());
  }

  private void withStoreLock(Runnable action) {
    engine.storeLock().lock();
    try {
      action.run();
    } finally {
      engine.storeLock().unlock();
    }
  }

  private void write(Consumer<KvBatch> fill) {
    engine.ensureNotFailed();
    try (KvBatch batch = engine.kv().newBatch()) {
      fill.accept(batch);
      engine.kv().write(batch, true);
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
