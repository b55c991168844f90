/**
 * What a PromQL text means: immutable records, one per kind of expression, with their places in the
 * text, and the tables of operators and functions.
 *
 * <p>Depends on nothing. Start at {@link io.varve.query.promql.ast.Expr}.
 */
@NullMarked
package io.varve.query.promql.ast;

import org.jspecify.annotations.NullMarked;
