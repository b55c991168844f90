package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StepRowsTest {
  @Test
  void givesBackWhatWasAdded() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    StepRows rows = new StepRows();
    StepValues loaded = new StepValues();
    for (int round = 0; round < 30; round++) {
      rows.clear();
      int steps = random.nextBoolean() ? 1 + random.nextInt(3) : 1 + random.nextInt(3000);
      List<StepValues> all = new ArrayList<>();
      for (int row = random.nextInt(40); row >= 0; row--) {
        all.add(random(random, steps));
        rows.add(all.get(all.size() - 1));
      }
      int replaced = random.nextInt(all.size());
      all.set(replaced, random(random, steps));
      rows.replace(replaced, all.get(replaced));
      int[] order = new int[all.size()];
      for (int row = 0; row < order.length; row++) {
        order[row] = order.length - 1 - row;
      }
      rows.reorder(order);
      assertThat(rows.count()).isEqualTo(all.size());
      for (int row = 0; row < order.length; row++) {
        rows.load(row, loaded);
        assertThat(StepValuesTest.text(loaded))
            .as("-Dvarve.seed=%d", seed)
            .isEqualTo(StepValuesTest.text(all.get(order[row])));
      }
    }
  }

  @Test
  void rejectsSeriesOfAnotherLength() {
    StepRows rows = new StepRows();
    rows.add(new StepValues(3));
    assertThatThrownBy(() -> rows.add(new StepValues(2))).isInstanceOf(IllegalStateException.class);
  }

  private static StepValues random(SplittableRandom random, int steps) {
    StepValues values = new StepValues(steps);
    boolean full = random.nextInt(3) == 0;
    for (int step = 0; step < steps; step++) {
      if (full || random.nextBoolean()) {
        values.set(step, random.nextInt(5) == 0 ? Double.NaN : random.nextDouble());
      }
    }
    return values;
  }
}
