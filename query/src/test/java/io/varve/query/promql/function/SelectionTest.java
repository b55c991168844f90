package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** topk, bottomk, limitk, limit_ratio, count_values. */
class SelectionTest {
  private static final double NAN = Double.NaN;

  private static int[] ranking(boolean largest, long k, double... values) {
    TopSelection selection = new TopSelection(largest, new long[] {k});
    for (int i = 0; i < values.length; i++) {
      StepValues series = new StepValues(1);
      series.set(0, values[i]);
      selection.add(i, series);
    }
    return selection.ranking(0);
  }

  @Test
  void nanIsFarthestFromTopAndBottom() {
    assertThat(ranking(true, 2, NAN, 1, 3, 2)).containsExactly(2, 3);
    assertThat(ranking(false, 2, NAN, 1, 3, 2)).containsExactly(1, 3);
    assertThat(ranking(true, 9, NAN, 1, NAN, 2)).containsExactly(3, 1, 0, 2);
    assertThat(ranking(true, 1, NAN, NAN)).containsExactly(0);
  }

  @Test
  void selectsNothingForLessThanOne() {
    assertThat(ranking(true, 0, 1, 2)).isEmpty();
    assertThat(ranking(true, -5, 1, 2)).isEmpty();
    assertThat(ranking(true, 9_999_999_999L, 1, 2)).containsExactly(1, 0);
  }

  @Test
  void selectsAnewAtEveryStep() {
    TopSelection selection = new TopSelection(true, new long[] {1, 2, 1});
    selection.add(3, StepValuesTest.of(1, 2, NAN));
    selection.add(5, StepValuesTest.of(2, 1, 7));
    selection.add(8, StepValuesTest.of(1, 0, 1));
    int[] selected = selection.selected();
    assertThat(selected).containsExactly(3, 5);
    StepValues[] out = {new StepValues(), new StepValues()};
    selection.finish(selected, out);
    assertThat(StepValuesTest.text(out[0])).isEqualTo(". 2.0 .");
    assertThat(StepValuesTest.text(out[1])).isEqualTo("2.0 1.0 7.0");
  }

  @Test
  void selectsWhatSortingSelects() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      double[] values =
          random.ints(random.nextInt(60), 0, 20).mapToDouble(v -> v == 0 ? NAN : v).toArray();
      boolean largest = random.nextBoolean();
      int k = random.nextInt(70);
      Comparator<Integer> byValue =
          Comparator.comparingDouble(i -> largest ? -values[i] : values[i]);
      int[] expected =
          IntStream.range(0, values.length)
              .boxed()
              .sorted(byValue.thenComparing(i -> i))
              .limit(k)
              .mapToInt(i -> i)
              .toArray();
      assertThat(ranking(largest, k, values)).as("-Dvarve.seed=%d", seed).isEqualTo(expected);
    }
  }

  @Test
  void rankingKeepsTheSelection() {
    TopSelection selection = new TopSelection(true, new long[] {2});
    for (int i = 0; i < 5; i++) {
      selection.add(i, StepValuesTest.of(i));
    }
    assertThat(selection.ranking(0)).containsExactly(4, 3);
    selection.add(5, StepValuesTest.of(3.5));
    assertThat(selection.ranking(0)).containsExactly(4, 5);
  }

  @Test
  void rejectsCountsThatAreNoIntegers() {
    assertThat(StepParameters.toCounts(new double[] {2.9, -1, 9_999_999_999.0}, 3))
        .containsExactly(2, -1, 9_999_999_999L);
    assertThatThrownBy(() -> StepParameters.toCounts(new double[] {NAN}, 1))
        .hasMessage("Parameter value is NaN");
    assertThatThrownBy(() -> StepParameters.toCounts(new double[] {1e30}, 1))
        .hasMessage("Scalar value 1e+30 overflows int64");
    assertThatThrownBy(() -> StepParameters.toCounts(new double[] {-1e19}, 1))
        .hasMessage("Scalar value -1e+19 underflows int64");
  }

  @Test
  void limitKeepsTheFirstOfEachStep() {
    LimitSelection selection = new LimitSelection(new long[] {1, 2, 0});
    List<String> kept = new ArrayList<>();
    for (StepValues series :
        List.of(
            StepValuesTest.of(1, 2, 3),
            StepValuesTest.of(4, NAN, 6),
            StepValuesTest.of(7, 8, 9),
            StepValuesTest.of(NAN, 11, 12))) {
      selection.keep(series);
      kept.add(StepValuesTest.text(series));
    }
    assertThat(kept).containsExactly("1.0 2.0 .", ". . .", ". 8.0 .", ". . .");
  }

  @Test
  void ratioAndItsComplementKeepEachSeriesOnce() {
    SplittableRandom random = new SplittableRandom(3);
    int kept = 0;
    for (int i = 0; i < 10_000; i++) {
      long hash = random.nextLong();
      StepValues series = StepValuesTest.of(1, 1, 1, 1, 1);
      LimitSelection.keepRatio(series, new double[] {0.3, -0.7, 1, -1, 0}, hash);
      assertThat(series.isPresent(0)).isNotEqualTo(series.isPresent(1));
      assertThat(series.isPresent(2) && series.isPresent(3)).isTrue();
      assertThat(series.isPresent(4)).isFalse();
      kept += series.isPresent(0) ? 1 : 0;
    }
    assertThat(kept).isBetween(2_800, 3_200);
  }

  @Test
  void countsEqualValues() {
    AtomicInteger room = new AtomicInteger();
    ValueCounts counts =
        new ValueCounts(
            3,
            () -> {
              if (room.incrementAndGet() > 3) {
                throw new IllegalStateException("no room");
              }
            });
    counts.add(StepValuesTest.of(1, 1, 1e21));
    counts.add(StepValuesTest.of(1, 0.5, NAN));
    List<String> lines = new ArrayList<>();
    counts.forEach((text, count) -> lines.add(text + ": " + StepValuesTest.text(count)));
    assertThat(lines)
        .containsExactly("1: 2.0 1.0 .", "1000000000000000000000: . . 1.0", "0.5: . 1.0 .");
    assertThatThrownBy(() -> counts.add(StepValuesTest.of(7, 7, 7)))
        .hasMessageContaining("no room");
  }
}
