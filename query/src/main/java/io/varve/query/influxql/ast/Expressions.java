package io.varve.query.influxql.ast;

import java.util.List;
import java.util.function.Predicate;

/** Walking over expressions. */
public final class Expressions {
  private Expressions() {}

  /** The operands of an expression in the order of the text; empty for a leaf. */
  public static List<Expression> children(Expression expression) {
    if (expression instanceof Expression.Binary binary) {
      return List.of(binary.left(), binary.right());
    }
    if (expression instanceof Expression.Paren paren) {
      return List.of(paren.inner());
    }
    if (expression instanceof Expression.Call call) {
      return call.arguments();
    }
    return List.of();
  }

  /** Whether the expression or any part of it satisfies the test; outermost first. */
  public static boolean anyMatch(Expression expression, Predicate<Expression> test) {
    if (test.test(expression)) {
      return true;
    }
    for (Expression child : children(expression)) {
      if (anyMatch(child, test)) {
        return true;
      }
    }
    return false;
  }

  /** The expression without the parentheses around it. */
  public static Expression unwrap(Expression expression) {
    Expression inner = expression;
    while (inner instanceof Expression.Paren paren) {
      inner = paren.inner();
    }
    return inner;
  }
}
