package io.varve.query.influxql.ast;

import org.jspecify.annotations.Nullable;

/** ORDER BY; the name is {@code time}, or null as in {@code ORDER BY DESC}. */
public record SortField(@Nullable String name, boolean ascending) {}
