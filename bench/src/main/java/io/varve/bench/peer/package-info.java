/**
 * Servers under measurement: how each is started, watched and ended, and the languages they speak.
 *
 * <p>Loopback only; may use {@code tsbs}. Start at {@link io.varve.bench.peer.Peer}.
 */
@NullMarked
package io.varve.bench.peer;

import org.jspecify.annotations.NullMarked;
