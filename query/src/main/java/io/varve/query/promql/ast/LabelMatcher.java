package io.varve.query.promql.ast;

/**
 * {@code name type "value"}.
 *
 * @param value for the two regular types an RE2 pattern that is known to compile; it is to match
 *     the whole label value, with the dot matching line ends too
 */
public record LabelMatcher(Type type, String name, String value) {
  /** The label that holds the name of the metric. */
  public static final String METRIC_NAME = "__name__";

  /** How the value is compared. */
  public enum Type {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public boolean matchesMetricName() {
    return name.equals(METRIC_NAME);
  }
}
