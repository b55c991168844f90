package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import java.util.Arrays;

/**
 * Numbers different labels from 0 on in the order in which they come: a table of numbers, with
 * linear probing, in front of a list of labels. A third of the memory of a hash map, and no object
 * per entry.
 */
final class LabelsIndex {
  private static final int FIRST_SIZE = 16;

  /** Spreads what hashes differ in over the high bits, by which slots are found. */
  private static final int SPREAD = 0x9E37_79B9;

  private Labels[] labels = new Labels[FIRST_SIZE / 2];

  /** Numbers by hash, each one more than it is; 0 in free slots. At most half are taken. */
  private int[] slots = new int[FIRST_SIZE];

  private int count;

  int count() {
    return count;
  }

  Labels get(int number) {
    return labels[number];
  }

  /** The number of some labels; negative if they have none. */
  int find(Labels wanted) {
    return slots[slot(wanted)] - 1;
  }

  /** The number of some labels, which may be a new one: {@link #count} as it was. */
  int add(Labels added) {
    int slot = slot(added);
    if (slots[slot] > 0) {
      return slots[slot] - 1;
    }
    if (count == labels.length) {
      grow();
      slot = slot(added);
    }
    labels[count] = added;
    slots[slot] = ++count;
    return count - 1;
  }

  /** Where labels are or would be. */
  private int slot(Labels wanted) {
    int mask = slots.length - 1;
    int slot = (wanted.hashCode() * SPREAD) >>> Integer.numberOfLeadingZeros(mask);
    while (slots[slot] > 0 && !labels[slots[slot] - 1].equals(wanted)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    labels = Arrays.copyOf(labels, 2 * labels.length);
    slots = new int[2 * slots.length];
    for (int number = 0; number < count; number++) {
      slots[slot(labels[number])] = number + 1;
    }
  }
}
