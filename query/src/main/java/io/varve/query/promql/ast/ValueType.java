package io.varve.query.promql.ast;

/** What an expression evaluates to. */
public enum ValueType {
  SCALAR("scalar", "scalar"),
  STRING("string", "string"),
  /** One sample per series. */
  VECTOR("vector", "instant vector"),
  /** A range of samples per series. */
  MATRIX("matrix", "range vector");

  private final String resultType;
  private final String documentedType;

  ValueType(String resultType, String documentedType) {
    this.resultType = resultType;
    this.documentedType = documentedType;
  }

  /** The name that the HTTP API uses, such as "matrix". */
  public String resultType() {
    return resultType;
  }

  /** The name that error messages use, such as "range vector". */
  public String documentedType() {
    return documentedType;
  }
}
