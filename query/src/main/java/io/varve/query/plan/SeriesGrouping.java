package io.varve.query.plan;

import io.varve.query.operator.Group;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** Deals the selected series out to output series, by the tags grouped by. */
final class SeriesGrouping {
  private static final int[] NO_SERIES = new int[0];

  private final String[] tags;
  private final int sourceCount;

  /**
   * Groups by their tag values, UTF-8, in the order of {@link #tags}, which is the order of the
   * output.
   */
  private final SortedMap<byte[][], Members> groups = new TreeMap<>(SeriesGrouping::compareValues);

  SeriesGrouping(SortedSet<String> tags, int sourceCount) {
    this.tags = tags.toArray(new String[0]);
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

  /**
   * The groups in ascending order.
   *
   * @param limit how many at most; 0 for all
   */
  List<Group> groups(long limit, long offset) {
    List<Group> list = new ArrayList<>();
    long position = 0;
    for (var entry : groups.entrySet()) {
      if (position >= offset && (limit == 0 || position - offset < limit)) {
        SortedMap<String, String> values = new TreeMap<>(SeriesKey::compareUtf8);
        for (int t = 0; t < tags.length; t++) {
          values.put(tags[t], new String(entry.getKey()[t], StandardCharsets.UTF_8));
        }
        list.add(new Group(Collections.unmodifiableSortedMap(values), entry.getValue().trimmed()));
      }
      position++;
    }
    return list;
  }
}
