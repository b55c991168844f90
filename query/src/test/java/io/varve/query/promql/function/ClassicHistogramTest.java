package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClassicHistogramTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  /** Pairs of bound and count. */
  private static ClassicHistogram of(double... buckets) {
    ClassicHistogram histogram = new ClassicHistogram();
    histogram.clear();
    for (int i = 0; i < buckets.length; i += 2) {
      histogram.add(buckets[i], buckets[i + 1]);
    }
    return histogram;
  }

  private static ClassicHistogram requests() {
    return of(0.1, 10, 0.2, 30, 0.4, 80, 1, 100, INF, 110);
  }

  @Test
  void interpolatesWithinTheBucket() {
    assertThat(requests().quantile(0.5)).isCloseTo(0.3, within(1e-15));
    assertThat(requests().quantile(5 / 110.0)).isCloseTo(0.05, within(1e-15));
    assertThat(requests().quantile(0)).isEqualTo(0);
  }

  @Test
  void returnsTheHighestFiniteBoundInTheLastBucket() {
    assertThat(requests().quantile(0.99)).isEqualTo(1);
    assertThat(requests().quantile(1)).isEqualTo(1);
  }

  @Test
  void returnsTheBoundOfAFirstBucketBelowZero() {
    assertThat(of(-1, 10, 1, 20, INF, 20).quantile(0.2)).isEqualTo(-1);
    assertThat(of(0, 10, 1, 20, INF, 20).quantile(0.2)).isEqualTo(0);
    assertThat(of(-1, 10, 1, 20, INF, 20).quantile(0.75)).isEqualTo(0);
  }

  @Test
  void quantilesOutOfBoundsAreInfinite() {
    assertThat(requests().quantile(-0.1)).isEqualTo(-INF);
    assertThat(requests().quantile(1.1)).isEqualTo(INF);
    assertThat(requests().quantile(NAN)).isNaN();
  }

  @Test
  void incompleteHistogramsHaveNoQuantile() {
    assertThat(of(1, 10, 2, 20).quantile(0.5)).isNaN();
    assertThat(of(INF, 10).quantile(0.5)).isNaN();
    assertThat(of(1, 0, INF, 0).quantile(0.5)).isNaN();
    assertThat(of().quantile(0.5)).isNaN();
    assertThat(of().fraction(0, 1)).isNaN();
    assertThat(of(1, 10).fraction(0, 1)).isNaN();
  }

  @Test
  void addsUpEqualBounds() {
    ClassicHistogram histogram = of(1, 5, 1, 5, 2, 20, INF, 20);
    assertThat(histogram.quantile(0.25)).isEqualTo(0.5);
    assertThatThrownBy(() -> histogram.add(1, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void raisesCountsThatDecrease() {
    ClassicHistogram histogram = of(1, 10, 2, 7, 3, 4, 4, 20, INF, 20);
    assertThat(histogram.quantile(0.75)).isEqualTo(3.5);
    assertThat(histogram.isRepaired()).isTrue();
    assertThat(histogram.minRepaired()).isEqualTo(2);
    assertThat(histogram.maxRepaired()).isEqualTo(3);
    assertThat(histogram.maxDecrease()).isEqualTo(6);
    histogram.clear();
    assertThat(histogram.isRepaired()).isFalse();
  }

  @Test
  void levelsRoundingErrorsInSilence() {
    ClassicHistogram histogram = of(1, 10, 2, 10 - 1e-13, 3, 10 + 1e-13, INF, 10);
    assertThat(histogram.quantile(1)).isEqualTo(1);
    assertThat(histogram.isRepaired()).isFalse();
  }

  @Test
  void fractionIsLinearWithinBuckets() {
    assertThat(requests().fraction(0, 0.2)).isCloseTo(30 / 110.0, within(1e-15));
    assertThat(requests().fraction(0.05, 0.3)).isCloseTo(50 / 110.0, within(1e-15));
    assertThat(requests().fraction(-INF, INF)).isEqualTo(1);
    assertThat(requests().fraction(0.3, 0.2)).isEqualTo(0);
    assertThat(requests().fraction(NAN, 1)).isNaN();
    // Above the highest finite bound, everything lies at it but counts only up to infinity.
    assertThat(requests().fraction(-INF, 5)).isCloseTo(100 / 110.0, within(1e-15));
  }

  @Test
  void fractionOfNegativeBucketsHasNoLowerEdge() {
    ClassicHistogram histogram = of(-1, 10, 1, 30, INF, 40);
    assertThat(histogram.fraction(-INF, -2)).isEqualTo(0.25);
    assertThat(histogram.fraction(-INF, 0)).isEqualTo(0.5);
  }

  @Test
  void readsBoundsAsGoDoes() {
    assertThat(BucketBound.parse("+Inf")).isEqualTo(INF);
    assertThat(BucketBound.parse("infinity")).isEqualTo(INF);
    assertThat(BucketBound.parse("-inf")).isEqualTo(-INF);
    assertThat(BucketBound.parse("1e3")).isEqualTo(1000);
    assertThat(BucketBound.parse("0.10")).isEqualTo(0.1);
    assertThat(BucketBound.parse(".5")).isEqualTo(0.5);
    assertThat(BucketBound.parse("0x1p-2")).isEqualTo(0.25);
    for (String wrong : new String[] {"", "NaN", "1d", " 1", "1 ", "0x10", "1e400", "a", "1_0"}) {
      assertThat(BucketBound.parse(wrong)).as(wrong).isNull();
    }
  }
}
