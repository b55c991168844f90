package io.varve.query.influxql.ast;

/** Binary operators. */
public enum Operator {
  OR("OR", 1),
  AND("AND", 2),
  EQ("=", 3),
  NEQ("!=", 3),
  EQ_REGEX("=~", 3),
  NEQ_REGEX("!~", 3),
  LT("<", 3),
  LTE("<=", 3),
  GT(">", 3),
  GTE(">=", 3),
  ADD("+", 4),
  SUB("-", 4),
  BITWISE_OR("|", 4),
  BITWISE_XOR("^", 4),
  MUL("*", 5),
  DIV("/", 5),
  MOD("%", 5),
  BITWISE_AND("&", 5);

  private final String text;
  private final int precedence;

  Operator(String text, int precedence) {
    this.text = text;
    this.precedence = precedence;
  }

  /** As written in a statement. */
  public String text() {
    return text;
  }

  /** From 1 (loosest) to 5 (tightest); all are left associative. */
  public int precedence() {
    return precedence;
  }

  public boolean isLogical() {
    return precedence < 3;
  }

  public boolean isComparison() {
    return precedence == 3;
  }

  public boolean isArithmetic() {
    return precedence > 3;
  }

  public boolean isRegex() {
    return this == EQ_REGEX || this == NEQ_REGEX;
  }
}
