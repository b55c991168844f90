/**
 * The program: command line, start and stop.
 *
 * <p>May touch everything below it. Start at {@link io.varve.server.Main}.
 */
@NullMarked
package io.varve.server;

import org.jspecify.annotations.NullMarked;
