package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.promql.function.Condenser.Want;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CondenserTest {
  @Test
  void knowsWhichRunsNoWindowCuts() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      StepWindows windows =
          new StepWindows(
              random.nextInt(-20, 20),
              random.nextInt(0, 12),
              random.nextInt(1, 8),
              random.nextInt(1, 30));
      Condenser condenser = new Condenser(Want.COUNT, windows);
      long first = random.nextInt(-60, 120);
      long last = first + random.nextInt(0, 15);
      boolean whole = true;
      boolean seen = false;
      for (int step = 0; step < windows.steps(); step++) {
        int inside = 0;
        for (long time = first; time <= last; time++) {
          inside += time > windows.startMillis(step) && time <= windows.endMillis(step) ? 1 : 0;
        }
        whole &= inside == 0 || inside == last - first + 1;
        seen |= inside > 0;
      }
      boolean newest = true;
      boolean lastSeen = false;
      for (int step = 0; step < windows.steps(); step++) {
        boolean cut = first <= windows.endMillis(step) && windows.endMillis(step) < last;
        newest &= !cut;
        lastSeen |= last > windows.startMillis(step) && last <= windows.endMillis(step);
      }
      String why = "seed " + seed + ", round " + round + ": " + windows + " " + first + " " + last;
      // A window between two samples of a run would cut it too, but all times are samples here.
      assertThat(condenser.isWhole(first, last)).as(why).isEqualTo(whole);
      assertThat(condenser.isNewest(first, last)).as(why).isEqualTo(newest);
      if (newest) {
        assertThat(condenser.isSeen(last)).as(why).isEqualTo(lastSeen);
      }
      if (whole) {
        assertThat(condenser.isSeen(last)).as(why).isEqualTo(seen);
      }
      assertThat(Condenser.EVERYTHING.isWhole(first, last)).isTrue();
      assertThat(Condenser.EVERYTHING.isSeen(last)).isTrue();
    }
  }

  @Test
  void countsWhatPlacesStandFor() {
    Samples samples = new Samples();
    samples.add(1, 10);
    samples.add(2, 20);
    assertThat(samples.isCondensed()).isFalse();
    samples.addCondensed(9, 55, 7);
    samples.put(10, 1);
    samples.put(10, 2);
    SampleBatch batch = new SampleBatch();
    batch.clear();
    batch.put(11, 3);
    batch.put(11, 4);
    batch.put(12, 5);
    samples.append(batch);
    batch.setSteady(20, 5, new double[] {6, 7}, 2);
    samples.append(batch);
    assertThat(samples.isCondensed()).isTrue();
    assertThat(samples.count()).isEqualTo(8);
    assertThat(samples.countOf(0, 8)).isEqualTo(14);
    assertThat(samples.countOf(0, 2)).isEqualTo(2);
    assertThat(samples.countOf(2, 3)).isEqualTo(7);
    assertThat(samples.countOf(3, 8)).isEqualTo(5);
    assertThat(samples.countOf(4, 4)).isZero();
    assertThat(samples.timesMillis()).startsWith(1, 2, 9, 10, 11, 12, 20, 25);
    assertThat(samples.values()).startsWith(10, 20, 55, 2, 4, 5, 6, 7);
    samples.clear();
    samples.add(5, 5);
    assertThat(samples.countOf(0, 1)).isEqualTo(1);
    assertThat(samples.isCondensed()).isFalse();
  }
}
