package io.varve.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
  private static final long MILLI = 1_000_000;

  /** Time that passes only when someone waits or works. */
  private static final class MadeUpTime implements OpenLoop.Clock {
    private long now = 1_000_000 * MILLI;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void awaitNanoTime(long nanos) {
      now = Math.max(now, nanos);
    }

    void pass(long nanos) {
      now += nanos;
    }
  }

  private final MadeUpTime time = new MadeUpTime();
  private final Histogram latencies = OpenLoop.newHistogram();

  @Test
  void chargesRequestsWithTheWaitForASlowOne() throws Exception {
    // A hundred requests, one every 10 ms, each takes 1 ms, but the first a second: those behind it
    // are late by 1,000 - 10 + 1 ms, 9 ms less each time, until after 110 of them all is well
    // again.
    new OpenLoop(time)
        .run(
            100,
            OpenLoop.every(10 * MILLI),
            number -> time.pass(number == 0 ? 1000 * MILLI : MILLI),
            latencies);

    assertThat(latencies.getTotalCount()).isEqualTo(100);
    assertThat(latencies.getMaxValue() / MILLI).isEqualTo(1000);
    assertThat(latencies.getValueAtPercentile(99) / MILLI).isEqualTo(991);
    assertThat(latencies.getValueAtPercentile(50) / MILLI).isBetween(545L, 560L);
    assertThat(latencies.getMinValue() / MILLI).isBetween(108L, 109L); // 1000 - 99 * 9
  }

  @Test
  void withoutTimesOneStallIsOneBadLatency() throws Exception {
    new OpenLoop(time)
        .run(
            100,
            OpenLoop.AT_ONCE,
            number -> time.pass(number == 0 ? 1000 * MILLI : MILLI),
            latencies);

    assertThat(latencies.getMaxValue() / MILLI).isEqualTo(1000);
    assertThat(latencies.getValueAtPercentile(99) / MILLI).isEqualTo(1);
  }

  @Test
  void keepsToTheScheduleWhileTheServerKeepsUp() throws Exception {
    List<Long> sent = new ArrayList<>();
    long start = time.nanoTime();
    new OpenLoop(time)
        .run(
            3,
            number -> List.of(0L, 5 * MILLI, 100 * MILLI).get(number),
            number -> {
              sent.add(time.nanoTime() - start);
              time.pass(2 * MILLI);
            },
            latencies);

    assertThat(sent).containsExactly(0L, 5 * MILLI, 100 * MILLI);
    assertThat(latencies.getMaxValue() / MILLI).isEqualTo(2);
  }

  @Test
  void machineTimeIsAwaitedToTheEnd() {
    long until = System.nanoTime() + 2 * MILLI;
    OpenLoop.MACHINE.awaitNanoTime(until);
    assertThat(System.nanoTime() - until).isGreaterThanOrEqualTo(0);
  }
}
