package io.varve.storage;

import io.varve.storage.head.FrozenGroups;
import io.varve.storage.head.HeadGroup;
import io.varve.storage.index.IndexKeys;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.index.ShardIndex;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvStore;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.DatabaseRecord;
import io.varve.storage.lifecycle.DocumentRecord;
import io.varve.storage.lifecycle.PolicyRecord;
import io.varve.storage.lifecycle.ShardRecord;
import io.varve.storage.lifecycle.TombstoneRecord;
import io.varve.storage.log.LogRecordDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a store back as it was: loads the catalogue and the indexes, then replays the log behind
 * the last checkpoint into the heads.
 *
 * <p>Replaying again what chunks have already is harmless, as the last write wins; but it would
 * leave those rows in two chunks each, so marks in the log tell what to pass over. Memory stays
 * within the heads' budget: full groups are stored on the way. A log record that cannot be read is
 * skipped and counted; rows of policies and shards that were dropped since are passed over.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /** Marks beyond these are not looked at: a bound on memory. */
  private static final int MAX_MARKS = 1 << 18;

  /** As in {@link GroupCommit}: heads of so many rows are touched at once. */
  private static final int TOUCH_ROWS = 32;

  private final Engine engine;
  private final KvStore kv;
  private final Map<Integer, PolicyState> policies = new HashMap<>();
  private final Map<Shard, Map<Integer, Long>> marks = new HashMap<>();
  private long lastSequence;
  private long highestHeadBytes;

  /** Goes through a log record some rows in front of the one that is replayed. */
  private final LogRecordDecoder ahead = new LogRecordDecoder();

  private final int[] seriesAhead = new int[TOUCH_ROWS];

  Recovery(Engine engine) {
    this.engine = engine;
    this.kv = engine.kv();
  }

  Catalog.Counters run() {
    Catalog.Contents contents = new Catalog().load(kv);
    loadDatabases(contents);
    loadShards(numbered(contents));
    loadDeletions(contents);
    engine.setCheckpointSequence(contents.checkpoint());
    replay(contents.checkpoint());
    return contents.counters();
  }

  /** The last log record there is, or the checkpoint if it is later. */
  long lastSequence() {
    return lastSequence;
  }

  /** The most heap that rows not in chunks took after any log record. */
  long highestHeadBytes() {
    return highestHeadBytes;
  }

  private void loadDatabases(Catalog.Contents contents) {
    Map<Integer, Database> databases = new LinkedHashMap<>();
    for (DatabaseRecord record : contents.databases()) {
      String defaultPolicy =
          contents.policies().stream()
              .filter(policy -> policy.id() == record.defaultPolicyId())
              .map(policy -> policy.policy().name())
              .findFirst()
              .orElse(null);
      if (defaultPolicy == null && record.defaultPolicyId() != 0) {
        throw dangling("database " + record.name(), "its default policy");
      }
      SeriesIndex index;
      try (IndexRecords.Entries entries = IndexRecords.read(kv, record.id(), new byte[0])) {
        index = SeriesIndex.load(entries, Database.limits(engine.options()));
      }
      Database database =
          new Database(
              engine, record.id(), record.name(), index, defaultPolicy, record.syncIntervalNanos());
      databases.put(record.id(), database);
      engine.addDatabase(database);
    }
    for (PolicyRecord record : contents.policies()) {
      Database database = databases.get(record.databaseId());
      if (database == null) {
        throw dangling("policy " + record.policy().name(), "its database");
      }
      PolicyState policy = new PolicyState(record.id(), database, record.policy());
      database.addPolicy(policy);
      policies.put(record.id(), policy);
    }
    for (DocumentRecord record : contents.documents()) {
      Database database = databases.get(record.databaseId());
      if (record.databaseId() != 0 && database == null) {
        throw dangling(record.kind() + " " + record.name(), "its database");
      }
      (database == null ? engine.documents() : database.documents()).load(record);
    }
  }

  /** The shards; those written before shards had numbers get theirs now, for good. */
  private List<ShardRecord> numbered(Catalog.Contents contents) {
    engine.setNextShardNumber(contents.nextShardNumber());
    List<ShardRecord> records = new ArrayList<>();
    try (KvBatch batch = kv.newBatch()) {
      Catalog catalog = new Catalog();
      for (ShardRecord record : contents.shards()) {
        if (record.number() != 0) {
          records.add(record);
          continue;
        }
        ShardRecord changed =
            new ShardRecord(
                record.policyId(),
                record.bounds(),
                engine.takeShardNumber(),
                record.sequenceLimit(),
                record.maxGroupSpanNanos(),
                record.firstLogSequence(),
                record.lastStoredNanos());
        catalog.putShard(batch, changed);
        records.add(changed);
      }
      if (batch.count() > 0) {
        catalog.putNextShardNumber(batch, engine.nextShardNumber());
        kv.write(batch, true);
      }
    }
    return records;
  }

  private void loadShards(List<ShardRecord> records) {
    for (ShardRecord record : records) {
      PolicyState policy = policies.get(record.policyId());
      if (policy == null) {
        throw dangling("shard " + record.bounds(), "its policy");
      }
      Database database = policy.database();
      long shardId = Shard.idOf(record.policyId(), record.bounds().startHours());
      try (IndexRecords.Entries entries =
          IndexRecords.read(kv, database.id(), IndexKeys.shardPrefix(shardId))) {
        ShardIndex index = ShardIndex.load(database.index(), shardId, entries);
        // The set of series is as of the last checkpoint: some may have been dropped since.
        RoaringBitmap dropped = new RoaringBitmap();
        index
            .series()
            .forEach(
                (int seriesId) -> {
                  if (!database.index().contains(seriesId)) {
                    dropped.add(seriesId);
                  }
                });
        index.removeSeries(dropped);
        policy.add(new Shard(policy, record, index));
      }
    }
  }

  /** Tells shards what was deleted from them, and which need no compaction. */
  private void loadDeletions(Catalog.Contents contents) {
    for (TombstoneRecord tombstone : contents.tombstones()) {
      shard(tombstone.policyId(), tombstone.startHours(), "a tombstone").addTombstone(tombstone);
    }
    for (Catalog.ShardKey key : contents.compacted()) {
      shard(key.policyId(), key.startHours(), "a compaction").markCompacted();
    }
  }

  private Shard shard(int policyId, int startHours, String what) {
    PolicyState policy = policies.get(policyId);
    Shard shard = policy == null ? null : policy.findByStart(startHours);
    if (shard == null) {
      throw dangling(what, "its shard");
    }
    return shard;
  }

  private void replay(long checkpoint) {
    lastSequence = checkpoint;
    int damaged = 0;
    long bytes = 0;
    loadMarks(checkpoint);
    LogRecordDecoder decoder = new LogRecordDecoder();
    try (KvIterator records =
            kv.iterator(KvFamily.RAW, null, LogKeys.record(checkpoint + 1), null);
        ChunkWriter writer = new ChunkWriter(engine)) {
      for (boolean more = records.seekFirst(); more; more = records.next()) {
        if (records.keyLength() != LogKeys.RECORD_BYTES) {
          continue;
        }
        long sequence = LogKeys.sequence(records.key());
        lastSequence = sequence;
        bytes += records.valueLength();
        try {
          byte[] record = Arrays.copyOf(records.value(), records.valueLength());
          decoder.open(record);
          ahead.open(record);
          replay(decoder, sequence, writer);
        } catch (StorageException e) {
          if (e.kind() != StorageException.Kind.CORRUPTION) {
            throw e;
          }
          damaged++;
          LOG.error("log record {} is damaged; its rows are lost", sequence, e);
        }
        highestHeadBytes = Math.max(highestHeadBytes, engine.headBytes());
        relieveHeads(writer, sequence);
      }
    }
    engine.logBytes().set(bytes);
    engine.addDamagedLogRecords(damaged + kv.lostLogRecords());
  }

  private void replay(LogRecordDecoder row, long sequence, ChunkWriter writer) {
    Shard shard = null;
    Map<Integer, Long> marksOfShard = Map.of();
    for (int read = 0; row.next(); read++) {
      if (read % TOUCH_ROWS == 0) {
        touchNext(shard);
      }
      PolicyState policy = policies.get(row.policyId());
      if (policy == null) {
        continue;
      }
      if (shard == null
          || shard.policy() != policy
          || !shard.bounds().contains(row.timestampNanos())) {
        shard = policy.find(row.timestampNanos());
        marksOfShard = shard == null ? Map.of() : marks.getOrDefault(shard, Map.of());
      }
      if (shard == null || sequence < shard.firstLogSequence()) {
        continue;
      }
      if (!shard.index().containsSeries(row.seriesId())
          && !policy.database().index().contains(row.seriesId())) {
        continue;
      }
      if (isDeleted(shard, row, sequence)) {
        continue;
      }
      shard.index().addSeries(row.seriesId());
      if (!marksOfShard.isEmpty() && marksOfShard.getOrDefault(row.seriesId(), -1L) >= sequence) {
        continue;
      }
      boolean full =
          shard
              .head()
              .append(
                  row.seriesId(),
                  row.timestampNanos(),
                  row.valueCount(),
                  liveFieldIds(policy.database().index(), row),
                  row.types(),
                  row.bits(),
                  row.decimals(),
                  row.arena());
      if (full) {
        List<HeadGroup> groups = shard.head().seal(row.seriesId());
        writer.addFull(shard, row.seriesId(), groups, sequence - 1);
        writer.commit();
      }
    }
  }

  /**
   * Touches what the next rows need. Decoding them twice costs less than half of what is spared by
   * not waiting for memory row by row.
   *
   * @param shard that of the row before, and so nearly always theirs; null if there is none
   */
  private void touchNext(@Nullable Shard shard) {
    int count = 0;
    try {
      while (count < TOUCH_ROWS && ahead.next()) {
        seriesAhead[count++] = ahead.seriesId();
      }
    } catch (StorageException e) {
      // Rows in front of the damage are still to be replayed; who does that comes upon it next.
      LOG.debug("damage ahead of the row that is replayed: {}", e.getMessage());
    }
    if (shard != null) {
      shard.head().touch(seriesAhead, 0, count);
    }
  }

  /** Whether a row of a log record was deleted after it had been written. */
  private static boolean isDeleted(Shard shard, LogRecordDecoder row, long sequence) {
    for (TombstoneRecord tombstone : shard.tombstones()) {
      if (sequence <= tombstone.logSequence()
          && tombstone.range().contains(row.timestampNanos())
          && tombstone.series().contains(row.seriesId())) {
        return true;
      }
    }
    return false;
  }

  /** The fields of a row, with 0 in place of those that were dropped since. */
  private static int[] liveFieldIds(SeriesIndex index, LogRecordDecoder row) {
    if (!index.hasDroppedFields(row.seriesId())) {
      return row.fieldIds();
    }
    int[] fieldIds = row.fieldIds().clone();
    for (int i = 0; i < row.valueCount(); i++) {
      if (!index.isLive(row.seriesId(), fieldIds[i])) {
        fieldIds[i] = 0;
      }
    }
    return fieldIds;
  }

  private void relieveHeads(ChunkWriter writer, long sequence) {
    if (engine.headBytes() <= engine.budgets().relieveAboveBytes()) {
      return;
    }
    long target = engine.headBytes() - engine.budgets().headBytes() / 4 * 3;
    for (Shard shard : engine.shards()) {
      target -= shard.head().trim();
      if (target <= 0) {
        break;
      }
      FrozenGroups frozen = shard.head().freezeIdle(target);
      target -= frozen.bytes();
      for (int seriesId : frozen.seriesIds()) {
        writer.addFull(shard, seriesId, shard.head().seal(seriesId), sequence);
        if (writer.isFull()) {
          writer.commit();
        }
      }
    }
    writer.commit();
  }

  /** Reads what {@link LogKeys} calls marks, as many as there is room for. */
  private void loadMarks(long checkpoint) {
    int count = 0;
    try (KvIterator keys = kv.iterator(KvFamily.RAW, null, LogKeys.record(checkpoint + 1), null)) {
      for (boolean more = keys.seekFirst(); more && count < MAX_MARKS; more = keys.next()) {
        if (keys.keyLength() != LogKeys.MARK_BYTES) {
          continue;
        }
        byte[] key = keys.key();
        PolicyState policy = policies.get(LogKeys.policyIdOfMark(key));
        Shard shard = policy == null ? null : policy.findByStart(LogKeys.startHoursOfMark(key));
        if (shard != null) {
          count++;
          marks
              .computeIfAbsent(shard, any -> new HashMap<>())
              .merge(LogKeys.seriesIdOfMark(key), LogKeys.sequence(key), Math::max);
        }
      }
    }
  }

  private static StorageException dangling(String what, String missing) {
    return new StorageException(
        StorageException.Kind.CORRUPTION, "the catalogue has " + what + " without " + missing);
  }
}
