package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BinaryOperatorTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static BinaryOperator operator(String symbol) {
    return Objects.requireNonNull(BinaryOperator.bySymbol(symbol));
  }

  private static double apply(double left, String symbol, double right) {
    return operator(symbol).apply(left, right);
  }

  @Test
  void powersFollowC() {
    assertThat(apply(1, "^", NAN)).isEqualTo(1);
    assertThat(apply(-1, "^", -INF)).isEqualTo(1);
    assertThat(apply(NAN, "^", 0)).isEqualTo(1);
    assertThat(apply(2, "^", NAN)).isNaN();
    assertThat(apply(-8, "^", 1 / 3.0)).isNaN();
    assertThat(apply(2, "^", -1)).isEqualTo(0.5);
  }

  @Test
  void remainderHasTheSignOfTheDividend() {
    assertThat(apply(-5, "%", 3)).isEqualTo(-2);
    assertThat(apply(5, "%", -3)).isEqualTo(2);
    assertThat(apply(5.5, "%", 2)).isEqualTo(1.5);
    assertThat(apply(5, "%", 0)).isNaN();
    assertThat(apply(5, "%", INF)).isEqualTo(5);
  }

  @Test
  void dividesByZero() {
    assertThat(apply(1, "/", 0)).isEqualTo(INF);
    assertThat(apply(0, "/", 0)).isNaN();
    assertThat(apply(1, "atan2", 0)).isEqualTo(Math.PI / 2);
  }

  @Test
  void comparisonsOfScalarsGiveZeroOrOne() {
    assertThat(apply(1, "<=", 1)).isEqualTo(1);
    assertThat(apply(1, ">", 1)).isEqualTo(0);
    assertThat(apply(NAN, "==", NAN)).isEqualTo(0);
    assertThat(apply(NAN, "!=", NAN)).isEqualTo(1);
    double[] out = new double[2];
    operator(">=").apply(new double[] {1, 2}, new double[] {2, 1}, 2, out);
    assertThat(out).containsExactly(0, 1);
    assertThatThrownBy(() -> operator("+").test(1, 2)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void arithmeticNeedsBothValues() {
    StepValues left = StepValuesTest.of(1, 2, NAN, 4);
    StepValues right = StepValuesTest.of(10, NAN, 30, 40);
    StepValues out = new StepValues();
    operator("+").apply(left, right, false, out);
    assertThat(StepValuesTest.text(out)).isEqualTo("11.0 . . 44.0");
    operator("^").apply(right, left, false, out);
    assertThat(StepValuesTest.text(out)).isEqualTo("10.0 . . 2560000.0");
  }

  @Test
  void scalarsMayBeOnEitherSide() {
    StepValues series = StepValuesTest.of(1, NAN, 4);
    StepValues out = new StepValues();
    operator("-").apply(series, new double[] {1, 1, 1}, false, out);
    assertThat(StepValuesTest.text(out)).isEqualTo("0.0 . 3.0");
    operator("-").apply(new double[] {1, 1, 1}, series, false, out);
    assertThat(StepValuesTest.text(out)).isEqualTo("0.0 . -3.0");
  }

  @Test
  void comparisonsKeepTheValueOfTheLeftSeries() {
    StepValues left = StepValuesTest.of(1, 2, NAN, 4);
    StepValues right = StepValuesTest.of(2, 1, 0, 3);
    StepValues out = new StepValues();
    operator(">").apply(left, right, false, out);
    assertThat(StepValuesTest.text(out)).isEqualTo(". 2.0 . 4.0");
    operator(">").apply(left, right, true, out);
    assertThat(StepValuesTest.text(out)).isEqualTo("0.0 1.0 . 1.0");
    operator("<").apply(new double[] {3, 3, 3, 3}, left, false, out);
    assertThat(StepValuesTest.text(out)).isEqualTo(". . . 4.0");
    operator("<").apply(left, new double[] {3, 3, 3, 3}, false, out);
    assertThat(StepValuesTest.text(out)).isEqualTo("1.0 2.0 . .");
  }

  @Test
  void comparesBeyondTheFirstWord() {
    StepValues series = new StepValues(130);
    for (int k = 0; k < 130; k++) {
      series.set(k, k);
    }
    double[] limit = new double[130];
    Arrays.fill(limit, 63.5);
    StepValues out = new StepValues();
    operator(">").apply(series, limit, false, out);
    assertThat(out.presentCount()).isEqualTo(66);
    assertThat(out.isPresent(63)).isFalse();
    assertThat(out.get(129)).isEqualTo(129);
  }

  @Test
  void knowsNoOtherSymbols() {
    assertThat(BinaryOperator.bySymbol("and")).isNull();
    assertThat(operator("!=").isComparison()).isTrue();
    assertThat(operator("%").isComparison()).isFalse();
  }
}
