/**
 * Native histograms: one sample's buckets as a value, its arithmetic, what is estimated from it and
 * its bytes. Knows no syntax tree, labels or storage. Start at {@link
 * io.varve.query.promql.histogram.FloatHistogram}.
 */
@NullMarked
package io.varve.query.promql.histogram;

import org.jspecify.annotations.NullMarked;
