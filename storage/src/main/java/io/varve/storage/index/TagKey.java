package io.varve.storage.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * One tag key of one measurement: the dictionary of its values and the series of each.
 *
 * <p>Values are numbered in the order in which they turned up. One writer; readers take no lock and
 * see values up to a count, arrays being replaced when they grow.
 */
final class TagKey {
  private static final VarHandle POSTING = MethodHandles.arrayElementVarHandle(Posting[].class);

  final byte[] nameBytes;
  final String name;

  private final Dictionary dictionary = new Dictionary();
  private volatile byte[][] values = new byte[1][];
  private volatile Posting[] postings = new Posting[1];
  private volatile int valueCount;
  private volatile Posting present = Posting.empty();
  private volatile int[] sorted = new int[0];

  TagKey(byte[] nameBytes) {
    this.nameBytes = nameBytes;
    this.name = new String(nameBytes, StandardCharsets.UTF_8);
  }

  /** Notes that a series has a value. Writer. */
  void add(byte[] key, int offset, int length, int seriesId) {
    int ordinal = (int) dictionary.find(key, offset, length, 0);
    if (ordinal < 0) {
      addValue(Arrays.copyOfRange(key, offset, offset + length), Posting.of(seriesId));
    } else {
      Posting before = postings[ordinal];
      Posting after = before.append(seriesId);
      if (after != before) {
        POSTING.setRelease(postings, ordinal, after);
      }
    }
    Posting before = present;
    Posting after = before.append(seriesId);
    if (after != before) {
      present = after;
    }
  }

  /** This key without some series: itself if it has none of them, null if it has no others. */
  @Nullable TagKey without(RoaringBitmap seriesIds) {
    Posting rest = present.without(seriesIds);
    if (rest == present) {
      return this;
    }
    if (rest.cardinality() == 0) {
      return null;
    }
    TagKey copy = new TagKey(nameBytes);
    for (int i = 0; i < valueCount; i++) {
      Posting posting = postings[i].without(seriesIds);
      if (posting.cardinality() > 0) {
        copy.addValue(values[i], posting);
      }
    }
    copy.present = rest;
    return copy;
  }

  /** The number of a value, or -1. */
  int find(byte[] key, int offset, int length) {
    return (int) dictionary.find(key, offset, length, 0);
  }

  int valueCount() {
    return valueCount;
  }

  /** UTF-8, not to be changed; {@code ordinal} below a count read before. */
  byte[] value(int ordinal) {
    return values[ordinal];
  }

  Posting posting(int ordinal) {
    return (Posting) POSTING.getAcquire(postings, ordinal);
  }

  /** The series that have this tag. */
  Posting present() {
    return present;
  }

  /** The numbers of all values, ordered by the values' bytes; not to be changed. */
  int[] sortedOrdinals() {
    int count = valueCount;
    int[] order = sorted;
    if (order.length != count) {
      byte[][] all = values;
      order =
          java.util.stream.IntStream.range(0, count)
              .boxed()
              .sorted((a, b) -> Arrays.compareUnsigned(all[a], all[b]))
              .mapToInt(Integer::intValue)
              .toArray();
      sorted = order;
    }
    return order;
  }

  private void addValue(byte[] value, Posting posting) {
    int ordinal = valueCount;
    if (ordinal == values.length) {
      values = Arrays.copyOf(values, ordinal * 2);
      postings = Arrays.copyOf(postings, ordinal * 2);
    }
    values[ordinal] = value;
    postings[ordinal] = posting;
    valueCount = ordinal + 1;
    dictionary.insert(ordinal);
  }

  private final class Dictionary extends HashSlots {
    @Override
    boolean matches(long ordinal, byte[] key, int offset, int length, int kind) {
      byte[] value = values[(int) ordinal];
      return value.length == length
          && Arrays.equals(value, 0, length, key, offset, offset + length);
    }

    @Override
    long hashOf(long ordinal) {
      byte[] value = values[(int) ordinal];
      return Hash64.of(value, 0, value.length, 0);
    }
  }
}
