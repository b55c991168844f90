/**
 * The log: what one commit adds to the store, as one self-contained record.
 *
 * <p>Bytes only; uses {@code codec} and {@code model}. Start at {@link
 * io.varve.storage.log.LogRecordEncoder}; the layout is in {@code docs/format/log.md}.
 */
@NullMarked
package io.varve.storage.log;

import org.jspecify.annotations.NullMarked;
