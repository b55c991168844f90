package io.varve.storage.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A hash table from byte strings to numbers below 2^40 that owns neither: 8 bytes a slot, at most
 * two thirds of the slots in use.
 *
 * <p>A slot holds 24 bits of the hash and the number; the subclass compares the real bytes, so a
 * collision costs time and is never wrong. One writer; readers take no lock: a slot is written once
 * with release semantics, a removed one only marked, and a grown table published as a whole.
 */
abstract class HashSlots {
  /** What {@link #find} answers when there is none. */
  static final long NONE = -1;

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int VALUE_BITS = 40;
  private static final long VALUE_MASK = (1L << VALUE_BITS) - 1;

  private static final long EMPTY = 0;
  private static final long REMOVED = VALUE_MASK;

  private volatile long[] table = new long[8];

  /** Slots that are not empty. */
  private int used;

  private int removed;

  /** Whether the number stands for these bytes. */
  abstract boolean matches(long value, byte[] key, int offset, int length, int kind);

  /** The lower half of the {@link Hash64} of the bytes that the number stands for. */
  abstract int lowHashOf(long value);

  /** The number for these bytes, or {@link #NONE}. */
  final long find(byte[] key, int offset, int length, int kind) {
    long hash = Hash64.of(key, offset, length, kind);
    long[] slots = table;
    int mask = slots.length - 1;
    for (int i = (int) hash & mask; ; i = (i + 1) & mask) {
      long slot = (long) SLOT.getAcquire(slots, i);
      if (slot == EMPTY) {
        return NONE;
      }
      if ((slot ^ hash) >>> VALUE_BITS == 0 && slot != REMOVED) {
        long value = (slot & VALUE_MASK) - 1;
        if (matches(value, key, offset, length, kind)) {
          return value;
        }
      }
    }
  }

  /** Adds a number that is not yet here, with the {@link Hash64} of its bytes. Writer. */
  final void insert(long value, long hash) {
    if (value < 0 || value >= REMOVED - 1) {
      throw new IllegalStateException("a slot cannot hold " + value);
    }
    if ((used + 1) * 3L > table.length * 2L) {
      rebuild();
    }
    put(table, hash, value);
    used++;
  }

  /** Removes a number. Writer. */
  final void remove(long value) {
    long[] slots = table;
    int mask = slots.length - 1;
    for (int i = lowHashOf(value) & mask; slots[i] != EMPTY; i = (i + 1) & mask) {
      if (slots[i] != REMOVED && (slots[i] & VALUE_MASK) == value + 1) {
        SLOT.setRelease(slots, i, REMOVED);
        removed++;
        return;
      }
    }
    throw new IllegalStateException("no slot holds " + value);
  }

  private void rebuild() {
    long[] old = table;
    int live = used - removed;
    int capacity = old.length;
    while ((live + 1) * 2L > capacity) {
      if (capacity == 1 << 30) {
        throw new IllegalStateException("hash table is full: " + live + " entries");
      }
      capacity *= 2;
    }
    long[] grown = new long[capacity];
    for (long slot : old) {
      if (slot != EMPTY && slot != REMOVED) {
        long value = (slot & VALUE_MASK) - 1;
        put(grown, (slot & ~VALUE_MASK) | (lowHashOf(value) & 0xffff_ffffL), value);
      }
    }
    table = grown;
    used = live;
    removed = 0;
  }

  private static void put(long[] slots, long hash, long value) {
    int mask = slots.length - 1;
    int i = (int) hash & mask;
    while (slots[i] != EMPTY) {
      i = (i + 1) & mask;
    }
    SLOT.setRelease(slots, i, slot(hash, value));
  }

  private static long slot(long hash, long value) {
    return (hash & ~VALUE_MASK) | (value + 1);
  }
}
