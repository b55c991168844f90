/** Tests of the queries that run. */
@NullMarked
package io.varve.query.running;

import org.jspecify.annotations.NullMarked;
