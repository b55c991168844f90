package io.varve.storage.head;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The moments between two commits as of which readers see the heads of a store.
 *
 * <p>A moment is a number. Holding one costs no more than counting it: the first row that a slab
 * gets after a moment makes the slab note how many rows it had before, see {@link Slab}, as long as
 * somebody holds a moment that needs it. Slabs whose rows have gone to chunks are retained for the
 * holders of moments at which the chunks were not there; never one that has no rows of a held
 * moment, so a moment retains at most what was in the heads when it was taken. If all of that grows
 * beyond a bound, the oldest moments are given up: their holders are told so by {@link #isHeld}.
 *
 * <p>For moments to lie between commits, the writer calls {@link #beginChanges} and {@link
 * #endChanges} around all rows, or deletions, that are to be seen together. Thread-safe.
 */
public final class Moments {
  /** Later than every moment: as of now. */
  public static final long NOW = Long.MAX_VALUE;

  /** A slab that has left its series, and the newest moment at which its chunks may be missing. */
  record Retained(MemSeries series, Slab slab, long moment) {}

  private static final long[] NONE = {};

  /** Held by the writer while it changes things, and while a moment is taken or given up. */
  private final ReentrantLock changes = new ReentrantLock();

  private final long maxRetainedBytes;

  /** The moment taken last; 0 before the first. Changed under the lock. */
  private volatile long last;

  /** The moments that are held, ascending. Replaced under the lock. */
  private volatile long[] held = NONE;

  /** Moments that were given up but may still be among those held. */
  private final ConcurrentLinkedQueue<Long> released = new ConcurrentLinkedQueue<>();

  /** In the order in which they were retained. Under its own monitor. */
  private final ArrayDeque<Retained> retained = new ArrayDeque<>();

  private volatile long retainedBytes;
  private final AtomicLong givenUp = new AtomicLong();

  /**
   * @param maxRetainedBytes how many bytes of slabs may be retained for readers
   */
  public Moments(long maxRetainedBytes) {
    this.maxRetainedBytes = maxRetainedBytes;
  }

  /** No moment is taken until {@link #endChanges}. Writer. */
  public void beginChanges() {
    changes.lock();
  }

  /** What was changed since {@link #beginChanges} belongs to all moments from now on. Writer. */
  public void endChanges() {
    boolean oldest = removeReleased();
    changes.unlock();
    if (oldest && retainedBytes > 0) {
      dropUnneeded();
    }
  }

  /**
   * Takes and holds a moment.
   *
   * @param action run at that very moment, between two commits; gets the moment, which is to be
   *     {@linkplain #release released} unless it throws
   * @return its answer
   */
  public <T> T hold(LongFunction<T> action) {
    changes.lock();
    try {
      return take(action);
    } finally {
      changes.unlock();
    }
  }

  /** As {@link #hold}; null, without waiting, if somebody is changing things. */
  public <T> @Nullable T tryHold(LongFunction<T> action) {
    if (!changes.tryLock()) {
      return null;
    }
    try {
      return take(action);
    } finally {
      changes.unlock();
    }
  }

  private <T> T take(LongFunction<T> action) {
    long moment = last + 1;
    long[] more = Arrays.copyOf(held, held.length + 1);
    more[held.length] = moment;
    held = more;
    last = moment;
    try {
      return action.apply(moment);
    } catch (RuntimeException | Error e) {
      remove(moment);
      throw e;
    }
  }

  /**
   * Gives a moment up; does nothing if it is not held any more. Does not wait: while somebody is
   * changing things the moment is put aside, and given up by whoever is next to hold the lock.
   */
  public void release(long moment) {
    released.add(moment);
    if (!changes.tryLock()) {
      return;
    }
    boolean oldest;
    try {
      oldest = removeReleased();
    } finally {
      changes.unlock();
    }
    // Others seldom hold what an older one does not.
    if (retainedBytes > 0 && (oldest || retainedBytes > maxRetainedBytes / 2)) {
      dropUnneeded();
    }
  }

  /** Answers whether the oldest moment was among those released. */
  private boolean removeReleased() {
    long oldest = held.length > 0 ? held[0] : 0;
    boolean removedOldest = false;
    for (Long moment = released.poll(); moment != null; moment = released.poll()) {
      removedOldest |= moment == oldest;
      remove(moment);
    }
    return removedOldest;
  }

  /** Gives all moments up that are held now. */
  public void releaseAll() {
    for (long moment : held) {
      giveUp(moment);
    }
    dropUnneeded();
  }

  /**
   * Whether a moment can still be seen. To be asked after what was read of it, too: if the answer
   * is no then, it may have been a mixture.
   */
  public boolean isHeld(long moment) {
    return Arrays.binarySearch(held, moment) >= 0;
  }

  /** Heap bytes of slabs that are there only for readers. */
  public long retainedBytes() {
    return retainedBytes;
  }

  /** How many moments were given up because readers held too much. */
  public long givenUp() {
    return givenUp.get();
  }

  long last() {
    return last;
  }

  /** Whether a moment after the one and up to the other is held. */
  boolean isHeldBetween(long after, long upTo) {
    for (long moment : held) {
      if (moment > after) {
        return moment <= upTo;
      }
    }
    return false;
  }

  /** Whether the rows of a slab that is stored now are still needed by somebody. */
  boolean needs(Slab slab) {
    for (long moment : held) {
      if (slab.rowCount(moment) > 0) {
        return true;
      }
    }
    return false;
  }

  /** A slab is out of its series and retained there. */
  void retain(Retained entry) {
    synchronized (retained) {
      retained.add(entry);
      retainedBytes = retainedBytes + entry.slab().bytes();
    }
  }

  /** Keeps what is retained within its bound. Not to be called between changes. */
  public void limitRetained() {
    while (retainedBytes > maxRetainedBytes) {
      long[] now = held;
      if (now.length > 0) {
        giveUp(now[0]);
      }
      dropUnneeded();
      if (now.length == 0) {
        return;
      }
    }
  }

  private void giveUp(long moment) {
    changes.lock();
    try {
      if (isHeld(moment)) {
        remove(moment);
        givenUp.incrementAndGet();
      }
    } finally {
      changes.unlock();
    }
  }

  private void remove(long moment) {
    long[] now = held;
    int at = Arrays.binarySearch(now, moment);
    if (at < 0) {
      return;
    }
    long[] fewer = new long[now.length - 1];
    System.arraycopy(now, 0, fewer, 0, at);
    System.arraycopy(now, at + 1, fewer, at, fewer.length - at);
    held = fewer;
  }

  private void dropUnneeded() {
    List<Retained> dropped = new ArrayList<>();
    synchronized (retained) {
      for (Iterator<Retained> entries = retained.iterator(); entries.hasNext(); ) {
        Retained entry = entries.next();
        if (!isNeeded(entry)) {
          entries.remove();
          retainedBytes = retainedBytes - entry.slab().bytes();
          dropped.add(entry);
        }
      }
    }
    dropped.forEach(entry -> entry.series().forget(entry));
  }

  private boolean isNeeded(Retained entry) {
    for (long moment : held) {
      if (moment <= entry.moment() && entry.slab().rowCount(moment) > 0) {
        return true;
      }
    }
    return false;
  }
}
