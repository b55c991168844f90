package io.varve.query.promql;

import io.varve.query.promql.ast.Expr;
import java.util.stream.Collectors;

/**
 * The text of an expression over several lines, as Prometheus' {@code /api/v1/format_query} lays it
 * out: whatever is longer than 100 bytes is split at its operands, which move in by two spaces.
 *
 * <p>Each level measures its text anew, so time is that of {@link Printer} times the depth.
 */
public final class PrettyPrinter {
  private static final int MAX_LINE_BYTES = 100;

  private PrettyPrinter() {}

  public static String print(Expr expr) {
    return print(expr, 0);
  }

  private static String print(Expr expr, int level) {
    String line = Printer.print(expr);
    String indent = "  ".repeat(level);
    boolean fits = Positions.utf8Length(line) <= MAX_LINE_BYTES;
    if (expr instanceof Expr.SubqueryExpr subquery) {
      // Prometheus does not indent a short one.
      return fits ? line : print(subquery.expr(), level) + Printer.subquerySuffix(subquery);
    }
    if (expr instanceof Expr.UnaryExpr unary) {
      return indent + Printer.sign(unary) + print(unary.expr(), level).strip();
    }
    if (fits) {
      return indent + line;
    }
    String close = "\n" + indent + ")";
    if (expr instanceof Expr.BinaryExpr binary) {
      return print(binary.lhs(), level + 1)
          + "\n"
          + indent
          + Printer.operator(binary)
          + "\n"
          + print(binary.rhs(), level + 1);
    }
    if (expr instanceof Expr.AggregateExpr aggregate) {
      Expr param = aggregate.param();
      return indent
          + Printer.aggregator(aggregate)
          + "(\n"
          + (param == null ? "" : print(param, level + 1) + ",\n")
          + print(aggregate.expr(), level + 1)
          + close;
    }
    if (expr instanceof Expr.Call call && !call.args().isEmpty()) {
      return call.args().stream()
          .map(arg -> print(arg, level + 1))
          .collect(Collectors.joining(",\n", indent + call.function().text() + "(\n", close));
    }
    if (expr instanceof Expr.ParenExpr paren) {
      return indent + "(\n" + print(paren.expr(), level + 1) + close;
    }
    return indent + line;
  }
}
