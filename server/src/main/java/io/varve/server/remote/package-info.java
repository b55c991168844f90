/**
 * Prometheus' remote protocols as bytes: snappy blocks and protobuf messages, read into batches of
 * points and written from samples. May touch {@code storage}'s model and the doors of {@code
 * query}; knows no network. Start at {@code RemoteWriteReader} and {@code ChunkedResponse}.
 */
@NullMarked
package io.varve.server.remote;

import org.jspecify.annotations.NullMarked;
