package io.varve.query.prometheus;

import io.varve.query.promql.Labels;

/** The newest sample of a series. */
public record NewestSample(Labels labels, long timeMillis, double value) {}
