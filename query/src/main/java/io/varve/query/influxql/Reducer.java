package io.varve.query.influxql;

import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds arithmetic on constants, {@code 1h + 30m} or {@code 2 * 3}, and drops parentheses around
 * anything that is not a binary expression. What it does not know it leaves as it is.
 */
public final class Reducer {
  private Reducer() {}

  public static Expression reduce(Expression expression) {
    if (expression instanceof Expression.Paren paren) {
      Expression inner = reduce(paren.inner());
      return inner instanceof Expression.Binary ? new Expression.Paren(inner) : inner;
    }
    if (expression instanceof Expression.Call call) {
      List<Expression> arguments = new ArrayList<>();
      for (Expression argument : call.arguments()) {
        arguments.add(reduce(argument));
      }
      return new Expression.Call(call.name(), arguments);
    }
    if (expression instanceof Expression.Binary binary) {
      Expression left = reduce(binary.left());
      Expression right = reduce(binary.right());
      Expression folded = fold(binary.operator(), left, right);
      return folded == null ? new Expression.Binary(binary.operator(), left, right) : folded;
    }
    return expression;
  }

  private static @Nullable Expression fold(Operator operator, Expression left, Expression right) {
    if (left instanceof Expression.IntegerLiteral a
        && right instanceof Expression.IntegerLiteral b) {
      return foldIntegers(operator, a.value(), b.value());
    }
    if (left instanceof Expression.DurationLiteral a) {
      return foldDuration(operator, a.nanos(), right);
    }
    Double a = number(left);
    Double b = number(right);
    return a == null || b == null ? null : foldNumbers(operator, a, b);
  }

  private static @Nullable Double number(Expression expression) {
    if (expression instanceof Expression.NumberLiteral number) {
      return number.value();
    }
    return expression instanceof Expression.IntegerLiteral integer
        ? (Double) (double) integer.value()
        : null;
  }

  private static @Nullable Expression foldIntegers(Operator operator, long a, long b) {
    return switch (operator) {
      case ADD -> new Expression.IntegerLiteral(a + b);
      case SUB -> new Expression.IntegerLiteral(a - b);
      case MUL -> new Expression.IntegerLiteral(a * b);
      case DIV -> new Expression.NumberLiteral(b == 0 ? 0 : (double) a / b);
      case MOD -> new Expression.IntegerLiteral(b == 0 ? 0 : a % b);
      case BITWISE_AND -> new Expression.IntegerLiteral(a & b);
      case BITWISE_OR -> new Expression.IntegerLiteral(a | b);
      case BITWISE_XOR -> new Expression.IntegerLiteral(a ^ b);
      default -> null;
    };
  }

  private static @Nullable Expression foldNumbers(Operator operator, double a, double b) {
    double result;
    switch (operator) {
      case ADD -> result = a + b;
      case SUB -> result = a - b;
      case MUL -> result = a * b;
      case DIV -> result = b == 0 ? 0 : a / b;
      case MOD -> result = a % b;
      default -> {
        return null;
      }
    }
    return Double.isFinite(result) ? new Expression.NumberLiteral(result) : null;
  }

  private static @Nullable Expression foldDuration(Operator operator, long a, Expression right) {
    if (right instanceof Expression.DurationLiteral b) {
      return switch (operator) {
        case ADD -> new Expression.DurationLiteral(a + b.nanos());
        case SUB -> new Expression.DurationLiteral(a - b.nanos());
        default -> null;
      };
    }
    if (right instanceof Expression.IntegerLiteral b) {
      return switch (operator) {
        case MUL -> new Expression.DurationLiteral(a * b.value());
        case DIV -> new Expression.DurationLiteral(b.value() == 0 ? 0 : a / b.value());
        default -> null;
      };
    }
    if (right instanceof Expression.NumberLiteral b) {
      return switch (operator) {
        case MUL -> new Expression.DurationLiteral((long) (a * b.value()));
        case DIV -> new Expression.DurationLiteral(b.value() == 0 ? 0 : (long) (a / b.value()));
        default -> null;
      };
    }
    return null;
  }
}
