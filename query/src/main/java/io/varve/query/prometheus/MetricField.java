package io.varve.query.prometheus;

import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * A field of a measurement under one of the names that PromQL knows it by.
 *
 * @param name the name of the metric
 * @param fieldIds the numeric fields of that name, one for each type that was ever written, and the
 *     one of native histograms
 * @param onlyType the type of the field if it is the only one, and numeric; else null
 * @param histograms whether one of them is that of native histograms
 */
record MetricField(
    String name,
    String measurement,
    int[] fieldIds,
    @Nullable FieldType onlyType,
    boolean histograms) {
  MetricField named(String other) {
    return new MetricField(other, measurement, fieldIds, onlyType, histograms);
  }
}
