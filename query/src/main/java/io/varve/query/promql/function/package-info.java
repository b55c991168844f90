/**
 * The computations of PromQL on plain arrays: range functions, operators, aggregations, text.
 *
 * <p>Knows no syntax tree, labels or storage. Start at {@link
 * io.varve.query.promql.function.RangeFunction}.
 */
@NullMarked
package io.varve.query.promql.function;

import org.jspecify.annotations.NullMarked;
