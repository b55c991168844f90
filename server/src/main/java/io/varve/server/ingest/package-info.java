/**
 * Line protocol: bytes in, {@link io.varve.storage.model.PointBatch} out.
 *
 * <p>Touches only {@code io.varve.storage.model}; knows no network. Start at {@link
 * io.varve.server.ingest.LineProtocolParser}.
 */
@NullMarked
package io.varve.server.ingest;

import org.jspecify.annotations.NullMarked;
