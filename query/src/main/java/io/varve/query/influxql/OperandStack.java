package io.varve.query.influxql;

import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the tree of a run of binary operators from left to right.
 *
 * <p>Chains of one and the same logical operator are kept on the stack until they end. A long one
 * becomes a balanced tree, so that {@code a = 1 OR a = 2 OR ...} with a hundred thousand terms
 * stays shallow; all other operators lean to the left as written.
 */
final class OperandStack {
  /** Logical chains up to this many operands lean to the left like everything else. */
  static final int LEANING_OPERANDS = 64;

  private final TokenStream in;
  private final List<Expression> operands = new ArrayList<>();
  private final List<Integer> heights = new ArrayList<>();
  private final List<Operator> operators = new ArrayList<>();

  OperandStack(TokenStream in) {
    this.in = in;
  }

  void push(Expression operand, int height) {
    in.checkDepth(height);
    operands.add(operand);
    heights.add(height);
  }

  void push(Operator operator) {
    while (!operators.isEmpty() && endsBefore(top(), operator)) {
      reduce();
    }
    operators.add(operator);
  }

  private static boolean endsBefore(Operator operator, Operator next) {
    return operator.isLogical()
        ? operator.precedence() > next.precedence()
        : operator.precedence() >= next.precedence();
  }

  private Operator top() {
    return operators.get(operators.size() - 1);
  }

  /** The whole expression; {@link #height} is then its height. */
  Expression finish() {
    while (!operators.isEmpty()) {
      reduce();
    }
    return operands.get(0);
  }

  int height() {
    return heights.get(0);
  }

  private void reduce() {
    Operator operator = top();
    int links = 1;
    if (operator.isLogical()) {
      while (links < operators.size() && operators.get(operators.size() - 1 - links) == operator) {
        links++;
      }
    }
    operators.subList(operators.size() - links, operators.size()).clear();
    int from = operands.size() - links - 1;
    if (links < LEANING_OPERANDS) {
      for (int i = 0; i < links; i++) {
        join(operator, from);
      }
    } else {
      balance(operator, from);
    }
  }

  /** Joins the operands at {@code left} and behind it. */
  private void join(Operator operator, int left) {
    Expression joined =
        new Expression.Binary(operator, operands.get(left), operands.remove(left + 1));
    int height = 1 + Math.max(heights.get(left), heights.remove(left + 1));
    in.checkDepth(height);
    operands.set(left, joined);
    heights.set(left, height);
  }

  /** Joins the operands from {@code from} on in pairs, then pairs of pairs. */
  private void balance(Operator operator, int from) {
    while (operands.size() - from > 1) {
      List<Expression> level = new ArrayList<>(operands.subList(from, operands.size()));
      List<Integer> levelHeights = new ArrayList<>(heights.subList(from, heights.size()));
      operands.subList(from, operands.size()).clear();
      heights.subList(from, heights.size()).clear();
      for (int i = 0; i < level.size(); i += 2) {
        if (i + 1 == level.size()) {
          push(level.get(i), levelHeights.get(i));
        } else {
          push(
              new Expression.Binary(operator, level.get(i), level.get(i + 1)),
              1 + Math.max(levelHeights.get(i), levelHeights.get(i + 1)));
        }
      }
    }
  }
}
