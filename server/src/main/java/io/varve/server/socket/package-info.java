/**
 * Line protocol over TCP and UDP, without answers: what goes wrong is counted and logged.
 *
 * <p>Touches {@code ingest}, {@code metrics} and the door of storage; plain sockets, one thread per
 * connection. Start at {@link io.varve.server.socket.TcpDoor} and {@link
 * io.varve.server.socket.UdpDoor}.
 */
@NullMarked
package io.varve.server.socket;

import org.jspecify.annotations.NullMarked;
