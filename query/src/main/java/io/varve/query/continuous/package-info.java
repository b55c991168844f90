/**
 * Continuous queries: what is stored of them, when they are due, and running them.
 *
 * <p>Runs each as text through the engine, like any client. Start at {@link
 * io.varve.query.continuous.ContinuousQueryRunner}.
 */
@NullMarked
package io.varve.query.continuous;

import org.jspecify.annotations.NullMarked;
