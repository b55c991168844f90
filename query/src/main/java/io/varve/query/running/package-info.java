/**
 * The queries that run now: seen by SHOW QUERIES, ended by KILL QUERY and by the time limit.
 *
 * <p>Knows no storage and no plan. Start at {@link io.varve.query.running.RunningQueries}.
 */
@NullMarked
package io.varve.query.running;

import org.jspecify.annotations.NullMarked;
