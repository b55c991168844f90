/**
 * The head: the rows of a shard that are not yet in chunks, readable while they are written.
 *
 * <p>In memory only; uses {@code model} and the row groups of {@code chunk}, never RocksDB. Start
 * at {@link io.varve.storage.head.ShardHead}.
 */
@NullMarked
package io.varve.storage.head;

import org.jspecify.annotations.NullMarked;
