/**
 * Reading: stored chunks and unsealed rows of a series, merged into batches in time order.
 *
 * <p>Uses {@code chunk} and {@code model}; gets its data through {@link
 * io.varve.storage.read.ShardSource}, which the engine implements. Start at {@link
 * io.varve.storage.read.SeriesScan}.
 */
@NullMarked
package io.varve.storage.read;

import org.jspecify.annotations.NullMarked;
