/**
 * A store as Prometheus sees it: each numeric field of a measurement is a metric. May touch {@code
 * storage}'s doors and the PromQL evaluator. Start at {@code PromView}.
 */
@NullMarked
package io.varve.query.prometheus;

import org.jspecify.annotations.NullMarked;
