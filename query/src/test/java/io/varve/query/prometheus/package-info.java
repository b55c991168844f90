/** Tests of PromQL over a real store. */
@NullMarked
package io.varve.query.prometheus;

import org.jspecify.annotations.NullMarked;
