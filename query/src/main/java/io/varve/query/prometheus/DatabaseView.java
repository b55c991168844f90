package io.varve.query.prometheus;

import io.varve.storage.SeriesReader;

/**
 * A database as part of a view.
 *
 * @param reader a snapshot of its default retention policy
 * @param label the value of the label {@code db} of its series that have no such tag; empty for
 *     none
 */
record DatabaseView(SeriesReader reader, MetricNames names, String label) {}
