package io.varve.storage.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.roaringbitmap.RoaringBitmap;

/**
 * An append-only set of series ids: a bitmap that never changes and a short tail of newer ids.
 *
 * <p>One writer appends; when the tail is full a successor takes its place, with the tail folded
 * into a new bitmap. Tails grow with the set, so an append costs a few nanoseconds amortised, and a
 * set of one id some 60 bytes. Readers see the ids up to a count published with release semantics.
 */
final class Posting {
  private static final VarHandle TAIL_COUNT;
  private static final RoaringBitmap NO_IDS = new RoaringBitmap();
  private static final int LONGEST_PLAIN_TAIL = 32;
  private static final int LONGEST_TAIL = 8192;

  static {
    try {
      TAIL_COUNT = MethodHandles.lookup().findVarHandle(Posting.class, "tailCount", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RoaringBitmap base;
  private final int baseCount;
  private final int[] tail;

  private int tailCount;

  private Posting(RoaringBitmap base, int[] tail, int tailCount) {
    this.base = base;
    this.baseCount = base.getCardinality();
    this.tail = tail;
    this.tailCount = tailCount;
  }

  static Posting of(int seriesId) {
    return new Posting(NO_IDS, new int[] {seriesId}, 1);
  }

  /** A set without ids. */
  static Posting empty() {
    return new Posting(NO_IDS, new int[4], 0);
  }

  /** Appends an id that is not in the set; the answer, this or a successor, is the set now. */
  Posting append(int seriesId) {
    int count = tailCount;
    if (count < tail.length) {
      tail[count] = seriesId;
      TAIL_COUNT.setRelease(this, count + 1);
      return this;
    }
    if (baseCount == 0 && count < LONGEST_PLAIN_TAIL) {
      int[] longer = Arrays.copyOf(tail, count < 4 ? 4 : count * 2);
      longer[count] = seriesId;
      return new Posting(base, longer, count + 1);
    }
    RoaringBitmap folded = base.clone();
    folded.add(tail);
    folded.runOptimize();
    int longerLength = Math.min(LONGEST_TAIL, Math.max(16, (baseCount + count) / 4));
    int[] next = new int[longerLength];
    next[0] = seriesId;
    return new Posting(folded, next, 1);
  }

  /** The set without some ids: this if it has none of them. */
  Posting without(RoaringBitmap seriesIds) {
    boolean touched = RoaringBitmap.intersects(base, seriesIds);
    for (int i = 0; i < tailCount && !touched; i++) {
      touched = seriesIds.contains(tail[i]);
    }
    if (!touched) {
      return this;
    }
    RoaringBitmap rest = RoaringBitmap.andNot(bitmap(), seriesIds);
    int count = rest.getCardinality();
    return count <= LONGEST_PLAIN_TAIL
        ? new Posting(NO_IDS, rest.toArray(), count)
        : new Posting(rest, new int[16], 0);
  }

  int cardinality() {
    return baseCount + (int) TAIL_COUNT.getAcquire(this);
  }

  /** The ids as a bitmap that may be shared and must not be changed. */
  RoaringBitmap bitmap() {
    int count = (int) TAIL_COUNT.getAcquire(this);
    if (count == 0) {
      return base;
    }
    RoaringBitmap all = base.clone();
    all.addN(tail, 0, count);
    return all;
  }

  /** Whether one of the ids is in the other set. */
  boolean intersects(RoaringBitmap seriesIds) {
    int count = (int) TAIL_COUNT.getAcquire(this);
    for (int i = 0; i < count; i++) {
      if (seriesIds.contains(tail[i])) {
        return true;
      }
    }
    return baseCount > 0 && RoaringBitmap.intersects(base, seriesIds);
  }

  /** Whether all ids are in the tail. */
  boolean isSmall() {
    return baseCount == 0;
  }

  /** Adds the ids of a small set to a bitmap of the caller. */
  void addTo(RoaringBitmap target) {
    int count = (int) TAIL_COUNT.getAcquire(this);
    for (int i = 0; i < count; i++) {
      target.add(tail[i]);
    }
  }
}
