/**
 * The data and the questions of the Time Series Benchmark Suite, and the right answers to them.
 *
 * <p>Pure: no network, no store, all from one seed. Start at {@link io.varve.bench.tsbs.RowSource}
 * and {@link io.varve.bench.tsbs.Question}.
 */
@NullMarked
package io.varve.bench.tsbs;

import org.jspecify.annotations.NullMarked;
