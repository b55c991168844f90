/**
 * What an InfluxQL text means: immutable records, one per statement, source and expression kind.
 *
 * <p>Depends on nothing. Start at {@link io.varve.query.influxql.ast.Statement} and {@link
 * io.varve.query.influxql.ast.Expression}.
 */
@NullMarked
package io.varve.query.influxql.ast;

import org.jspecify.annotations.NullMarked;
