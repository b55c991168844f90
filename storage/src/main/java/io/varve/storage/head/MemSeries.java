package io.varve.storage.head;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One series in the head: a chain of slabs from the newest to the oldest, of which only the newest
 * may still take rows.
 *
 * <p>The chain changes under this object's monitor, which the writer takes once per slab and the
 * flusher once per group; readers just walk it.
 */
final class MemSeries {
  private static final VarHandle DIRTY;

  static {
    try {
      DIRTY = MethodHandles.lookup().findVarHandle(MemSeries.class, "dirty", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Null if all rows have left. */
  volatile @Nullable Slab newest;

  /** Slabs that are out of the chain and that readers of moments still need. Replaced only. */
  private volatile List<Moments.Retained> retained = List.of();

  /** Whether rows came since the last checkpoint. */
  @SuppressWarnings("UnusedVariable") // Used by way of the handle only.
  private boolean dirty;

  /** Whether rows came since the head was last searched for idle series. Writer. */
  boolean recent;

  /** Marks the series as changed. Writer, after the change can be seen. */
  void markDirty() {
    DIRTY.setRelease(this, true);
  }

  /** Marks the series as stored; whatever came before that can be seen now. Flusher. */
  void clearDirty() {
    DIRTY.getAndSet(this, false);
  }

  boolean isDirty() {
    return (boolean) DIRTY.getAcquire(this);
  }

  /** The slabs as they are now, oldest first. */
  List<Slab> slabs() {
    List<Slab> slabs = new ArrayList<>(2);
    for (Slab slab = newest; slab != null; slab = slab.older) {
      slabs.add(slab);
    }
    if (slabs.size() < 2) {
      return slabs;
    }
    Collections.reverse(slabs);
    return slabs;
  }

  /** The slabs that may have rows as of a moment, oldest first. */
  List<Slab> slabs(long moment) {
    List<Slab> slabs = slabs();
    // Read after the chain: a slab is here before it is not there.
    List<Moments.Retained> left = retained;
    if (left.isEmpty() || moment == Moments.NOW) {
      return slabs;
    }
    for (Moments.Retained each : left) {
      if (each.moment() >= moment && !slabs.contains(each.slab())) {
        slabs.add(each.slab());
      }
    }
    slabs.sort(Comparator.comparingInt(slab -> slab.number));
    return slabs;
  }

  /** Whether readers of moments may need slabs that are out of the chain. */
  boolean hasRetained() {
    return !retained.isEmpty();
  }

  /** Whether it has no rows for anybody. */
  boolean isUnused() {
    return newest == null && retained.isEmpty();
  }

  /** Nobody needs a retained slab any more. */
  synchronized void forget(Moments.Retained entry) {
    List<Moments.Retained> fewer = new ArrayList<>(retained);
    fewer.remove(entry);
    retained = List.copyOf(fewer);
  }

  /** Starts a new slab; the one before, if any, takes no more rows. Writer. */
  synchronized Slab startSlab(PackedRows noRows, AtomicInteger liveSeries) {
    Slab before = newest;
    if (before == null) {
      liveSeries.incrementAndGet();
    } else {
      before.freeze();
    }
    Slab slab = new Slab(noRows, before, nextNumber(before));
    newest = slab;
    return slab;
  }

  private int nextNumber(@Nullable Slab before) {
    int number = before == null ? 0 : before.number + 1;
    List<Moments.Retained> left = retained;
    for (int i = 0; i < left.size(); i++) {
      number = Math.max(number, left.get(i).slab().number + 1);
    }
    return number;
  }

  /** Gives the newest slab more columns or presence bits. Writer. */
  synchronized Slab widen(Slab slab, SlabLayout layout) {
    Slab wider = new Slab(slab, layout);
    newest = wider;
    return wider;
  }

  /**
   * Takes a slab out of the chain, to where readers of moments find it if they need it; false if it
   * is not in the chain. Flusher.
   */
  synchronized boolean unlink(Slab slab, AtomicInteger liveSeries, Moments moments) {
    Slab newer = null;
    for (Slab at = newest; at != null; at = at.older) {
      if (at == slab) {
        if (moments.needs(slab)) {
          retain(new Moments.Retained(this, slab, moments.last()), moments);
        }
        if (newer == null) {
          newest = slab.older;
          if (slab.older == null) {
            liveSeries.decrementAndGet();
          }
        } else {
          newer.older = slab.older;
        }
        return true;
      }
      newer = at;
    }
    return false;
  }

  private void retain(Moments.Retained entry, Moments moments) {
    List<Moments.Retained> more = new ArrayList<>(retained);
    more.add(entry);
    retained = List.copyOf(more);
    moments.retain(entry);
  }

  /** Takes all slabs out of the chain and gives their bytes. Writer. */
  synchronized long clear(AtomicInteger liveSeries) {
    long bytes = 0;
    if (newest != null) {
      liveSeries.decrementAndGet();
    }
    for (Slab slab : slabs()) {
      PartialState state = slab.partial;
      bytes += slab.bytes();
      bytes += state != null && state.stored != null ? PartialChunk.HEAP_BYTES : 0;
    }
    newest = null;
    return bytes;
  }

  /**
   * The slabs as they are now, oldest first, each with a state for what is stored of it, which a
   * widened slab takes over. Flusher.
   */
  synchronized List<Slab> slabsToStore() {
    List<Slab> slabs = slabs();
    for (Slab slab : slabs) {
      if (slab.partial == null) {
        slab.partial = new PartialState();
      }
    }
    return slabs;
  }

  /** What is stored of a slab that {@link #slabsToStore} gave. Flusher. */
  synchronized @Nullable PartialChunk stored(Slab slab) {
    PartialState state = slab.partial;
    return state == null ? null : state.stored;
  }

  /** What is stored of the slabs that are still here. */
  synchronized List<PartialChunk> partials() {
    List<PartialChunk> result = List.of();
    for (Slab slab = newest; slab != null; slab = slab.older) {
      PartialState state = slab.partial;
      if (state != null && state.stored != null) {
        result = result.isEmpty() ? new ArrayList<>(1) : result;
        result.add(state.stored);
      }
    }
    return result;
  }

  /** Notes what is stored of a slab that {@link #slabsToStore} gave. Flusher. */
  synchronized void setStored(Slab slab, PartialChunk chunk) {
    PartialState state = slab.partial;
    if (state == null) {
      throw new IllegalStateException("nobody has asked for these rows");
    }
    state.stored = chunk;
  }
}
