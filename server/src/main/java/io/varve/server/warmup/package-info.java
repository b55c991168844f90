/**
 * Works on made-up data while the server has nothing to do yet, so that the JVM has compiled what
 * it needs when work comes.
 *
 * <p>Speaks HTTP to a server of its own, like any other client, and uses of Varve only how remote
 * write is spelled. Start at {@link io.varve.server.warmup.WarmUp}.
 */
@NullMarked
package io.varve.server.warmup;

import org.jspecify.annotations.NullMarked;
