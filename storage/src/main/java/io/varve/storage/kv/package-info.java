/**
 * The key-value store under everything: RocksDB opened with our options, behind safe handles.
 *
 * <p>The only package that imports {@code org.rocksdb}; knows bytes only. Start at {@link
 * io.varve.storage.kv.KvStore}.
 */
@NullMarked
package io.varve.storage.kv;

import org.jspecify.annotations.NullMarked;
