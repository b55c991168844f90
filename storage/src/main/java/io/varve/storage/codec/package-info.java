/**
 * Codecs: arrays of values to bytes and back, exactly, the smallest form chosen from the data.
 *
 * <p>Pure functions over arrays; knows nothing of chunks, keys or files. Start at {@link
 * io.varve.storage.codec.LongStreamEncoder}.
 */
@NullMarked
package io.varve.storage.codec;

import org.jspecify.annotations.NullMarked;
