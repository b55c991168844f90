package io.varve.query.catalog;

import java.util.List;
import java.util.Map;

/**
 * A small answer that is ready as a whole.
 *
 * @param name empty if it has none
 * @param tags mostly none
 * @param rows as long as {@code columns}; a cell is a String, Long, Boolean, {@link Time} or {@link
 *     Texts}
 */
public record Table(
    String name, Map<String, String> tags, List<String> columns, List<List<Object>> rows) {
  public Table(String name, List<String> columns, List<List<Object>> rows) {
    this(name, Map.of(), columns, rows);
  }

  /** Several texts without newlines in one cell. */
  public record Texts(List<String> texts) {
    public Texts {
      texts = List.copyOf(texts);
    }
  }

  /** A time in a table, printed as the request asks. */
  public record Time(long nanos) {}
}
