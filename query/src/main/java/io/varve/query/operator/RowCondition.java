package io.varve.query.operator;

import com.google.re2j.Pattern;
import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import java.util.function.Predicate;

/**
 * Which rows count. Tags are constants of a series, so {@link #bind} decides on them once per
 * series and leaves a condition on fields only, often none at all.
 *
 * <p>For one thread.
 */
public abstract class RowCondition {
  /** Every row. */
  public static final RowCondition TRUE = new Always(true);

  /** No row. */
  public static final RowCondition FALSE = new Always(false);

  private RowCondition() {}

  /** This condition for the rows of one series. */
  public abstract RowCondition bind(SeriesKey key);

  /** Whether {@link #bind} depends on the series. */
  public abstract boolean needsKey();

  /** The same with working space of its own, for another thread. */
  abstract RowCondition copy();

  /** Sets the bits of the rows that count, clears the others. */
  abstract void evaluate(ColumnExpression.Inputs inputs, long[] into);

  /** A condition on the tags of a series alone. */
  public static RowCondition onTags(Predicate<SeriesKey> test) {
    return new OnTags(test);
  }

  public static RowCondition and(RowCondition left, RowCondition right) {
    if (left == FALSE || right == FALSE) {
      return FALSE;
    }
    return left == TRUE ? right : (right == TRUE ? left : new Logical(left, right, true));
  }

  public static RowCondition or(RowCondition left, RowCondition right) {
    if (left == TRUE || right == TRUE) {
      return TRUE;
    }
    return left == FALSE ? right : (right == FALSE ? left : new Logical(left, right, false));
  }

  /** A regular expression that a string field must contain, or must have and not contain. */
  public static RowCondition matches(ColumnExpression operand, Pattern pattern, boolean negated) {
    return operand.type() == FieldType.STRING ? new Matches(operand, pattern, negated) : FALSE;
  }

  private static final class Always extends RowCondition {
    private final boolean value;

    Always(boolean value) {
      this.value = value;
    }

    @Override
    Always copy() {
      return this;
    }

    @Override
    public RowCondition bind(SeriesKey key) {
      return this;
    }

    @Override
    public boolean needsKey() {
      return false;
    }

    @Override
    void evaluate(ColumnExpression.Inputs inputs, long[] into) {
      if (value) {
        Bitmap.fill(into, inputs.rowCount());
      } else {
        Bitmap.clear(into, inputs.rowCount());
      }
    }
  }

  private static final class OnTags extends RowCondition {
    private final Predicate<SeriesKey> test;

    OnTags(Predicate<SeriesKey> test) {
      this.test = test;
    }

    @Override
    OnTags copy() {
      return this;
    }

    @Override
    public RowCondition bind(SeriesKey key) {
      return test.test(key) ? TRUE : FALSE;
    }

    @Override
    public boolean needsKey() {
      return true;
    }

    @Override
    void evaluate(ColumnExpression.Inputs inputs, long[] into) {
      throw new IllegalStateException("a condition on tags must be bound to a series");
    }
  }

  private static final class Logical extends RowCondition {
    private final RowCondition left;
    private final RowCondition right;
    private final boolean conjunction;
    private final long[] scratch = new long[Bitmap.WORDS];

    Logical(RowCondition left, RowCondition right, boolean conjunction) {
      this.left = left;
      this.right = right;
      this.conjunction = conjunction;
    }

    @Override
    Logical copy() {
      return new Logical(left.copy(), right.copy(), conjunction);
    }

    @Override
    public RowCondition bind(SeriesKey key) {
      if (!needsKey()) {
        return this;
      }
      RowCondition boundLeft = left.bind(key);
      RowCondition boundRight = right.bind(key);
      return conjunction ? and(boundLeft, boundRight) : or(boundLeft, boundRight);
    }

    @Override
    public boolean needsKey() {
      return left.needsKey() || right.needsKey();
    }

    @Override
    void evaluate(ColumnExpression.Inputs inputs, long[] into) {
      left.evaluate(inputs, into);
      int words = Bitmap.words(inputs.rowCount());
      long pending = 0;
      for (int w = 0; w < words; w++) {
        pending |= into[w];
      }
      if (conjunction && pending == 0) {
        return;
      }
      right.evaluate(inputs, scratch);
      for (int w = 0; w < words; w++) {
        into[w] = conjunction ? into[w] & scratch[w] : into[w] | scratch[w];
      }
    }
  }

  private static final class Matches extends RowCondition {
    private final ColumnExpression operand;
    private final Pattern pattern;
    private final boolean negated;

    Matches(ColumnExpression operand, Pattern pattern, boolean negated) {
      this.operand = operand;
      this.pattern = pattern;
      this.negated = negated;
    }

    @Override
    Matches copy() {
      return new Matches(operand.copy(), pattern, negated);
    }

    @Override
    public RowCondition bind(SeriesKey key) {
      return this;
    }

    @Override
    public boolean needsKey() {
      return false;
    }

    @Override
    void evaluate(ColumnExpression.Inputs inputs, long[] into) {
      int rows = inputs.rowCount();
      Bitmap.clear(into, rows);
      Column column = operand.evaluate(inputs);
      if (column.isAbsent()) {
        return;
      }
      long[] presence = column.presence();
      byte[][] values = column.strings();
      for (int i = 0; i < rows; i++) {
        if (Bitmap.get(presence, i) && pattern.matcher(values[i]).find() != negated) {
          Bitmap.set(into, i);
        }
      }
    }
  }

  /** A condition on fields alone. */
  abstract static class OnFields extends RowCondition {
    @Override
    public final RowCondition bind(SeriesKey key) {
      return this;
    }

    @Override
    public final boolean needsKey() {
      return false;
    }
  }
}
