package io.varve.storage;

import io.varve.storage.head.ShardHead;
import io.varve.storage.index.ShardIndex;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.ShardBounds;
import io.varve.storage.lifecycle.ShardRecord;
import io.varve.storage.lifecycle.TombstoneRecord;
import io.varve.storage.model.TimeRange;
import io.varve.storage.read.Deletion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.roaringbitmap.RoaringBitmap;

/**
 * One time partition of one retention policy: its index and its rows not yet in chunks.
 *
 * <p>The sequence numbers are for who holds the store lock; the rest is for any thread, within the
 * roles of {@link ShardHead} and {@link ShardIndex}.
 */
final class Shard {
  /** Sequence numbers are reserved on disk in blocks of this many. */
  private static final long SEQUENCE_BLOCK = 1 << 16;

  /** At so many a delete waits until a compaction has removed some. */
  static final int MAX_TOMBSTONES = 256;

  private static final long MAX_SEQUENCE = 0xffff_ffffL;

  private final PolicyState policy;
  private final ShardBounds bounds;
  private final long number;
  private final long firstLogSequence;
  private final ShardIndex index;
  private final ShardHead head;

  private long nextSequence;
  private long sequenceLimit;
  private volatile long maxGroupSpanNanos;

  /** Raised before a chunk with a later row is stored. */
  private volatile long lastStoredNanos;

  private boolean recordStale;

  private final ShardChunks cachedChunks = new ShardChunks();

  /** Of the commit thread. */
  private final IdleSweeps idleSweeps = new IdleSweeps();

  private volatile boolean dropped;

  /** Replaced, never changed, under the store lock. */
  private volatile List<TombstoneRecord> tombstones = List.of();

  /** Whether nothing was stored or deleted since the last compaction. Under the store lock. */
  private volatile boolean compacted;

  /** Counts how often series without rows were taken off {@link #index}. */
  private final AtomicInteger forgettings = new AtomicInteger();

  /** Counts what was stored or deleted. Under the store lock. */
  private long changes;

  Shard(PolicyState policy, ShardRecord record, ShardIndex index) {
    this.policy = policy;
    this.bounds = record.bounds();
    this.number = record.number();
    this.firstLogSequence = record.firstLogSequence();
    this.index = index;
    this.head = new ShardHead(policy.database().moments());
    this.nextSequence = record.sequenceLimit();
    this.sequenceLimit = record.sequenceLimit();
    this.maxGroupSpanNanos = record.maxGroupSpanNanos();
    this.lastStoredNanos = record.lastStoredNanos();
  }

  /** What tells the shards of a database apart in its index. */
  static long idOf(int policyId, int startHours) {
    return (long) policyId << 32 | (startHours & 0xffff_ffffL);
  }

  PolicyState policy() {
    return policy;
  }

  ShardBounds bounds() {
    return bounds;
  }

  ShardInfo info() {
    return new ShardInfo(
        number,
        policy.database().name(),
        policy.policy().name(),
        bounds.startNanos(),
        bounds.lastNanos(),
        policy.policy().durationNanos(),
        index.seriesCount(),
        head.bytes(),
        compacted);
  }

  /** See {@link ShardInfo#id}. */
  long number() {
    return number;
  }

  ShardIndex index() {
    return index;
  }

  /** See {@link ShardRecord#firstLogSequence}. */
  long firstLogSequence() {
    return firstLogSequence;
  }

  ShardHead head() {
    return head;
  }

  ShardRecord record() {
    return new ShardRecord(
        policy.id(),
        bounds,
        number,
        sequenceLimit,
        maxGroupSpanNanos,
        firstLogSequence,
        lastStoredNanos);
  }

  /** See {@link ShardRecord#maxGroupSpanNanos}. */
  long maxGroupSpanNanos() {
    return maxGroupSpanNanos;
  }

  /** See {@link ShardRecord#lastStoredNanos}. */
  long lastStoredNanos() {
    return lastStoredNanos;
  }

  /** What the {@link ChunkCache} has of this shard. */
  ShardChunks cachedChunks() {
    return cachedChunks;
  }

