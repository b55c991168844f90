/**
 * The same work for several servers, and one table of what it cost each.
 *
 * <p>May use {@code tsbs} and {@code peer}. Start at {@link io.varve.bench.compare.Compare}.
 */
@NullMarked
package io.varve.bench.compare;

import org.jspecify.annotations.NullMarked;
