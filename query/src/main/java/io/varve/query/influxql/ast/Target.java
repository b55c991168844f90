package io.varve.query.influxql.ast;

import org.jspecify.annotations.Nullable;

/**
 * Where SELECT ... INTO writes.
 *
 * @param database null means the database of the request
 * @param policy null means the default retention policy
 * @param measurement null means the name of each source measurement ({@code :MEASUREMENT})
 */
public record Target(
    @Nullable String database, @Nullable String policy, @Nullable String measurement) {}
