package io.varve.query.promql.ast;

/** The operators between two expressions, loosest first. */
public enum BinaryOperator {
  OR("or", 1, Kind.SET),
  AND("and", 2, Kind.SET),
  UNLESS("unless", 2, Kind.SET),
  EQLC("==", 3, Kind.COMPARISON),
  NEQ("!=", 3, Kind.COMPARISON),
  LTE("<=", 3, Kind.COMPARISON),
  LSS("<", 3, Kind.COMPARISON),
  GTE(">=", 3, Kind.COMPARISON),
  GTR(">", 3, Kind.COMPARISON),
  TRIM_UPPER("</", 3, Kind.TRIM),
  TRIM_LOWER(">/", 3, Kind.TRIM),
  ADD("+", 4, Kind.ARITHMETIC),
  SUB("-", 4, Kind.ARITHMETIC),
  MUL("*", 5, Kind.ARITHMETIC),
  DIV("/", 5, Kind.ARITHMETIC),
  MOD("%", 5, Kind.ARITHMETIC),
  ATAN2("atan2", 5, Kind.ARITHMETIC),
  POW("^", 6, Kind.ARITHMETIC);

  private enum Kind {
    SET,
    COMPARISON,
    TRIM,
    ARITHMETIC
  }

  private final String text;
  private final int precedence;
  private final Kind kind;

  BinaryOperator(String text, int precedence, Kind kind) {
    this.text = text;
    this.precedence = precedence;
    this.kind = kind;
  }

  public String text() {
    return text;
  }

  /** From 1, the loosest, to 6. */
  public int precedence() {
    return precedence;
  }

  /** Whether {@code a op b op c} is {@code a op (b op c)}. */
  public boolean isRightAssociative() {
    return this == POW;
  }

  public boolean isComparison() {
    return kind == Kind.COMPARISON;
  }

  /** Whether it takes a part of the observations of a histogram away. */
  public boolean isTrim() {
    return kind == Kind.TRIM;
  }

  public boolean isSet() {
    return kind == Kind.SET;
  }
}
