/**
 * The only door of the engine: open a store, write batches of points, read series.
 *
 * <p>Knows no protocol and no query language. Start at {@link io.varve.storage.Varve}.
 */
@NullMarked
package io.varve.storage;

import org.jspecify.annotations.NullMarked;
