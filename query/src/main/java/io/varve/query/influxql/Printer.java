package io.varve.query.influxql;

import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import io.varve.query.influxql.ast.Statement;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Statements and expressions as normalised text, the way InfluxDB shows them in warnings and lists.
 * What is printed parses to the same tree again, passwords apart, which are never printed.
 */
public final class Printer {
  private static final int UNARY_PRECEDENCE = 6;

  private final StringBuilder out;

  Printer(StringBuilder out) {
    this.out = out;
  }

  public static String print(Statement statement) {
    StringBuilder out = new StringBuilder();
    new StatementPrinter(out).statement(statement);
    return out.toString();
  }

  public static String print(Expression expression) {
    StringBuilder out = new StringBuilder();
    new Printer(out).expression(expression);
    return out.toString();
  }

  void expression(Expression expression) {
    if (expression instanceof Expression.Binary binary) {
      binary(binary);
    } else if (expression instanceof Expression.Paren paren) {
      parenthesised(paren.inner());
    } else if (expression instanceof Expression.Call call) {
      call(call);
    } else if (expression instanceof Expression.VarRef ref) {
      varRef(ref);
    } else if (expression instanceof Expression.Distinct distinct) {
      out.append("DISTINCT ").append(Quoting.identifier(distinct.name()));
    } else if (expression instanceof Expression.Wildcard wildcard) {
      wildcard(wildcard);
    } else {
      literal(expression);
    }
  }

  private void literal(Expression literal) {
    if (literal instanceof Expression.Regex regex) {
      regex(regex);
    } else if (literal instanceof Expression.IntegerLiteral integer) {
      out.append(integer.value());
    } else if (literal instanceof Expression.UnsignedLiteral unsigned) {
      out.append(Long.toUnsignedString(unsigned.value()));
    } else if (literal instanceof Expression.NumberLiteral number) {
      number(number.value());
    } else if (literal instanceof Expression.StringLiteral string) {
      out.append(Quoting.string(string.value()));
    } else if (literal instanceof Expression.BooleanLiteral truth) {
      out.append(truth.value());
    } else if (literal instanceof Expression.DurationLiteral duration) {
      out.append(Durations.format(duration.nanos()));
    } else {
      throw new IllegalStateException("cannot print " + literal.getClass());
    }
  }

  /** A backslash at the end would hide the closing slash, so an empty group comes between. */
  void regex(Expression.Regex regex) {
    String pattern = regex.pattern();
    out.append('/').append(pattern.replace("/", "\\/"));
    out.append(pattern.endsWith("\\") ? "(?:)/" : "/");
  }

  /** At least three decimals, as InfluxDB has it, but as many as it takes to say the value. */
  private void number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalStateException("there is no literal for " + value);
    }
    if (Double.doubleToRawLongBits(value) < 0) {
      out.append('-');
    }
    BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    out.append(
        (decimal.scale() < 3 ? decimal.setScale(3, RoundingMode.UNNECESSARY) : decimal)
            .toPlainString());
  }

  private void varRef(Expression.VarRef ref) {
    out.append(Quoting.identifier(ref.name()));
    Cast cast = ref.cast();
    if (cast != null) {
      out.append("::").append(cast.text());
    }
  }

  private void wildcard(Expression.Wildcard wildcard) {
    out.append(
        switch (wildcard.kind()) {
          case ANY -> "*";
          case FIELD -> "*::field";
          case TAG -> "*::tag";
        });
  }

  private void call(Expression.Call call) {
    boolean bare = call.name().equals("distinct");
    out.append(bare ? call.name() : Quoting.identifier(call.name())).append('(');
    List<Expression> arguments = call.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      expression(arguments.get(i));
    }
    out.append(')');
  }

  private void parenthesised(Expression inner) {
    out.append('(');
    expression(inner);
    out.append(')');
  }

  private void binary(Expression.Binary binary) {
    Operator operator = binary.operator();
    operand(binary.left(), operator.precedence());
    out.append(' ').append(operator.text()).append(' ');
    operand(
        binary.right(), operator.isLogical() ? operator.precedence() : operator.precedence() + 1);
  }

  /** Adds parentheses that the tree lacks but its shape needs. */
  private void operand(Expression operand, int lowestPrecedence) {
    if (!(operand instanceof Expression.Binary binary)
        || binary.operator().precedence() >= lowestPrecedence) {
      expression(operand);
    } else if (lowestPrecedence == UNARY_PRECEDENCE && isSigned(binary)) {
      boolean negative = binary.left().equals(new Expression.IntegerLiteral(-1));
      out.append(negative ? '-' : '+');
      expression(binary.right());
    } else {
      parenthesised(operand);
    }
  }

  /** Whether this is what the parser makes of {@code -x} or {@code +x}. */
  private static boolean isSigned(Expression.Binary binary) {
    return binary.operator() == Operator.MUL
        && binary.left() instanceof Expression.IntegerLiteral factor
        && Math.abs(factor.value()) == 1
        && (binary.right() instanceof Expression.VarRef
            || binary.right() instanceof Expression.Paren
            || binary.right() instanceof Expression.Call);
  }
}
