package io.varve.query;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row of SHOW STATS.
 *
 * @param tags what tells rows of one module apart
 * @param values by column, in order: Longs, Strings or Booleans
 */
public record StatsRow(String module, Map<String, String> tags, Map<String, Object> values) {
  public StatsRow {
    tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
