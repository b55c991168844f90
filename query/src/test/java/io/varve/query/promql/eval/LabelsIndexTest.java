package io.varve.query.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.promql.Labels;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LabelsIndexTest {
  @Test
  void numbersLabelsLikeMap() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    LabelsIndex index = new LabelsIndex();
    Map<Labels, Integer> expected = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      Labels labels = Labels.EMPTY.with("host", "h" + random.nextInt(2_000));
      Labels named = random.nextBoolean() ? labels.named("m" + random.nextInt(3)) : labels;
      if (random.nextBoolean()) {
        expected.putIfAbsent(named, expected.size());
        assertThat(index.add(named)).as("-Dvarve.seed=%d", seed).isEqualTo(expected.get(named));
      } else {
        assertThat(index.find(named))
            .as("-Dvarve.seed=%d", seed)
            .isEqualTo(expected.getOrDefault(named, -1));
      }
    }
    assertThat(index.count()).isEqualTo(expected.size());
    expected.forEach((labels, number) -> assertThat(index.get(number)).isEqualTo(labels));
  }
}
