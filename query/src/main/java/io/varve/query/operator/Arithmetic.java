package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Numbers;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * Two columns joined by an operator, one loop per operator and type.
 *
 * <p>A row without one of the operands has no result. Division by zero gives 0, the remainder of a
 * float by zero nothing; division of integers gives a float.
 */
public final class Arithmetic implements ColumnExpression {
  /** The operators. */
  public enum Operator {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    REMAINDER,
    AND,
    OR,
    XOR
  }

  private final Operator operator;
  private final ColumnExpression left;
  private final ColumnExpression right;
  private final boolean inDoubles;
  private final Vector result;
  private final double[] leftScratch;
  private final double[] rightScratch;
  private final long[] bothPresent = new long[Bitmap.WORDS];

  private Arithmetic(
      Operator operator, ColumnExpression left, ColumnExpression right, FieldType type) {
    this.operator = operator;
    this.left = left;
    this.right = right;
    inDoubles = type == FieldType.FLOAT;
    result = new Vector(type);
    leftScratch = scratch(left);
    rightScratch = scratch(right);
  }

  /** Room for the values of a column as doubles; none if that is what they are. */
  static double[] scratch(ColumnExpression operand) {
    boolean number = operand.type() == FieldType.INTEGER || operand.type() == FieldType.UNSIGNED;
    return new double[number ? ColumnBatch.MAX_ROWS : 0];
  }

  /**
   * The expression, or null if the operator does not take these types.
   *
   * <p>An unsigned and a signed operand do not mix; the planner turns literals into the right kind.
   */
  public static @Nullable Arithmetic of(
      Operator operator, ColumnExpression left, ColumnExpression right) {
    FieldType type = resultType(operator, left.type(), right.type());
    return type == null ? null : new Arithmetic(operator, left, right, type);
  }

  private static @Nullable FieldType resultType(
      Operator operator, FieldType left, FieldType right) {
    boolean bits = operator == Operator.AND || operator == Operator.OR || operator == Operator.XOR;
    if (left == FieldType.STRING || right == FieldType.STRING) {
      return null;
    }
    if (left == FieldType.BOOLEAN || right == FieldType.BOOLEAN) {
      return bits && left == right ? FieldType.BOOLEAN : null;
    }
    if (left == FieldType.FLOAT || right == FieldType.FLOAT) {
      return bits ? null : FieldType.FLOAT;
    }
    if (left != right) {
      return null;
    }
    return operator == Operator.DIVIDE && left == FieldType.INTEGER ? FieldType.FLOAT : left;
  }

  @Override
  public FieldType type() {
    return result.type();
  }

  @Override
  public Arithmetic copy() {
    return new Arithmetic(operator, left.copy(), right.copy(), type());
  }

  @Override
  public Column evaluate(Inputs inputs) {
    int rows = inputs.rowCount();
    result.reset(rows);
    Column a = left.evaluate(inputs);
    Column b = right.evaluate(inputs);
    if (a.isAbsent() || b.isAbsent()) {
      return result;
    }
    result.setPresence(Bitmap.and(a.presence(), b.presence(), bothPresent, rows));
    if (inDoubles) {
      evaluateDoubles(doubles(a, leftScratch, rows), doubles(b, rightScratch, rows), rows);
      return operator == Operator.REMAINDER ? withoutNaN(rows) : result;
    }
    evaluateLongs(a.longs(), b.longs(), rows);
    return result;
  }

  /** The values as doubles, converted into the scratch array if need be. */
  static double[] doubles(Column column, double[] scratch, int rows) {
    if (column.type() == FieldType.FLOAT) {
      return column.doubles();
    }
    long[] values = column.longs();
    if (column.type() == FieldType.UNSIGNED) {
      for (int i = 0; i < rows; i++) {
        scratch[i] = Numbers.unsignedToDouble(values[i]);
      }
    } else {
      for (int i = 0; i < rows; i++) {
        scratch[i] = values[i];
      }
    }
    return scratch;
  }

  private void evaluateDoubles(double[] a, double[] b, int rows) {
    double[] out = result.doubles();
    switch (operator) {
      case ADD -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] + b[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] - b[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] * b[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < rows; i++) {
          out[i] = b[i] == 0 ? 0 : a[i] / b[i];
        }
      }
      case REMAINDER -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] % b[i];
        }
      }
      default -> throw new IllegalStateException(operator + " of floats");
    }
  }

  private void evaluateLongs(long[] a, long[] b, int rows) {
    long[] out = result.longs();
    boolean unsigned = result.type() == FieldType.UNSIGNED;
    switch (operator) {
      case ADD -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] + b[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] - b[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] * b[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < rows; i++) {
          out[i] = b[i] == 0 ? 0 : Long.divideUnsigned(a[i], b[i]);
        }
      }
      case REMAINDER -> {
        for (int i = 0; i < rows; i++) {
          out[i] = b[i] == 0 ? 0 : (unsigned ? Long.remainderUnsigned(a[i], b[i]) : a[i] % b[i]);
        }
      }
      case AND -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] & b[i];
        }
      }
      case OR -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] | b[i];
        }
      }
      case XOR -> {
        for (int i = 0; i < rows; i++) {
          out[i] = a[i] ^ b[i];
        }
      }
    }
  }

  private Column withoutNaN(int rows) {
    long[] defined = bothPresent;
    long[] presence = result.presence();
    double[] values = result.doubles();
    for (int i = 0; i < rows; i++) {
      if (i % 64 == 0) {
        defined[i >>> 6] = presence == null ? -1L : presence[i >>> 6];
      }
      if (Double.isNaN(values[i])) {
        defined[i >>> 6] &= ~(1L << i);
      }
    }
    result.setPresence(defined);
    return result;
  }
}
