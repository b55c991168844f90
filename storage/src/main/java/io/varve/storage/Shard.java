package io.varve.storage;

import io.varve.storage.head.ShardHead;
import io.varve.storage.index.ShardIndex;
import io.varve.storage.lifecycle.ShardBounds;
import io.varve.storage.lifecycle.ShardRecord;

/**
 * One time partition of one retention policy: its index and its rows not yet in chunks.
 *
 * <p>The sequence numbers are the flusher's; the rest is for any thread, within the roles of {@link
 * ShardHead} and {@link ShardIndex}.
 */
final class Shard {
  /** Sequence numbers are reserved on disk in blocks of this many. */
  private static final long SEQUENCE_BLOCK = 1 << 16;

  private static final long MAX_SEQUENCE = 0xffff_ffffL;

  private final PolicyState policy;
  private final ShardBounds bounds;
  private final ShardIndex index;
  private final ShardHead head = new ShardHead();

  private long nextSequence;
  private long sequenceLimit;
  private volatile long maxGroupSpanNanos;
  private volatile boolean dropped;

  Shard(PolicyState policy, ShardRecord record, ShardIndex index) {
    this.policy = policy;
    this.bounds = record.bounds();
    this.index = index;
    this.nextSequence = record.sequenceLimit();
    this.sequenceLimit = record.sequenceLimit();
    this.maxGroupSpanNanos = record.maxGroupSpanNanos();
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

  ShardIndex index() {
    return index;
  }

  ShardHead head() {
    return head;
  }

  ShardRecord record() {
    return new ShardRecord(policy.id(), bounds, sequenceLimit, maxGroupSpanNanos);
  }

  /** See {@link ShardRecord#maxGroupSpanNanos}. */
  long maxGroupSpanNanos() {
    return maxGroupSpanNanos;
  }

  boolean isDropped() {
    return dropped;
  }

  void markDropped() {
    dropped = true;
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
  boolean use(long sequence, long spanNanos) {
    if (sequence > MAX_SEQUENCE) {
      throw new IllegalStateException("no sequence numbers left in " + bounds);
    }
    boolean changed = false;
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
    return changed;
  }
}
