package io.varve.storage;

import io.varve.storage.model.TimeRange;

/**
 * What a {@link SeriesCursor} is to visit.
 *
 * @param seriesIds ids in the order in which the cursor shall visit them; not copied, not changed
 * @param fieldIds the fields ({@link io.varve.storage.model.Field#id}) that become the columns of
 *     each batch, in this order; all of one measurement; not copied, not changed
 * @param range which rows
 * @param descending whether batches come newest first; rows within a batch ascend always
 */
public record ScanSpec(int[] seriesIds, int[] fieldIds, TimeRange range, boolean descending) {}
