package io.varve.bench.compare;

import org.HdrHistogram.Histogram;

/**
 * What one query type cost one server.
 *
 * @param checked answers that were compared with the right ones
 * @param wrong what was wrong with the first wrong answer; empty if none was
 * @param latencies in nanoseconds, from the time a query was due
 * @param ratePerSecond how often it was asked
 * @param cpuNanos of the server per query
 */
record QueryFigures(
    int checked, String wrong, Histogram latencies, double ratePerSecond, double cpuNanos) {
  double millis(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }
}
