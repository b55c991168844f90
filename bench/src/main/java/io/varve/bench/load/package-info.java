/**
 * Whole-engine and whole-server load with the data of the Time Series Benchmark Suite (TSBS).
 *
 * <p>May use every module's doors. Start at {@link io.varve.bench.load.EngineLoad}.
 */
@NullMarked
package io.varve.bench.load;

import org.jspecify.annotations.NullMarked;
