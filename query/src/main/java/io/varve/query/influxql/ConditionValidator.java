package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rules of WHERE, as far as they do not depend on the values of times. */
final class ConditionValidator {
  private ConditionValidator() {}

  static void validate(@Nullable Expression condition) {
    if (condition != null) {
      checkCondition(condition);
    }
  }

  private static void checkCondition(Expression condition) {
    if (condition instanceof Expression.Paren paren) {
      checkCondition(paren.inner());
    } else if (condition instanceof Expression.Binary binary && !binary.operator().isArithmetic()) {
      if (binary.operator().isLogical()) {
        checkCondition(binary.left());
        checkCondition(binary.right());
      } else {
        checkComparison(binary);
      }
    } else if (!(condition instanceof Expression.BooleanLiteral)) {
      throw new QueryException("invalid condition expression: " + Printer.print(condition));
    }
  }

  private static void checkComparison(Expression.Binary comparison) {
    boolean aboutTime = isTime(comparison.left()) || isTime(comparison.right());
    if (aboutTime) {
      if (comparison.operator() == Operator.NEQ || comparison.operator().isRegex()) {
        throw new QueryException(
            "invalid time comparison operator: " + comparison.operator().text());
      }
      return;
    }
    checkCalls(comparison.left());
    checkCalls(comparison.right());
  }

  private static boolean isTime(Expression expression) {
    return expression instanceof Expression.VarRef ref
        && ref.name().toLowerCase(Locale.ROOT).equals("time");
  }

  private static void checkCalls(Expression operand) {
    if (operand instanceof Expression.Binary binary) {
      checkCalls(binary.left());
      checkCalls(binary.right());
    } else if (operand instanceof Expression.Paren paren) {
      checkCalls(paren.inner());
    } else if (operand instanceof Expression.Call call) {
      if (!Functions.isMath(call.name())) {
        throw new QueryException("invalid function call in condition: " + Printer.print(call));
      }
      Functions.checkMathArity(call);
      for (Expression argument : call.arguments()) {
        checkCalls(argument);
      }
    }
  }
}
