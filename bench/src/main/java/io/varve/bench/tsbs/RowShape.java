package io.varve.bench.tsbs;

import java.util.List;
import java.util.Map;

/**
 * What stays the same in all rows of a series.
 *
 * @param host the number of the host that reports it; rows of a host are sent in order
 * @param tags in the order in which they are sent
 * @param fields names, in the order of the values
 * @param integers of each field, whether its values are whole and written with the suffix i
 * @param phaseNanos what its timestamps lie behind those of the step
 */
public record RowShape(
    int host,
    String measurement,
    Map<String, String> tags,
    List<String> fields,
    List<Boolean> integers,
    long phaseNanos) {}
