package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ValueFunctionTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static double of(String name, double value) {
    return Objects.requireNonNull(ValueFunction.byName(name)).apply(value);
  }

  @Test
  void appliesToTheFirstValuesOfAnArray() {
    double[] values = {-1, 4, -9};
    ValueFunction.ABS.apply(values, 2);
    assertThat(values).containsExactly(1, 4, -9);
    assertThat(ValueFunction.byName("absent")).isNull();
    assertThat(ValueFunction.byName("ABS")).isNull();
  }

  @Test
  void signKeepsNanAndZero() {
    assertThat(of("sgn", -3)).isEqualTo(-1);
    assertThat(of("sgn", INF)).isEqualTo(1);
    assertThat(of("sgn", NAN)).isNaN();
    assertThat(of("sgn", -0.0)).isEqualTo(-0.0);
  }

  @Test
  void binaryLogarithmIsExactForAllPowersOfTwo() {
    for (int e = -1074; e < 1024; e++) {
      assertThat(of("log2", Math.scalb(1.0, e))).isEqualTo(e);
    }
    assertThat(of("log2", 0)).isEqualTo(-INF);
    assertThat(of("log2", -1)).isNaN();
    assertThat(of("log2", INF)).isEqualTo(INF);
    assertThat(of("log2", 3 * 0x1p-1074)).isCloseTo(-1072.415037499279, within(1e-12));
    assertThat(of("log2", 10)).isCloseTo(3.321928094887362, within(1e-15));
    assertThat(of("log2", 1 + 0x1p-40)).isCloseTo(0x1p-40 / Math.log(2), within(1e-24));
  }

  @Test
  void inverseHyperbolicFunctionsUndoTheirs() {
    for (double x : new double[] {0.001, 0.5, 1, 2, 10}) {
      assertThat(of("asinh", Math.sinh(x))).isCloseTo(x, within(1e-14));
      assertThat(of("asinh", Math.sinh(-x))).isCloseTo(-x, within(1e-14));
      assertThat(of("acosh", Math.cosh(x))).isCloseTo(x, within(1e-9));
      assertThat(of("atanh", Math.tanh(x / 4))).isCloseTo(x / 4, within(1e-14));
    }
    assertThat(of("asinh", 1e300)).isCloseTo(691.4686750787736, within(1e-10));
    assertThat(of("asinh", -INF)).isEqualTo(-INF);
    assertThat(of("asinh", -0.0)).isEqualTo(-0.0);
    assertThat(of("acosh", 1)).isEqualTo(0);
    assertThat(of("acosh", 0.5)).isNaN();
    assertThat(of("acosh", 1e300)).isCloseTo(691.4686750787736, within(1e-10));
    assertThat(of("atanh", 1)).isEqualTo(INF);
    assertThat(of("atanh", -1)).isEqualTo(-INF);
    assertThat(of("atanh", 2)).isNaN();
  }

  @Test
  void convertsDegrees() {
    assertThat(of("deg", Math.PI)).isEqualTo(180);
    assertThat(of("rad", 180)).isEqualTo(Math.PI);
  }

  @Test
  void datesAreThoseOfJavaTime() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      double seconds = (double) random.nextLong(-200_000_000_000L, 200_000_000_000L);
      ZonedDateTime time = Instant.ofEpochSecond((long) seconds).atZone(ZoneOffset.UTC);
      assertThat(of("minute", seconds)).isEqualTo(time.getMinute());
      assertThat(of("hour", seconds)).isEqualTo(time.getHour());
      DayOfWeek day = time.getDayOfWeek();
      assertThat(of("day_of_week", seconds)).isEqualTo(day.getValue() % 7);
      assertThat(of("day_of_month", seconds)).isEqualTo(time.getDayOfMonth());
      assertThat(of("day_of_year", seconds)).isEqualTo(time.getDayOfYear());
      assertThat(of("days_in_month", seconds)).isEqualTo(time.toLocalDate().lengthOfMonth());
      assertThat(of("month", seconds)).isEqualTo(time.getMonthValue());
      assertThat(of("year", seconds)).isEqualTo(time.getYear());
    }
    assertThat(of("year", NAN)).isNaN();
  }

  @Test
  void roundsTiesUp() {
    assertThat(BoundedValues.round(-2.5, 1)).isEqualTo(-2);
    assertThat(BoundedValues.round(2.5, 1)).isEqualTo(3);
    assertThat(BoundedValues.round(5.11, 0.1)).isEqualTo(5.1);
    assertThat(BoundedValues.round(17, 5)).isEqualTo(15);
    StepValues series = StepValuesTest.of(1.26, NAN, 7);
    BoundedValues.round(series, new double[] {0.1, 1, 5});
    assertThat(StepValuesTest.text(series)).isEqualTo("1.3 . 5.0");
  }

  @Test
  void clampWithMinimumAboveMaximumIsEmpty() {
    StepValues series = StepValuesTest.of(1, 2, 3, 10);
    BoundedValues.clamp(series, new double[] {0, 5, 4, 0}, new double[] {5, 0, 5, NAN});
    assertThat(StepValuesTest.text(series)).isEqualTo("1.0 . 4.0 NaN");
    BoundedValues.clampMax(series, new double[] {0.5, 0, 9, INF});
    BoundedValues.clampMin(series, new double[] {0.7, 0, INF, INF});
    assertThat(StepValuesTest.text(series)).isEqualTo("0.7 . Infinity Infinity");
  }
}
