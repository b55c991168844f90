/**
 * Evaluates PromQL over steps: each expression becomes a table of series by steps. May touch the
 * language, its functions, the threads and memory that queries share, and samples through {@link
 * io.varve.query.promql.eval.SampleSource}. Start at {@code Evaluator}.
 */
@NullMarked
package io.varve.query.promql.eval;

import org.jspecify.annotations.NullMarked;
