/** Tests of native histograms: the arithmetic against plain models, the bytes against a golden. */
@NullMarked
package io.varve.query.promql.histogram;

import org.jspecify.annotations.NullMarked;
