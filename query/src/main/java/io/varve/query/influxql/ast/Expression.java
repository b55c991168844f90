package io.varve.query.influxql.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An InfluxQL expression. The tree keeps parentheses as they were written, so that its text can be
 * given back.
 *
 * <p>A tree that comes from the parser is at most {@code Parser.MAX_DEPTH} levels deep, so walking
 * it by recursion is safe.
 */
public sealed interface Expression {

  /** A name, perhaps with a cast; {@code a.b} unquoted is the name {@code a.b}. */
  record VarRef(String name, @Nullable Cast cast) implements Expression {}

  /** A function call; the name is in lower case. */
  record Call(String name, List<Expression> arguments) implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** {@code DISTINCT name}, without parentheses. */
  record Distinct(String name) implements Expression {}

  /**
   * {@code left operator right}. Long chains of AND and OR, which are associative, may come as
   * balanced trees.
   */
  record Binary(Operator operator, Expression left, Expression right) implements Expression {}

  record Paren(Expression inner) implements Expression {}

  /** {@code *}, {@code *::field} or {@code *::tag}. */
  record Wildcard(Kind kind) implements Expression {
    /** What it stands for. */
    public enum Kind {
      ANY,
      FIELD,
      TAG
    }
  }

  /** A regular expression that RE2 can compile; {@code \/} has already become {@code /}. */
  record Regex(String pattern) implements Expression {}

  record IntegerLiteral(long value) implements Expression {}

  /** An integer above {@link Long#MAX_VALUE}; the 64 bits read as unsigned. */
  record UnsignedLiteral(long value) implements Expression {}

  record NumberLiteral(double value) implements Expression {}

  record StringLiteral(String value) implements Expression {}

  record BooleanLiteral(boolean value) implements Expression {}

  record DurationLiteral(long nanos) implements Expression {}
}
