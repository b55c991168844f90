/**
 * From a parsed SELECT to a plan of operators: names, types, times and series are resolved here.
 *
 * <p>Reads the catalogue through {@code SeriesReader}, never data. Start at {@link
 * io.varve.query.plan.SelectPlanner}.
 */
@NullMarked
package io.varve.query.plan;

import org.jspecify.annotations.NullMarked;
