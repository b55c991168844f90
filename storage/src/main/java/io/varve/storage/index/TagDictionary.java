package io.varve.storage.index;

import io.varve.storage.model.TagValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The values that one tag key of one measurement has or had, numbered in the order in which they
 * turned up.
 *
 * <p>Only grows: stored keys name values by these numbers, so a value without series keeps its
 * number until the index is loaded again. One writer; readers take no lock and see values up to a
 * count, arrays being replaced when they grow.
 */
final class TagDictionary extends HashSlots implements TagValues {
  /** By which stored keys name the tag key. */
  final int number;

  final byte[] nameBytes;
  final String name;

  private volatile byte[][] values = new byte[1][];
  private volatile int count;
  private volatile int[] sorted = new int[0];
  private volatile int[] ranks = new int[0];

  TagDictionary(int number, byte[] nameBytes) {
    this.number = number;
    this.nameBytes = nameBytes;
    this.name = new String(nameBytes, StandardCharsets.UTF_8);
  }

  /** The number of a value, or -1. */
  int find(byte[] key, int offset, int length) {
    return (int) find(key, offset, length, 0);
  }

  /** The number of a value, which is added if need be. Writer. */
  int resolve(byte[] key, int offset, int length) {
    int known = find(key, offset, length);
    if (known >= 0) {
      return known;
    }
    int ordinal = count;
    byte[][] grown = values;
    if (ordinal == grown.length) {
      grown = Arrays.copyOf(grown, ordinal + Math.max(1, ordinal / 2));
    }
    grown[ordinal] = Arrays.copyOfRange(key, offset, offset + length);
    values = grown;
    count = ordinal + 1;
    insert(ordinal, Hash64.of(key, offset, length, 0));
    return ordinal;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public byte[] value(int ordinal) {
    return values[ordinal];
  }

  /** All numbers, ordered by the values' bytes; not to be changed. */
  int[] sortedOrdinals() {
    int wanted = count;
    int[] order = sorted;
    if (order.length != wanted) {
      order = ValueOrder.sort(values, wanted, order);
      sorted = order;
    }
    return order;
  }

  /** By the number of a value, its place among all ordered by their bytes; not to be changed. */
  int[] ranks() {
    int[] known = ranks;
    if (known.length != count) {
      int[] order = sortedOrdinals();
      known = new int[order.length];
      for (int place = 0; place < order.length; place++) {
        known[order[place]] = place;
      }
      ranks = known;
    }
    return known;
  }

  @Override
  boolean matches(long ordinal, byte[] key, int offset, int length, int kind) {
    byte[] value = values[(int) ordinal];
    return value.length == length && Arrays.equals(value, 0, length, key, offset, offset + length);
  }

  @Override
  int lowHashOf(long ordinal) {
    byte[] value = values[(int) ordinal];
    return (int) Hash64.of(value, 0, value.length, 0);
  }
}
