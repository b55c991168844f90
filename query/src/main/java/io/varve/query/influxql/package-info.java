/**
 * InfluxQL as text: parsing it into {@code ast}, printing it back, and refusing what is wrong.
 *
 * <p>Touches no data. Start at {@link io.varve.query.influxql.Parser}.
 */
@NullMarked
package io.varve.query.influxql;

import org.jspecify.annotations.NullMarked;
