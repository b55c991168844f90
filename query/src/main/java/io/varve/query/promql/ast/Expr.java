package io.varve.query.promql.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PromQL expression, which the parser has checked: the types of operands and arguments fit, and
 * every regular expression compiles. The tree keeps parentheses as they were written.
 *
 * <p>A tree that comes from the parser is at most {@code Parser.MAX_DEPTH} levels deep, so walking
 * it by recursion is safe.
 */
public sealed interface Expr {
  ValueType type();

  PositionRange position();

  /**
   * A number, or a duration in seconds.
   *
   * @param duration whether it was written as a duration: {@code 5m}
   */
  record NumberLiteral(double value, boolean duration, PositionRange position) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }
  }

  record StringLiteral(String value, PositionRange position) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }
  }

  /**
   * The latest sample of every series that all matchers select.
   *
   * @param name the metric's name if it stands in front of the braces, else empty
   * @param matchers all matchers, in the order of the text; the one for {@code name}, on the label
   *     {@code __name__}, comes last. {@code {"up"}} is such a matcher too, with an empty name. At
   *     least one does not match the empty string, except in the second argument of {@code info}.
   * @param extension what is known beyond the samples of the range
   * @param offset how far to look back, negative for ahead; absent if none was written
   */
  record VectorSelector(
      String name,
      List<LabelMatcher> matchers,
      RangeExtension extension,
      TimeSpan offset,
      @Nullable AtModifier at,
      PositionRange position)
      implements Expr {
    public VectorSelector {
      matchers = List.copyOf(matchers);
    }

    /** The selector with other modifiers. */
    public VectorSelector with(
        RangeExtension newExtension,
        TimeSpan newOffset,
        @Nullable AtModifier newAt,
        PositionRange newPosition) {
      return new VectorSelector(name, matchers, newExtension, newOffset, newAt, newPosition);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }
  }

  /** {@code vectorSelector[range]}; offset and @ are those of the vector selector. */
  record MatrixSelector(VectorSelector vectorSelector, TimeSpan range, PositionRange position)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /**
   * {@code expr[range:step]}.
   *
   * @param step absent for the server's default
   */
  record SubqueryExpr(
      Expr expr,
      TimeSpan range,
      TimeSpan step,
      TimeSpan offset,
      @Nullable AtModifier at,
      PositionRange position)
      implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /** {@code +expr} or {@code -expr}. */
  record UnaryExpr(boolean negated, Expr expr, PositionRange position) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }
  }

  /**
   * {@code lhs operator rhs}.
   *
   * @param matching null unless both operands are vectors
   * @param returnBool whether a comparison gives 0 or 1 instead of filtering
   */
  record BinaryExpr(
      BinaryOperator operator,
      Expr lhs,
      Expr rhs,
      @Nullable VectorMatching matching,
      boolean returnBool)
      implements Expr {
    @Override
    public ValueType type() {
      return lhs.type() == ValueType.SCALAR && rhs.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }

    @Override
    public PositionRange position() {
      return lhs.position().to(rhs.position());
    }
  }

  /**
   * An aggregation over a vector.
   *
   * @param param null unless the operator takes one
   * @param grouping the labels of {@code by} or {@code without}; empty for neither
   * @param without whether {@code grouping} is dropped rather than kept
   */
  record AggregateExpr(
      Aggregator operator,
      Expr expr,
      @Nullable Expr param,
      List<String> grouping,
      boolean without,
      PositionRange position)
      implements Expr {
    public AggregateExpr {
      grouping = List.copyOf(grouping);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }
  }

  record Call(PromFunction function, List<Expr> args, PositionRange position) implements Expr {
    public Call {
      args = List.copyOf(args);
    }

    @Override
    public ValueType type() {
      return function.returnType();
    }
  }

  record ParenExpr(Expr expr, PositionRange position) implements Expr {
    @Override
    public ValueType type() {
      return expr.type();
    }
  }
}
