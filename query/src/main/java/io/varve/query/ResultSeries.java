package io.varve.query;

import java.util.List;
import java.util.SortedMap;

/**
 * The head of a series in an answer.
 *
 * @param name measurement or table name; empty if the answer has none
 * @param tags the tags grouped by, in output order; empty if not grouped
 * @param columns column names, as many as each {@link ResultBlock} has columns
 */
public record ResultSeries(String name, SortedMap<String, String> tags, List<String> columns) {}
