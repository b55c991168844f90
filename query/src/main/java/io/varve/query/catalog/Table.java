package io.varve.query.catalog;

import java.util.List;
import java.util.Map;

/**
 * A small answer that is ready as a whole.
 *
 * @param name empty if it has none
 * @param tags mostly none
 * @param rows as long as {@code columns}; a cell is a String, Long, Boolean or {@link Time}
 */
public record Table(
    String name, Map<String, String> tags, List<String> columns, List<List<Object>> rows) {
  public Table(String name, List<String> columns, List<List<Object>> rows) {
    this(name, Map.of(), columns, rows);
  }

  /** A time in a table, printed as the request asks. */
  public record Time(long nanos) {}
}
