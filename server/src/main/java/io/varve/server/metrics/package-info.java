/**
 * The server's figures about itself: counters that the other packages count in, and the pages that
 * show them.
 *
 * <p>Touches only the door of storage; knows no network. Start at {@link
 * io.varve.server.metrics.ServerMetrics}.
 */
@NullMarked
package io.varve.server.metrics;

import org.jspecify.annotations.NullMarked;
