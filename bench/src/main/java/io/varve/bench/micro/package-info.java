/**
 * JMH benchmarks of single kernels, one claim each.
 *
 * <p>May use every module. Run {@code org.openjdk.jmh.Main} on the class path of this module.
 */
@NullMarked
package io.varve.bench.micro;

import org.jspecify.annotations.NullMarked;