  /** Whether no row has come for a while; to be asked once in each sweep. Commit thread. */
  boolean isIdle() {
    return idleSweeps.add(head.appendedRows());
  }

  boolean isDropped() {
    return dropped;
  }

  void markDropped() {
    dropped = true;
  }

  Catalog.ShardKey key() {
    return new Catalog.ShardKey(policy.id(), bounds.startHours());
  }

  /** What was deleted here and may still be in chunks, oldest first. */
  List<TombstoneRecord> tombstones() {
    return tombstones;
  }

  /** What some tombstones of a shard delete of a series. */
  static List<Deletion> deletions(List<TombstoneRecord> known, int seriesId) {
    if (known.isEmpty()) {
      return List.of();
    }
    List<Deletion> result = new ArrayList<>();
    for (TombstoneRecord tombstone : known) {
      if (tombstone.series().contains(seriesId)) {
        result.add(new Deletion(tombstone.range(), tombstone.beforeSequence()));
      }
    }
    return result;
  }

  /** A tombstone for everything that has been written here so far. */
  TombstoneRecord newTombstone(long logSequence, TimeRange range, RoaringBitmap series) {
    List<TombstoneRecord> known = tombstones;
    int number = known.isEmpty() ? 0 : known.get(known.size() - 1).number() + 1;
    return new TombstoneRecord(
        policy.id(), bounds.startHours(), number, nextSequence, logSequence, range, series);
  }

  /** Those that hide nothing but what a new one hides. */
  List<TombstoneRecord> coveredBy(TombstoneRecord tombstone) {
    return tombstones.stream().filter(tombstone::covers).toList();
  }

  void addTombstone(TombstoneRecord tombstone) {
    List<TombstoneRecord> changed = new ArrayList<>(tombstones);
    changed.add(tombstone);
    tombstones = List.copyOf(changed);
  }

  void removeTombstones(List<TombstoneRecord> gone) {
    List<TombstoneRecord> changed = new ArrayList<>(tombstones);
    changed.removeAll(gone);
    tombstones = List.copyOf(changed);
  }

  boolean isCompacted() {
    return compacted;
  }

  /** Nothing is left to be compacted. */
  void markCompacted() {
    compacted = true;
  }

  /** Something is stored here or deleted from here; {@link #isCompacted} does not hold any more. */
  void markChanged() {
    compacted = false;
    changes++;
  }

  long changes() {
    return changes;
  }

  /** How often {@link #forget} was called: unless it was, the index has all series it ever had. */
  int forgettings() {
    return forgettings.get();
  }

  /** Takes series without rows off the index. Commit thread. */
  void forget(RoaringBitmap seriesIds) {
    forgettings.incrementAndGet();
    index.removeSeries(seriesIds);
  }

  /** The sequence number that the next group stored gets. */
  long nextSequence() {
    return nextSequence;
  }

  /**
   * Notes what a group about to be stored uses.
   *
   * @return whether {@link #record} has changed and must be stored with it
   */
  boolean use(long sequence, long firstNanos, long lastNanos) {
    long spanNanos = lastNanos - firstNanos;
    if (sequence > MAX_SEQUENCE) {
      throw new IllegalStateException("no sequence numbers left in " + bounds);
    }
    boolean changed = recordStale;
    recordStale = false;
    nextSequence = Math.max(nextSequence, sequence + 1);
    if (nextSequence > sequenceLimit) {
      sequenceLimit = nextSequence + SEQUENCE_BLOCK;
      changed = true;
    }
    if (Long.compareUnsigned(spanNanos, maxGroupSpanNanos) > 0) {
      // With some room, so that a stream that slows down does not come here each time.
      maxGroupSpanNanos = spanNanos < 0 ? -1 : spanNanos + (spanNanos >> 2);
      changed = true;
    }
    if (lastNanos > lastStoredNanos) {
      lastStoredNanos = lastNanos;
      changed = true;
    }
    return changed;
  }

  /** What {@link #use} said was to be stored was not: the next use says so again. */
  void recordNotStored() {
    recordStale = true;
  }
}
