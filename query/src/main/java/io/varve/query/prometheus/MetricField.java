package io.varve.query.prometheus;

/**
 * A field of a measurement under one of the names that PromQL knows it by.
 *
 * @param name the name of the metric
 * @param fieldIds the numeric fields of that name, one for each type that was ever written, and the
 *     one of native histograms
 * @param histograms whether one of them is that of native histograms
 */
record MetricField(String name, String measurement, int[] fieldIds, boolean histograms) {
  MetricField named(String other) {
    return new MetricField(other, measurement, fieldIds, histograms);
  }
}
