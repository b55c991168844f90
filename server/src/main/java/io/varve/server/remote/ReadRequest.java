package io.varve.server.remote;

import io.varve.query.prometheus.LabelCondition;
import java.util.List;

/**
 * What a remote-read request asks for.
 *
 * @param streamed whether the answer is to be a stream of chunks instead of one message of samples
 * @param takesSamples whether it may be a message of samples
 */
public record ReadRequest(List<Query> queries, boolean streamed, boolean takesSamples) {
  /** The series that meet all conditions, with their samples in a range closed at both ends. */
  public record Query(long startMillis, long endMillis, List<LabelCondition> conditions) {}
}
