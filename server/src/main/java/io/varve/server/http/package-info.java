/**
 * The HTTP front on Netty: InfluxDB's endpoints over {@code ingest}, {@code encode} and the engine.
 *
 * <p>The only package that touches Netty; a {@code ByteBuf} lives and dies here. Start at {@link
 * io.varve.server.http.Routes} for what is served, at {@link io.varve.server.http.HttpConnection}
 * for how.
 */
@NullMarked
package io.varve.server.http;

import org.jspecify.annotations.NullMarked;
