package io.varve.query.promql;

import io.varve.query.QueryException;
import io.varve.query.promql.ast.DurationExpr;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.TimeSpan;
import java.util.ArrayList;
import java.util.List;

/** Computes the lengths in a query that depend on its step and range. */
public final class DurationExpressions {
  private static final double MAX_MILLIS = Long.MAX_VALUE / 1e6;

  private final long stepMillis;
  private final long rangeMillis;

  private DurationExpressions(long stepMillis, long rangeMillis) {
    this.stepMillis = stepMillis;
    this.rangeMillis = rangeMillis;
  }

  /**
   * The same expression with every {@link TimeSpan#millis} known.
   *
   * @param stepMillis the interval between steps, 0 in an instant query
   * @param rangeMillis end minus start of the query, 0 in an instant query
   * @throws QueryException if a range or step is not positive, a divisor is 0, or a length is too
   *     large
   */
  public static Expr resolve(Expr expr, long stepMillis, long rangeMillis) {
    return new DurationExpressions(stepMillis, rangeMillis).resolve(expr);
  }

  private Expr resolve(Expr expr) {
    if (expr instanceof Expr.VectorSelector selector) {
      return resolveSelector(selector);
    }
    if (expr instanceof Expr.MatrixSelector matrix) {
      return new Expr.MatrixSelector(
          resolveSelector(matrix.vectorSelector()), positive(matrix.range()), matrix.position());
    }
    if (expr instanceof Expr.SubqueryExpr subquery) {
      TimeSpan step = subquery.step();
      return new Expr.SubqueryExpr(
          resolve(subquery.expr()),
          positive(subquery.range()),
          step.isAbsent() ? step : positive(step),
          span(subquery.offset()),
          subquery.at(),
          subquery.position());
    }
    if (expr instanceof Expr.UnaryExpr unary) {
      return new Expr.UnaryExpr(unary.negated(), resolve(unary.expr()), unary.position());
    }
    if (expr instanceof Expr.BinaryExpr binary) {
      return new Expr.BinaryExpr(
          binary.operator(),
          resolve(binary.lhs()),
          resolve(binary.rhs()),
          binary.matching(),
          binary.returnBool());
    }
    if (expr instanceof Expr.AggregateExpr aggregate) {
      Expr param = aggregate.param();
      return new Expr.AggregateExpr(
          aggregate.operator(),
          resolve(aggregate.expr()),
          param == null ? null : resolve(param),
          aggregate.grouping(),
          aggregate.without(),
          aggregate.position());
    }
    if (expr instanceof Expr.Call call) {
      List<Expr> args = new ArrayList<>(call.args().size());
      for (Expr arg : call.args()) {
        args.add(resolve(arg));
      }
      return new Expr.Call(call.function(), args, call.position());
    }
    if (expr instanceof Expr.ParenExpr paren) {
      return new Expr.ParenExpr(resolve(paren.expr()), paren.position());
    }
    return expr;
  }

  private Expr.VectorSelector resolveSelector(Expr.VectorSelector selector) {
    return selector.offset().expr() == null
        ? selector
        : selector.with(
            selector.extension(), span(selector.offset()), selector.at(), selector.position());
  }

  private TimeSpan positive(TimeSpan span) {
    TimeSpan resolved = span(span);
    if (resolved.millis() <= 0) {
      throw new QueryException("duration must be greater than 0");
    }
    return resolved;
  }

  private TimeSpan span(TimeSpan span) {
    DurationExpr expr = span.expr();
    if (expr == null) {
      return span;
    }
    double seconds = seconds(expr);
    if (!(Math.abs(seconds) * 1_000 <= MAX_MILLIS)) {
      throw new QueryException("duration is out of range");
    }
    return new TimeSpan(toMillis(seconds), expr);
  }

  /** The nearest millisecond: 1.001 seconds are 1,000.9999 of them in binary. */
  static long toMillis(double seconds) {
    return Math.round(seconds * 1_000);
  }

  private double seconds(DurationExpr expr) {
    if (expr instanceof DurationExpr.Literal literal) {
      return literal.seconds();
    }
    if (expr instanceof DurationExpr.QueryLength length) {
      return switch (length.kind()) {
        case STEP -> stepMillis / 1_000.0;
        case RANGE -> rangeMillis / 1_000.0;
      };
    }
    if (expr instanceof DurationExpr.Unary unary) {
      double inner = seconds(unary.inner());
      return unary.negated() ? -inner : inner;
    }
    if (expr instanceof DurationExpr.Extreme extreme) {
      double lhs = seconds(extreme.lhs());
      double rhs = seconds(extreme.rhs());
      return extreme.max() ? Math.max(lhs, rhs) : Math.min(lhs, rhs);
    }
    if (expr instanceof DurationExpr.Binary binary) {
      return compute(binary);
    }
    if (expr instanceof DurationExpr.Paren paren) {
      return seconds(paren.inner());
    }
    throw new IllegalStateException("a duration of kind " + expr.getClass());
  }

  private double compute(DurationExpr.Binary binary) {
    double lhs = seconds(binary.lhs());
    double rhs = seconds(binary.rhs());
    return switch (binary.operator()) {
      case ADD -> lhs + rhs;
      case SUB -> lhs - rhs;
      case MUL -> lhs * rhs;
      case DIV -> {
        if (rhs == 0) {
          throw new QueryException("division by zero");
        }
        yield lhs / rhs;
      }
      case MOD -> {
        if (rhs == 0) {
          throw new QueryException("modulo by zero");
        }
        yield lhs % rhs;
      }
      case POW -> Math.pow(lhs, rhs);
      default -> throw new IllegalStateException("no duration operator: " + binary.operator());
    };
  }
}
