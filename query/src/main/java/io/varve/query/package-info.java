/**
 * The door of the query layer: text in, result columns out.
 *
 * <p>Knows neither RocksDB nor Netty; reads data only through {@code io.varve.storage}.
 */
@NullMarked
package io.varve.query;

import org.jspecify.annotations.NullMarked;
