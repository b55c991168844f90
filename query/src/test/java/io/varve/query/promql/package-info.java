/** Tests of PromQL as text. */
@NullMarked
package io.varve.query.promql;

import org.jspecify.annotations.NullMarked;
