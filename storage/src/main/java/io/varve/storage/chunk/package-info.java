/**
 * Chunks: the stored form of up to 1,024 rows of one column, and the row groups they come from.
 *
 * <p>Uses {@code codec} and {@code model}; knows nothing of keys or RocksDB. Start at {@link
 * io.varve.storage.chunk.RowGroup}.
 */
@NullMarked
package io.varve.storage.chunk;

import org.jspecify.annotations.NullMarked;
