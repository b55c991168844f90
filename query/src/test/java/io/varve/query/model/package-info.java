/**
 * A store in the heap that does everything the plainest way: the reference for tests.
 *
 * <p>Start at {@link io.varve.query.model.NaiveStore}.
 */
@NullMarked
package io.varve.query.model;

import org.jspecify.annotations.NullMarked;
