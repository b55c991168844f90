package io.varve.query.operator;

import java.util.SortedMap;

/**
 * One output series: the tags grouped by, and the series that go into it.
 *
 * @param tags in output order; empty if not grouped
 * @param seriesIds for each source of the statement, the ids of its series
 */
public record Group(SortedMap<String, String> tags, int[][] seriesIds) {
  /** Series of all sources together. */
  public int seriesCount() {
    int count = 0;
    for (int[] ids : seriesIds) {
      count += ids.length;
    }
    return count;
  }
}
