package io.varve.query.plan;

import io.varve.query.TagMap;
import io.varve.query.operator.Group;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.TagReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Deals the selected series out to output series, by the tags grouped by.
 *
 * <p>Where there is one source, which is nearly always, the index knows the order of the values:
 * each series gets a number from the places of its values, and sorting those is all. Otherwise
 * values are compared.
 */
final class SeriesGrouping {
  private static final int[] NO_SERIES = new int[0];

  /** Values of a tag that are put in order, which the index keeps, for each series grouped. */
  private static final int VALUES_PER_SERIES = 4;

  private final String[] tags;
  private final TagMap.Keys keys;

  /** The groups in order, if they were found by numbers. */
  private @Nullable List<Group> sorted;

  private final int sourceCount;

  /**
   * Groups by their tag values, UTF-8, in the order of {@link #tags}, which is the order of the
   * output.
   */
  private final SortedMap<byte[][], Members> groups = new TreeMap<>(SeriesGrouping::compareValues);

  SeriesGrouping(SortedSet<String> tags, int sourceCount) {
    this.tags = tags.toArray(new String[0]);
    keys = new TagMap.Keys(this.tags);
    this.sourceCount = sourceCount;
  }

  /** Series of one source in one group, in an array that grows. */
  private static final class Members {
    private final int[][] ids;
    private final int[] counts;

    Members(int sourceCount) {
      ids = new int[sourceCount][];
      Arrays.fill(ids, NO_SERIES);
      counts = new int[sourceCount];
    }

    void add(int source, int id) {
      if (counts[source] == ids[source].length) {
        ids[source] = Arrays.copyOf(ids[source], Math.max(1, counts[source] * 2));
      }
      ids[source][counts[source]++] = id;
    }

    int[][] trimmed() {
      int[][] trimmed = new int[ids.length][];
      for (int s = 0; s < trimmed.length; s++) {
        trimmed[s] = counts[s] == ids[s].length ? ids[s] : Arrays.copyOf(ids[s], counts[s]);
      }
      return trimmed;
    }
  }

  void add(int source, SeriesReader reader, int[] seriesIds) {
    if (tags.length == 0) {
      Members all = groups.computeIfAbsent(new byte[0][], key -> new Members(sourceCount));
      all.ids[source] = seriesIds;
      all.counts[source] = seriesIds.length;
      return;
    }
    TagReader reading = reader.tags(List.of(tags));
    if (sourceCount == 1 && seriesIds.length > 1) {
      sorted = sort(reading, seriesIds);
      if (sorted != null) {
        return;
      }
    }
    byte[][] previous = new byte[tags.length][];
    Members members = null;
    for (int id : seriesIds) {
      reading.read(id);
      boolean same = members != null;
      for (int t = 0; t < tags.length; t++) {
        byte[] value = reading.value(t);
        same &= value == previous[t];
        previous[t] = value;
      }
      if (!same || members == null) {
        members = groups.computeIfAbsent(previous.clone(), k -> new Members(sourceCount));
      }
      members.add(source, id);
    }
  }

  private static int compareValues(byte[][] left, byte[][] right) {
    for (int i = 0; i < left.length; i++) {
      int order = Arrays.compareUnsigned(left[i], right[i]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** The groups of the only source; null if their tags' order is not known or has too many bits. */
  private @Nullable List<Group> sort(TagReader reading, int[] seriesIds) {
    int most = (int) Math.min(Integer.MAX_VALUE, (long) VALUES_PER_SERIES * seriesIds.length);
    int n = seriesIds.length;
    byte[][][] values = new byte[n][][];
    int[] ranks = new int[n * tags.length];
    int[] anyBits = new int[tags.length];
    for (int i = 0; i < n; i++) {
      reading.read(seriesIds[i]);
      values[i] = new byte[tags.length][];
      for (int t = 0; t < tags.length; t++) {
        int rank = reading.rank(t, most);
        if (rank < 0) {
          return null;
        }
        ranks[i * tags.length + t] = rank;
        anyBits[t] |= rank;
        values[i][t] = reading.value(t);
      }
    }
    int positionBits = bits(n);
    int allBits = positionBits;
    for (int any : anyBits) {
      allBits += bits(any);
    }
    if (allBits >= Long.SIZE) {
      return null;
    }
    long[] order = new long[n];
    for (int i = 0; i < n; i++) {
      long number = 0;
      for (int t = 0; t < tags.length; t++) {
        number = number << bits(anyBits[t]) | ranks[i * tags.length + t];
      }
      order[i] = number << positionBits | i;
    }
    Arrays.sort(order);
    return cut(order, positionBits, seriesIds, values);
  }

  private static int bits(int any) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(any);
  }

  /** Series that have the same number, but for their position, are a group. */
  private List<Group> cut(long[] order, int positionBits, int[] seriesIds, byte[][][] values) {
    List<Group> found = new ArrayList<>(order.length);
    int mask = (1 << positionBits) - 1;
    int from = 0;
    while (from < order.length) {
      int to = from + 1;
      while (to < order.length && order[to] >>> positionBits == order[from] >>> positionBits) {
        to++;
      }
      int[] ids = new int[to - from];
      for (int i = from; i < to; i++) {
        ids[i - from] = seriesIds[(int) order[i] & mask];
      }
      TagMap of = new TagMap(keys, values[(int) order[from] & mask]);
      found.add(new Group(of, new int[][] {ids}));
      from = to;
    }
    return found;
  }

  /**
   * The groups in ascending order.
   *
   * @param limit how many at most; 0 for all
   */
  List<Group> groups(long limit, long offset) {
    if (sorted != null) {
      int from = (int) Math.min(offset, sorted.size());
      int left = sorted.size() - from;
      int count = limit == 0 ? left : (int) Math.min(limit, left);
      return new ArrayList<>(sorted.subList(from, from + count));
    }
    List<Group> list = new ArrayList<>();
    long position = 0;
    for (var entry : groups.entrySet()) {
      if (position >= offset && (limit == 0 || position - offset < limit)) {
        list.add(new Group(new TagMap(keys, entry.getKey()), entry.getValue().trimmed()));
      }
      position++;
    }
    return list;
  }
}
