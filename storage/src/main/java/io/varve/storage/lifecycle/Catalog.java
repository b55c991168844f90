package io.varve.storage.lifecycle;

import io.varve.storage.StorageException;
import io.varve.storage.StorageException.Kind;
import io.varve.storage.codec.ByteReader;
import io.varve.storage.codec.ByteWriter;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TimeRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Reads and writes the records of the meta family: what exists, and how far the log is redundant.
 *
 * <p>Has no memory of its own: {@link #load} reads everything once, and each change goes into the
 * caller's batch. Values are varints and length-prefixed UTF-8 behind one byte of version. For one
 * thread.
 */
public final class Catalog {
  /** The layout of the whole store that this code reads and writes. */
  public static final int FORMAT_VERSION = 1;

  private static final int RECORD_VERSION = 1;
  private static final byte[] MAGIC = "varve".getBytes(StandardCharsets.US_ASCII);

  /** Everything on disk. */
  public record Contents(
      List<DatabaseRecord> databases,
      List<PolicyRecord> policies,
      List<ShardRecord> shards,
      List<TombstoneRecord> tombstones,
      List<ShardKey> compacted,
      List<DocumentRecord> documents,
      Counters counters,
      long nextShardNumber,
      long checkpoint) {}

  /** Names a shard. */
  public record ShardKey(int policyId, int startHours) {}

  /** The ids that the next database and the next policy get. */
  public record Counters(int nextDatabaseId, int nextPolicyId) {}

  private final ByteWriter out = new ByteWriter();
  private final ByteReader in = new ByteReader();

  /** Makes sure that the store is ours and of a version we know; an empty one becomes ours. */
  public void checkFormat(KvStore store) {
    byte[] found = store.get(KvFamily.META, MetaKeys.single(MetaKeys.FORMAT));
    if (found == null) {
      try (KvBatch batch = store.newBatch()) {
        byte[] value = Arrays.copyOf(MAGIC, MAGIC.length + 1);
        value[MAGIC.length] = FORMAT_VERSION;
        batch.put(KvFamily.META, MetaKeys.single(MetaKeys.FORMAT), value);
        store.write(batch, true);
      }
      return;
    }
    if (found.length != MAGIC.length + 1
        || !Arrays.equals(found, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new StorageException(Kind.CORRUPTION, "the data directory does not hold a Varve store");
    }
    if (found[MAGIC.length] != FORMAT_VERSION) {
      throw new StorageException(
          Kind.UNAVAILABLE,
          "the data directory has format version "
              + found[MAGIC.length]
              + ", this program knows version "
              + FORMAT_VERSION);
    }
  }

  /** Reads all records. */
  public Contents load(KvStore store) {
    List<DatabaseRecord> databases = new ArrayList<>();
    List<PolicyRecord> policies = new ArrayList<>();
    List<ShardRecord> shards = new ArrayList<>();
    List<TombstoneRecord> tombstones = new ArrayList<>();
    List<ShardKey> compacted = new ArrayList<>();
    List<DocumentRecord> documents = new ArrayList<>();
    Counters counters = new Counters(1, 1);
    long nextShardNumber = 1;
    long checkpoint = 0;
    try (KvIterator entries = store.iterator(KvFamily.META, null, null, null)) {
      for (boolean more = entries.seekFirst(); more; more = entries.next()) {
        ByteBuffer key = ByteBuffer.wrap(entries.key(), 0, entries.keyLength());
        in.reset(entries.value(), 0, entries.valueLength());
        switch (key.get()) {
          case MetaKeys.FORMAT -> in.skip(in.remaining());
          case MetaKeys.COUNTERS -> counters = readCounters();
          case MetaKeys.SHARD_COUNTER -> {
            readVersion();
            nextShardNumber = in.readUnsignedVarint();
          }
          case MetaKeys.CHECKPOINT -> checkpoint = readCheckpoint();
          case MetaKeys.DATABASE -> databases.add(readDatabase(key.getShort() & 0xffff));
          case MetaKeys.POLICY -> policies.add(readPolicy(key.getShort() & 0xffff));
          case MetaKeys.SHARD ->
              shards.add(readShard(key.getShort() & 0xffff, key.getInt() ^ Integer.MIN_VALUE));
          case MetaKeys.TOMBSTONE ->
              tombstones.add(
                  readTombstone(
                      key.getShort() & 0xffff, key.getInt() ^ Integer.MIN_VALUE, key.getInt()));
          case MetaKeys.COMPACTED -> {
            readVersion();
            compacted.add(new ShardKey(key.getShort() & 0xffff, key.getInt() ^ Integer.MIN_VALUE));
          }
          case MetaKeys.DOCUMENT -> documents.add(readDocument(key));
          default -> throw in.corrupt("a record of unknown kind", "one of this version");
        }
      }
    } catch (CorruptChunkException | java.nio.BufferUnderflowException e) {
      throw new StorageException(Kind.CORRUPTION, "corrupt record in the catalogue", e);
    }
    return new Contents(
        databases,
        policies,
        shards,
        tombstones,
        compacted,
        documents,
        counters,
        nextShardNumber,
        checkpoint);
  }

  public void putCounters(KvBatch batch, Counters counters) {
    begin();
    out.writeUnsignedVarint(counters.nextDatabaseId());
    out.writeUnsignedVarint(counters.nextPolicyId());
    put(batch, MetaKeys.single(MetaKeys.COUNTERS));
  }

  /** Says which number the next shard gets. */
  public void putNextShardNumber(KvBatch batch, long number) {
    begin();
    out.writeUnsignedVarint(number);
    put(batch, MetaKeys.single(MetaKeys.SHARD_COUNTER));
  }

  /** Says that log records up to this sequence number are redundant. */
  public void putCheckpoint(KvBatch batch, long sequence) {
    begin();
    out.writeUnsignedVarint(sequence);
    put(batch, MetaKeys.single(MetaKeys.CHECKPOINT));
  }

  public void putDatabase(KvBatch batch, DatabaseRecord database) {
    begin();
    out.writeUnsignedVarint(database.defaultPolicyId());
    out.writeSignedVarint(database.syncIntervalNanos());
    writeName(database.name());
    put(batch, MetaKeys.database(database.id()));
  }

  public void putPolicy(KvBatch batch, PolicyRecord record) {
    begin();
    out.writeUnsignedVarint(record.databaseId());
    out.writeUnsignedVarint(record.policy().durationNanos());
    out.writeUnsignedVarint(record.policy().shardDurationNanos());
    writeName(record.policy().name());
    out.writeUnsignedVarint(record.policy().replication());
    out.writeUnsignedVarint(record.policy().futureLimitNanos());
    out.writeUnsignedVarint(record.policy().pastLimitNanos());
    put(batch, MetaKeys.policy(record.id()));
  }

  public void putShard(KvBatch batch, ShardRecord shard) {
    begin();
    out.writeSignedVarint(shard.bounds().endHours());
    out.writeUnsignedVarint(shard.sequenceLimit());
    out.writeUnsignedVarint(shard.maxGroupSpanNanos());
    out.writeUnsignedVarint(shard.number());
    out.writeUnsignedVarint(shard.firstLogSequence());
    out.writeSignedVarint(shard.lastStoredNanos());
    put(batch, MetaKeys.shard(shard.policyId(), shard.bounds().startHours()));
  }

  public void deleteDatabase(KvBatch batch, int databaseId) {
    batch.delete(KvFamily.META, MetaKeys.database(databaseId));
  }

  public void deletePolicy(KvBatch batch, int policyId) {
    batch.delete(KvFamily.META, MetaKeys.policy(policyId));
  }

  public void deleteShard(KvBatch batch, int policyId, ShardBounds bounds) {
    batch.delete(KvFamily.META, MetaKeys.shard(policyId, bounds.startHours()));
  }

  public void putTombstone(KvBatch batch, TombstoneRecord tombstone) {
    begin();
    out.writeUnsignedVarint(tombstone.beforeSequence());
    out.writeUnsignedVarint(tombstone.logSequence());
    out.writeSignedVarint(tombstone.range().startNanos());
    out.writeSignedVarint(tombstone.range().endNanos());
    ByteBuffer series = ByteBuffer.allocate(tombstone.series().serializedSizeInBytes());
    tombstone.series().serialize(series);
    out.writeBytes(series.array(), 0, series.position());
    put(batch, key(tombstone));
  }

  public void deleteTombstone(KvBatch batch, TombstoneRecord tombstone) {
    batch.delete(KvFamily.META, key(tombstone));
  }

  /** Says that a shard needs no compaction until something is stored in it. */
  public void putCompacted(KvBatch batch, ShardKey shard) {
    begin();
    put(batch, MetaKeys.compacted(shard.policyId(), shard.startHours()));
  }

  public void deleteCompacted(KvBatch batch, ShardKey shard) {
    batch.delete(KvFamily.META, MetaKeys.compacted(shard.policyId(), shard.startHours()));
  }

  public void putDocument(KvBatch batch, DocumentRecord document) {
    begin();
    out.writeBytes(document.value(), 0, document.value().length);
    put(batch, MetaKeys.document(document.databaseId(), document.kind(), document.name()));
  }

  public void deleteDocument(KvBatch batch, int databaseId, String kind, String name) {
    batch.delete(KvFamily.META, MetaKeys.document(databaseId, kind, name));
  }

  private static byte[] key(TombstoneRecord tombstone) {
    return MetaKeys.tombstone(tombstone.policyId(), tombstone.startHours(), tombstone.number());
  }

  private void begin() {
    out.clear();
    out.writeByte(RECORD_VERSION);
  }

  private void put(KvBatch batch, byte[] key) {
    batch.put(KvFamily.META, key, out.toByteArray());
  }

  private void writeName(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    out.writeUnsignedVarint(bytes.length);
    out.writeBytes(bytes, 0, bytes.length);
  }

  private void readVersion() {
    int version = in.readByte();
    if (version != RECORD_VERSION) {
      throw in.corrupt("record version " + version, "version " + RECORD_VERSION);
    }
  }

  private String readName() {
    int length = in.readCount(0, in.remaining(), "bytes of name");
    return new String(in.array(), in.skip(length), length, StandardCharsets.UTF_8);
  }

  private Counters readCounters() {
    readVersion();
    return new Counters(in.readCount(1, 0x10000, "as id"), in.readCount(1, 0x10000, "as id"));
  }

  private long readCheckpoint() {
    readVersion();
    return in.readUnsignedVarint();
  }

  private DatabaseRecord readDatabase(int id) {
    readVersion();
    int defaultPolicyId = in.readCount(0, 0xffff, "as policy id");
    long syncIntervalNanos = in.readSignedVarint();
    if (syncIntervalNanos < -1) {
      throw in.corrupt("a sync interval of " + syncIntervalNanos, "-1 or more");
    }
    return new DatabaseRecord(id, readName(), defaultPolicyId, syncIntervalNanos);
  }

  private PolicyRecord readPolicy(int id) {
    readVersion();
    int databaseId = in.readCount(1, 0xffff, "as database id");
    long durationNanos = in.readUnsignedVarint();
    long shardDurationNanos = in.readUnsignedVarint();
    try {
      RetentionPolicy policy = new RetentionPolicy(readName(), durationNanos, shardDurationNanos);
      // Records of the first layout end here.
      if (in.remaining() > 0) {
        int replication = in.readCount(1, Integer.MAX_VALUE, "copies");
        policy =
            policy
                .withReplication(replication)
                .withLimits(in.readUnsignedVarint(), in.readUnsignedVarint());
      }
      return new PolicyRecord(id, databaseId, policy);
    } catch (IllegalArgumentException e) {
      throw new StorageException(Kind.CORRUPTION, "corrupt record of policy " + id, e);
    }
  }

  private TombstoneRecord readTombstone(int policyId, int startHours, int number) {
    readVersion();
    long beforeSequence = in.readUnsignedVarint();
    long logSequence = in.readUnsignedVarint();
    TimeRange range = new TimeRange(in.readSignedVarint(), in.readSignedVarint());
    RoaringBitmap series = new RoaringBitmap();
    int length = in.remaining();
    try {
      series.deserialize(ByteBuffer.wrap(in.array(), in.skip(length), length));
    } catch (IOException | RuntimeException e) {
      throw new StorageException(
          Kind.CORRUPTION, "corrupt tombstone of policy " + policyId + ": " + e.getMessage(), e);
    }
    return new TombstoneRecord(
        policyId, startHours, number, beforeSequence, logSequence, range, series);
  }

  /** {@code key} stands behind the byte for the kind of record. */
  private DocumentRecord readDocument(ByteBuffer key) {
    readVersion();
    int databaseId = key.getShort() & 0xffff;
    byte[] rest = new byte[key.remaining()];
    key.get(rest);
    int kindLength = 0;
    while (kindLength < rest.length && rest[kindLength] != 0) {
      kindLength++;
    }
    if (kindLength == rest.length) {
      throw in.corrupt("a document without a name", "a zero byte behind its kind");
    }
    int nameStart = kindLength + 1;
    int length = in.remaining();
    int from = in.skip(length);
    return new DocumentRecord(
        databaseId,
        new String(rest, 0, kindLength, StandardCharsets.US_ASCII),
        new String(rest, nameStart, rest.length - nameStart, StandardCharsets.UTF_8),
        Arrays.copyOfRange(in.array(), from, from + length));
  }

  private ShardRecord readShard(int policyId, int startHours) {
    readVersion();
    long endHours = in.readSignedVarint();
    if (endHours <= startHours || endHours > Integer.MAX_VALUE) {
      throw in.corrupt("a shard that ends at hour " + endHours, "more than " + startHours);
    }
    long sequenceLimit = in.readUnsignedVarint();
    long maxGroupSpanNanos = in.readUnsignedVarint();
    // Records of older layouts end here, behind the number or before the last time stored.
    long number = in.remaining() > 0 ? in.readUnsignedVarint() : 0;
    long firstLogSequence = in.remaining() > 0 ? in.readUnsignedVarint() : 0;
    long lastStoredNanos = in.remaining() > 0 ? in.readSignedVarint() : Long.MAX_VALUE;
    return new ShardRecord(
        policyId,
        new ShardBounds(startHours, (int) endHours),
        number,
        sequenceLimit,
        maxGroupSpanNanos,
        firstLogSequence,
        lastStoredNanos);
  }
}
