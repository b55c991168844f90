/**
 * Watches the machine and feeds what it sees to the server over HTTP, like any other client.
 *
 * <p>Touches nothing else of Varve. Start at {@link io.varve.server.demo.Demo}.
 */
@NullMarked
package io.varve.server.demo;

import org.jspecify.annotations.NullMarked;
