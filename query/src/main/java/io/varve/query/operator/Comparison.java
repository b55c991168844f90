package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Two columns compared. Rows without one of the operands do not count, not even for {@code !=}, and
 * neither does anything if the types cannot be compared.
 */
public final class Comparison extends RowCondition.OnFields {
  /** The operators. */
  public enum Operator {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    /** Whether a result of -1, 0 or 1 of comparing two values satisfies this operator. */
    public boolean accepts(int comparison) {
      return switch (this) {
        case EQUAL -> comparison == 0;
        case NOT_EQUAL -> comparison != 0;
        case LESS -> comparison < 0;
        case LESS_OR_EQUAL -> comparison <= 0;
        case GREATER -> comparison > 0;
        case GREATER_OR_EQUAL -> comparison >= 0;
      };
    }
  }

  private final Operator operator;
  private final ColumnExpression left;
  private final ColumnExpression right;
  private final double[] leftScratch;
  private final double[] rightScratch;

  private Comparison(Operator operator, ColumnExpression left, ColumnExpression right) {
    this.operator = operator;
    this.left = left;
    this.right = right;
    leftScratch = Arithmetic.scratch(left);
    rightScratch = Arithmetic.scratch(right);
  }

  /** The condition; {@link RowCondition#FALSE} if the types cannot be compared. */
  public static RowCondition of(Operator operator, ColumnExpression left, ColumnExpression right) {
    boolean numbers = isNumber(left.type()) && isNumber(right.type());
    boolean same = left.type() == right.type();
    boolean equality = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
    boolean comparable = numbers || (same && (left.type() == FieldType.STRING || equality));
    return comparable ? new Comparison(operator, left, right) : RowCondition.FALSE;
  }

  private static boolean isNumber(FieldType type) {
    return type != FieldType.STRING && type != FieldType.BOOLEAN;
  }

  @Override
  Comparison copy() {
    return new Comparison(operator, left.copy(), right.copy());
  }

  @Override
  void evaluate(ColumnExpression.Inputs inputs, long[] into) {
    int rows = inputs.rowCount();
    Bitmap.clear(into, rows);
    Column a = left.evaluate(inputs);
    Column b = right.evaluate(inputs);
    if (a.isAbsent() || b.isAbsent()) {
      return;
    }
    if (a.type() == FieldType.STRING) {
      compareStrings(a, b, rows, into);
      return;
    }
    if (a.type() == FieldType.FLOAT || b.type() == FieldType.FLOAT) {
      compareDoubles(
          Arithmetic.doubles(a, leftScratch, rows),
          Arithmetic.doubles(b, rightScratch, rows),
          rows,
          into);
    } else if (a.type() == b.type()) {
      compareLongs(
          a.longs(), b.longs(), a.type() == FieldType.UNSIGNED ? Long.MIN_VALUE : 0, rows, into);
    } else {
      compareMixed(a, b, rows, into);
    }
    keepPresent(a.presence(), b.presence(), rows, into);
  }

  private static void keepPresent(long @Nullable [] a, long @Nullable [] b, int rows, long[] into) {
    int words = Bitmap.words(rows);
    for (int w = 0; w < words; w++) {
      into[w] &= (a == null ? -1L : a[w]) & (b == null ? -1L : b[w]);
    }
  }

  private void compareDoubles(double[] a, double[] b, int rows, long[] into) {
    switch (operator) {
      case EQUAL -> equal(a, b, rows, into);
      case NOT_EQUAL -> {
        equal(a, b, rows, into);
        invert(rows, into);
      }
      case LESS -> less(a, b, rows, into);
      case LESS_OR_EQUAL -> lessOrEqual(a, b, rows, into);
      case GREATER -> less(b, a, rows, into);
      case GREATER_OR_EQUAL -> lessOrEqual(b, a, rows, into);
    }
  }

  private static void equal(double[] a, double[] b, int rows, long[] into) {
    for (int first = 0; first < rows; first += Long.SIZE) {
      int end = Math.min(rows, first + Long.SIZE);
      long bits = 0;
      for (int i = first; i < end; i++) {
        bits |= (a[i] == b[i] ? 1L : 0L) << i;
      }
      into[first >>> 6] = bits;
    }
  }

