package io.varve.query.influxql.ast;

/** What may stand after {@code ::} behind a name. */
public enum Cast {
  FLOAT("float"),
  INTEGER("integer"),
  UNSIGNED("unsigned"),
  STRING("string"),
  BOOLEAN("boolean"),
  /** The field of that name, whatever its type. */
  FIELD("field"),
  /** The tag of that name. */
  TAG("tag");

  private final String text;

  Cast(String text) {
    this.text = text;
  }

  /** As written in a statement. */
  public String text() {
    return text;
  }
}
