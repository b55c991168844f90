/**
 * The index of a database: series, measurements, fields and tags, and which series a shard holds.
 *
 * <p>In memory, plus the bytes of its records; knows only {@code model}, never RocksDB. Start at
 * {@link io.varve.storage.index.SeriesIndex}.
 */
@NullMarked
package io.varve.storage.index;

import org.jspecify.annotations.NullMarked;
