package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import java.util.List;
import java.util.Set;

/** Names of functions and the wording of complaints about their arguments. */
final class Functions {
  private static final Set<String> MATH =
      Set.of(
          "abs", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "exp", "log", "ln", "log2",
          "log10", "sqrt", "pow", "floor", "ceil", "round");
  private static final Set<String> TWO_ARGUMENTS = Set.of("atan2", "pow", "log");

  private Functions() {}

  static boolean isMath(String name) {
    return MATH.contains(name);
  }

  static void checkMathArity(Expression.Call call) {
    checkArity(call.name(), call.arguments(), TWO_ARGUMENTS.contains(call.name()) ? 2 : 1);
  }

  static void checkArity(String name, List<Expression> arguments, int expected) {
    if (arguments.size() != expected) {
      throw new QueryException(wrongNumber(name) + expected + ", got " + arguments.size());
    }
  }

  static void checkArity(String name, List<Expression> arguments, int least, int most) {
    if (arguments.size() < least || arguments.size() > most) {
      throw new QueryException(
          wrongNumber(name)
              + "at least "
              + least
              + " but no more than "
              + most
              + ", got "
              + arguments.size());
    }
  }

  static String wrongNumber(String name) {
    return "invalid number of arguments for " + name + ", expected ";
  }

  /** The type of an expression as InfluxDB's messages call it. */
  static String typeName(Expression expression) {
    String name = expression.getClass().getSimpleName();
    return "*influxql."
        + switch (name) {
          case "Binary" -> "BinaryExpr";
          case "Paren" -> "ParenExpr";
          case "Regex" -> "RegexLiteral";
          default -> name;
        };
  }

  /** Whether an expression is a literal or mathematics on nothing but such. */
  static boolean isConstant(Expression expression) {
    return isLiteral(expression)
        || (expression instanceof Expression.Call call
            && isMath(call.name())
            && call.arguments().stream().allMatch(Functions::isConstant));
  }

  static boolean isLiteral(Expression expression) {
    return expression instanceof Expression.IntegerLiteral
        || expression instanceof Expression.UnsignedLiteral
        || expression instanceof Expression.NumberLiteral
        || expression instanceof Expression.StringLiteral
        || expression instanceof Expression.BooleanLiteral
        || expression instanceof Expression.DurationLiteral
        || expression instanceof Expression.Regex;
  }
}