  private static void less(double[] a, double[] b, int rows, long[] into) {
    for (int first = 0; first < rows; first += Long.SIZE) {
      int end = Math.min(rows, first + Long.SIZE);
      long bits = 0;
      for (int i = first; i < end; i++) {
        bits |= (a[i] < b[i] ? 1L : 0L) << i;
      }
      into[first >>> 6] = bits;
    }
  }

  private static void lessOrEqual(double[] a, double[] b, int rows, long[] into) {
    for (int first = 0; first < rows; first += Long.SIZE) {
      int end = Math.min(rows, first + Long.SIZE);
      long bits = 0;
      for (int i = first; i < end; i++) {
        bits |= (a[i] <= b[i] ? 1L : 0L) << i;
      }
      into[first >>> 6] = bits;
    }
  }

  private void compareLongs(long[] a, long[] b, long flip, int rows, long[] into) {
    switch (operator) {
      case EQUAL -> equal(a, b, rows, into);
      case NOT_EQUAL -> {
        equal(a, b, rows, into);
        invert(rows, into);
      }
      case LESS -> less(a, b, flip, rows, into);
      case LESS_OR_EQUAL -> {
        less(b, a, flip, rows, into);
        invert(rows, into);
      }
      case GREATER -> less(b, a, flip, rows, into);
      case GREATER_OR_EQUAL -> {
        less(a, b, flip, rows, into);
        invert(rows, into);
      }
    }
  }

  /** Makes all bits of rows the opposite; those behind the last row stay 0. */
  private static void invert(int rows, long[] into) {
    for (int first = 0; first < rows; first += Long.SIZE) {
      into[first >>> 6] ^= rows - first >= Long.SIZE ? -1L : (1L << rows) - 1;
    }
  }

  private static void equal(long[] a, long[] b, int rows, long[] into) {
    for (int first = 0; first < rows; first += Long.SIZE) {
      int end = Math.min(rows, first + Long.SIZE);
      long bits = 0;
      for (int i = first; i < end; i++) {
        bits |= (a[i] == b[i] ? 1L : 0L) << i;
      }
      into[first >>> 6] = bits;
    }
  }

  private static void less(long[] a, long[] b, long flip, int rows, long[] into) {
    for (int first = 0; first < rows; first += Long.SIZE) {
      int end = Math.min(rows, first + Long.SIZE);
      long bits = 0;
      for (int i = first; i < end; i++) {
        bits |= ((a[i] ^ flip) < (b[i] ^ flip) ? 1L : 0L) << i;
      }
      into[first >>> 6] = bits;
    }
  }

  /** A signed with an unsigned column. */
  private void compareMixed(Column a, Column b, int rows, long[] into) {
    boolean leftSigned = a.type() == FieldType.INTEGER;
    long[] signed = leftSigned ? a.longs() : b.longs();
    long[] unsigned = leftSigned ? b.longs() : a.longs();
    for (int i = 0; i < rows; i++) {
      int order = signed[i] < 0 ? -1 : Long.compareUnsigned(signed[i], unsigned[i]);
      if (operator.accepts(leftSigned ? order : -order)) {
        Bitmap.set(into, i);
      }
    }
  }

  private void compareStrings(Column a, Column b, int rows, long[] into) {
    long[] leftPresence = a.presence();
    long[] rightPresence = b.presence();
    byte[][] x = a.strings();
    byte[][] y = b.strings();
    boolean equality = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
    for (int i = 0; i < rows; i++) {
      if (Bitmap.get(leftPresence, i) && Bitmap.get(rightPresence, i)) {
        int order =
            equality
                ? (Arrays.equals(x[i], y[i]) ? 0 : 1)
                : Integer.signum(Arrays.compareUnsigned(x[i], y[i]));
        if (operator.accepts(order)) {
          Bitmap.set(into, i);
        }
      }
    }
  }
}
