/**
 * Results as bytes: {@link io.varve.query.ResultCursor} in, JSON, CSV or MessagePack out.
 *
 * <p>Touches {@code io.varve.query}; knows no network. Start at {@link
 * io.varve.server.encode.JsonEncoder}.
 */
@NullMarked
package io.varve.server.encode;

import org.jspecify.annotations.NullMarked;
