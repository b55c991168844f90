/** Tests of what evaluation is made of. */
@NullMarked
package io.varve.query.promql.eval;

import org.jspecify.annotations.NullMarked;
