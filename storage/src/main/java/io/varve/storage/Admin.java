package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.lifecycle.DatabaseRecord;
import io.varve.storage.lifecycle.PolicyRecord;
import io.varve.storage.model.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Changes of the catalogue: each one durable batch first, then the same in memory. Databases and
 * retention policies are changed here, all else by the parts. Commit thread.
 */
final class Admin {
  private static final int MAX_DATABASE_ID = 0xffff;
  private static final int MAX_POLICY_ID = 0xfffe;

  /** In place of the id of a default policy that there is not. */
  private static final int NO_POLICY = 0;

  private final Engine engine;
  private final CatalogWrites writes;
  private final ShardDrops shardDrops;
  private final Deletions deletions;
  private final DocumentWrites documents;
  private final Catalog catalog = new Catalog();
  private Catalog.Counters counters = new Catalog.Counters(1, 1);

  Admin(Engine engine) {
    this.engine = engine;
    this.writes = new CatalogWrites(engine);
    this.shardDrops = new ShardDrops(engine, writes);
    this.deletions = new Deletions(engine, writes);
    this.documents = new DocumentWrites(engine, writes);
  }

  ShardDrops shards() {
    return shardDrops;
  }

  Deletions deletions() {
    return deletions;
  }

  DocumentWrites documents() {
    return documents;
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
    writes.write(
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
    CatalogWrites.ensureExists(database);
    String defaultPolicy = database.defaultRetentionPolicy();
    int policyId = defaultPolicy == null ? NO_POLICY : database.findPolicy(defaultPolicy).id();
    long nanos = durability.syncIntervalNanos();
    writes.write(
        batch ->
            catalog.putDatabase(
                batch, new DatabaseRecord(database.id(), database.name(), policyId, nanos)));
    database.setSyncIntervalNanos(nanos);
    return null;
  }

  @Nullable Void createPolicy(Database database, RetentionPolicy policy, boolean makeDefault) {
    CatalogWrites.ensureExists(database);
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
    writes.write(
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
    writes.write(
        batch -> catalog.putPolicy(batch, new PolicyRecord(existing.id(), database.id(), policy)));
    existing.alter(policy);
    if (makeDefault) {
      makeDefault(database, existing);
    }
    return shardDrops.dropExpired();
  }

  @Nullable Void dropPolicy(Database database, String name) {
    CatalogWrites.ensureExists(database);
    PolicyState policy = database.policyOrNull(name);
    if (policy == null) {
      return null;
    }
    boolean isDefault = name.equals(database.defaultRetentionPolicy());
    shardDrops.drop(
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
    shardDrops.drop(
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

  private void makeDefault(Database database, PolicyState policy) {
    writes.write(batch -> catalog.putDatabase(batch, record(database, policy.id())));
    database.setDefaultPolicy(policy.policy().name());
  }

  private static DatabaseRecord record(Database database, int defaultPolicyId) {
    return new DatabaseRecord(
        database.id(), database.name(), defaultPolicyId, database.syncIntervalNanos());
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
