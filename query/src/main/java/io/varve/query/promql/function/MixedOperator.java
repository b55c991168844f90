package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramRemark;
import io.varve.query.promql.histogram.HistogramSum;
import io.varve.query.promql.histogram.HistogramTrim;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An operator of series that may have histograms. Floats are computed as {@link BinaryOperator}
 * says, all steps at once; then those steps are looked at again at which an operand is a histogram.
 * What has no meaning gives nothing, and a remark. For one thread.
 */
public final class MixedOperator {
  private final String symbol;
  private final boolean bool;

  /** Null for an operator that only histograms have. */
  private final @Nullable BinaryOperator ofFloats;

  private final Set<HistogramRemark> remarks = EnumSet.noneOf(HistogramRemark.class);
  private final Set<String> incompatible = new LinkedHashSet<>();

  /**
   * The operator written so.
   *
   * @param bool whether a comparison gives 1 or 0 and not the left operand
   */
  public MixedOperator(String symbol, boolean bool) {
    this.symbol = symbol;
    this.bool = bool;
    this.ofFloats = BinaryOperator.bySymbol(symbol);
  }

  /** Two series: a value where both have one. {@code out} is another object than either. */
  public void apply(StepValues left, StepValues right, StepValues out) {
    if (ofFloats != null) {
      ofFloats.apply(left, right, bool, out);
      if (!left.hasHistograms() && !right.hasHistograms()) {
        return;
      }
    } else {
      out.clear(left.steps());
    }
    for (int step = 0; step < left.steps(); step++) {
      if (left.isPresent(step) && right.isPresent(step)) {
        FloatHistogram leftHistogram = left.histogram(step);
        FloatHistogram rightHistogram = right.histogram(step);
        if (ofFloats == null || leftHistogram != null || rightHistogram != null) {
          out.remove(step);
          apply(leftHistogram, left.get(step), rightHistogram, right.get(step), out, step);
        }
      }
    }
  }

  /** A series on the left, a scalar on the right. */
  public void apply(StepValues left, double[] right, StepValues out) {
    if (ofFloats != null) {
      ofFloats.apply(left, right, bool, out);
      if (!left.hasHistograms()) {
        return;
      }
    } else {
      out.clear(left.steps());
    }
    for (int step = 0; step < left.steps(); step++) {
      if (left.isPresent(step) && (ofFloats == null || left.histogram(step) != null)) {
        out.remove(step);
        apply(left.histogram(step), left.get(step), null, right[step], out, step);
      }
    }
  }

  /** A scalar on the left, a series on the right. */
  public void apply(double[] left, StepValues right, StepValues out) {
    if (ofFloats != null) {
      ofFloats.apply(left, right, bool, out);
      if (!right.hasHistograms()) {
        return;
      }
    } else {
      out.clear(right.steps());
    }
    for (int step = 0; step < right.steps(); step++) {
      if (right.isPresent(step) && (ofFloats == null || right.histogram(step) != null)) {
        out.remove(step);
        apply(null, left[step], right.histogram(step), right.get(step), out, step);
      }
    }
  }

  private void apply(
      @Nullable FloatHistogram left,
      double leftFloat,
      @Nullable FloatHistogram right,
      double rightFloat,
      StepValues out,
      int step) {
    if (left != null && right != null) {
      combine(left, right, out, step);
    } else if (left != null) {
      change(left, rightFloat, out, step);
    } else if (right != null && symbol.equals("*")) {
      out.set(step, right.times(leftFloat));
    } else {
      incompatible("float", right == null ? "float" : "histogram");
    }
  }

  private void change(FloatHistogram left, double right, StepValues out, int step) {
    switch (symbol) {
      case "*" -> out.set(step, left.times(right));
      case "/" -> out.set(step, left.dividedBy(right));
      case "</" -> out.set(step, HistogramTrim.above(left, right));
      case ">/" -> out.set(step, HistogramTrim.below(left, right));
      default -> incompatible("histogram", "float");
    }
  }

  private void combine(FloatHistogram left, FloatHistogram right, StepValues out, int step) {
    switch (symbol) {
      case "+" -> add(left, right, false, out, step);
      case "-" -> add(left, right, true, out, step);
      case "==" -> compare(left.sameAs(right), left, out, step);
      case "!=" -> compare(!left.sameAs(right), left, out, step);
      default -> incompatible("histogram", "histogram");
    }
  }

  private void compare(boolean holds, FloatHistogram left, StepValues out, int step) {
    if (bool) {
      out.set(step, holds ? 1 : 0);
    } else if (holds) {
      out.set(step, left);
    }
  }

  private void add(
      FloatHistogram left, FloatHistogram right, boolean negated, StepValues out, int step) {
    HistogramSum sum = new HistogramSum(left);
    if (!sum.takes(right)) {
      remarks.add(HistogramRemark.EXPONENTIAL_AND_CUSTOM);
      return;
    }
    sum.add(negated ? right.times(-1).withHint(right.hint()) : right);
    if (sum.isReconciled()) {
      remarks.add(
          negated
              ? HistogramRemark.BOUNDS_RECONCILED_SUBTRACTING
              : HistogramRemark.BOUNDS_RECONCILED_ADDING);
    }
    if (sum.hasConflictingResets()) {
      remarks.add(
          negated
              ? HistogramRemark.CONFLICTING_RESETS_SUBTRACTED
              : HistogramRemark.CONFLICTING_RESETS_ADDED);
    }
    out.set(step, negated ? sum.total().asGauge() : sum.total());
  }

  private void incompatible(String left, String right) {
    incompatible.add(left + " " + symbol + " " + right);
  }

  public Set<HistogramRemark> remarks() {
    return remarks;
  }

  /** Kinds of operands that came together and should not, {@code float * histogram} for example. */
  public Set<String> incompatible() {
    return incompatible;
  }

  public String symbol() {
    return symbol;
  }
}
