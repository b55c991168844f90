package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.MathFunction;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import java.util.List;

/**
 * A scalar function of one or two columns. Rows without an argument, and those whose result is no
 * finite number, have no result.
 */
public final class MathCall implements ColumnExpression {
  private final MathFunction function;
  private final List<ColumnExpression> arguments;
  private final Vector result;
  private final double[][] scratch;
  private final long[] present = new long[Bitmap.WORDS];

  /**
   * @param arguments as many as the function has, of types it accepts
   */
  public MathCall(MathFunction function, List<ColumnExpression> arguments) {
    this.function = function;
    this.arguments = List.copyOf(arguments);
    result = new Vector(function.keepsType() ? arguments.get(0).type() : FieldType.FLOAT);
    scratch = new double[arguments.size()][];
    for (int a = 0; a < scratch.length; a++) {
      scratch[a] = Arithmetic.scratch(arguments.get(a));
    }
  }

  @Override
  public FieldType type() {
    return result.type();
  }

  @Override
  public MathCall copy() {
    return new MathCall(function, arguments.stream().map(ColumnExpression::copy).toList());
  }

  @Override
  public Column evaluate(Inputs inputs) {
    int rows = inputs.rowCount();
    result.reset(rows);
    Column a = arguments.get(0).evaluate(inputs);
    Column b = arguments.size() > 1 ? arguments.get(1).evaluate(inputs) : a;
    if (a.isAbsent() || b.isAbsent()) {
      return result;
    }
    result.setPresence(Bitmap.and(a.presence(), b.presence(), present, rows));
    if (type() != FieldType.FLOAT) {
      function.apply(a.longs(), result.longs(), rows, type() == FieldType.INTEGER);
      return result;
    }
    double[] first = Arithmetic.doubles(a, scratch[0], rows);
    double[] second = b == a ? first : Arithmetic.doubles(b, scratch[1], rows);
    function.apply(first, second, result.doubles(), rows);
    dropUndefined(rows);
    return result;
  }

  private void dropUndefined(int rows) {
    double[] values = result.doubles();
    boolean allFinite = true;
    for (int i = 0; i < rows; i++) {
      allFinite &= Double.isFinite(values[i]);
    }
    if (allFinite) {
      return;
    }
    Bitmap.clear(present, rows);
    for (int i = 0; i < rows; i++) {
      if (result.isPresent(i) && Double.isFinite(values[i])) {
        Bitmap.set(present, i);
      }
    }
    result.setPresence(present);
  }
}
