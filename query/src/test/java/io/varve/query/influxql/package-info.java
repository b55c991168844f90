/** Tests of the InfluxQL parser, printer and validator. */
@NullMarked
package io.varve.query.influxql;

import org.jspecify.annotations.NullMarked;
