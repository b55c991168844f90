/**
 * The words of the data model as types: series keys, fields, points, predicates, time ranges.
 *
 * <p>Touches nothing else of Varve. Start at {@link io.varve.storage.model.PointBatch} for writing
 * and {@link io.varve.storage.model.SeriesKey} for reading.
 */
@NullMarked
package io.varve.storage.model;

import org.jspecify.annotations.NullMarked;
