/**
 * Passes on what is written to the destinations of subscriptions, as line protocol.
 *
 * <p>Touches the doors of {@code storage} and {@code query}; plain sockets and the JDK's HTTP
 * client, no Netty. Start at {@link io.varve.server.subscription.SubscriptionService}.
 */
@NullMarked
package io.varve.server.subscription;

import org.jspecify.annotations.NullMarked;
