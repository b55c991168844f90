package io.varve.query.promql.function;

/** The value of one window from its samples at the places {@code [from, to)}. */
@FunctionalInterface
interface WindowKernel {
  double apply(long[] timesMillis, double[] values, int from, int to);
}
