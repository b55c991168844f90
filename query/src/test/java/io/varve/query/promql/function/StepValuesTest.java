package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepValuesTest {
  /** A series in which NaN stands for no value. */
  static StepValues of(double... values) {
    StepValues series = new StepValues(values.length);
    for (int k = 0; k < values.length; k++) {
      if (!Double.isNaN(values[k])) {
        series.set(k, values[k]);
      }
    }
    return series;
  }

  /** The values, with a point where there is none. */
  static String text(StepValues series) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < series.steps(); k++) {
      text.append(k == 0 ? "" : " ").append(series.isPresent(k) ? series.get(k) : ".");
    }
    return text.toString();
  }

  @Test
  void clearRemovesValuesOfLongerUse() {
    StepValues series = new StepValues(200);
    series.markAllPresent();
    assertThat(series.presentCount()).isEqualTo(200);
    assertThat(series.isFull()).isTrue();
    series.clear(3);
    assertThat(series.isEmpty()).isTrue();
    series.clear(200);
    assertThat(series.isEmpty()).isTrue();
    series.set(130, 1);
    assertThat(series.isPresent(130)).isTrue();
    assertThat(series.isPresent(66)).isFalse();
    series.remove(130);
    assertThat(series.isEmpty()).isTrue();
  }

  @Test
  void isFullAtTheEdgeOfAWord() {
    StepValues series = new StepValues(64);
    series.markAllPresent();
    assertThat(series.isFull()).isTrue();
    series.remove(63);
    assertThat(series.isFull()).isFalse();
    assertThat(series.presentCount()).isEqualTo(63);
  }

  @Test
  void copiesAreIndependent() {
    StepValues series = of(1, Double.NaN, 3);
    StepValues copy = new StepValues(9);
    copy.copyFrom(series);
    series.set(0, 7);
    assertThat(text(copy)).isEqualTo("1.0 . 3.0");
  }
}
