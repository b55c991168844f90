/**
 * Aggregate functions as columnar state: one slot per window, kernels over whole batches.
 *
 * <p>Touches only column types of storage. Start at {@link io.varve.query.function.Accumulator}.
 */
@NullMarked
package io.varve.query.function;

import org.jspecify.annotations.NullMarked;
