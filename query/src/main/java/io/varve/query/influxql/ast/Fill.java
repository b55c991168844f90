package io.varve.query.influxql.ast;

/**
 * What stands in windows without a value.
 *
 * @param kind the option
 * @param number an {@link Expression.IntegerLiteral} or {@link Expression.NumberLiteral} for {@link
 *     Kind#NUMBER}, otherwise {@link Expression.IntegerLiteral} 0
 */
public record Fill(Kind kind, Expression number) {
  private static final Expression ZERO = new Expression.IntegerLiteral(0);

  /** {@code fill(null)}, which is also what no fill() means. */
  public static final Fill NULL = new Fill(Kind.NULL, ZERO);

  public static final Fill NONE = new Fill(Kind.NONE, ZERO);
  public static final Fill PREVIOUS = new Fill(Kind.PREVIOUS, ZERO);
  public static final Fill LINEAR = new Fill(Kind.LINEAR, ZERO);

  /** The options of fill(). */
  public enum Kind {
    NULL,
    NONE,
    PREVIOUS,
    LINEAR,
    NUMBER
  }

  public double numberAsDouble() {
    if (number instanceof Expression.IntegerLiteral integer) {
      return integer.value();
    }
    if (number instanceof Expression.NumberLiteral decimal) {
      return decimal.value();
    }
    throw new IllegalStateException("fill with " + number);
  }

  public long numberAsLong() {
    return number instanceof Expression.IntegerLiteral integer
        ? integer.value()
        : (long) numberAsDouble();
  }
}
