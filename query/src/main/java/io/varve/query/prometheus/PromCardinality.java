package io.varve.query.prometheus;

import java.util.List;

/**
 * How many series there are, and of what.
 *
 * @param labelPairs distinct pairs of a label and its value
 * @param byMetric metrics with the most series, largest first
 * @param valuesByLabel labels with the most values
 */
public record PromCardinality(
    long series, long labelPairs, List<Count> byMetric, List<Count> valuesByLabel) {
  /** A name and how many there are of it. */
  public record Count(String name, long value) {}
}
