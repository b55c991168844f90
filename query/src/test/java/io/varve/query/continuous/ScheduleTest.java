package io.varve.query.continuous;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.continuous.Schedule.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** When continuous queries run and over what; times as the documentation of InfluxDB has them. */
class ScheduleTest {
  private static final long NEVER = ContinuousQuery.NEVER;

  private static long at(String time) {
    return Instant.parse("2026-03-02T" + time + "Z").getEpochSecond() * 1_000_000_000L;
  }

  private static long minutes(long count) {
    return Duration.ofMinutes(count).toNanos();
  }

  private static Schedule schedule(long interval, long offset, long every, long window) {
    return new Schedule(
        minutes(interval), minutes(offset), minutes(every), minutes(window), ZoneOffset.UTC);
  }

  private static Run run(String start, String end, String lastRun) {
    return new Run(at(start), at(end), at(lastRun));
  }

  @Test
  void runsOncePerIntervalOverTheIntervalThatHasEnded() {
    Schedule schedule = schedule(30, 0, 0, 0);
    assertThat(schedule.due(at("08:00:00"), at("08:29:59"))).isNull();
    assertThat(schedule.due(at("08:00:00"), at("08:30:00")))
        .isEqualTo(run("08:00:00", "08:30:00", "08:30:00"));
    assertThat(schedule.due(at("08:00:00"), at("08:30:07")))
        .isEqualTo(run("08:00:00", "08:30:00", "08:30:00"));
  }

  @Test
  void beginsWithTheCurrentWindow() {
    Schedule schedule = schedule(30, 0, 0, 0);
    Run first = requireNonNull(schedule.due(NEVER, at("08:10:00")));
    assertThat(first.isEmpty()).isTrue();
    assertThat(first.lastRunNanos()).isEqualTo(at("08:00:00"));
    assertThat(schedule.due(NEVER, at("08:30:00")))
        .isEqualTo(run("08:00:00", "08:30:00", "08:30:00"));
  }

  @Test
  void runsMoreOftenThanTheIntervalOverTheWindowThatGrows() {
    Schedule schedule = schedule(60, 0, 30, 0);
    assertThat(schedule.due(at("08:00:00"), at("08:30:00")))
        .isEqualTo(run("08:00:00", "09:00:00", "08:30:00"));
    assertThat(schedule.due(at("08:30:00"), at("09:00:00")))
        .isEqualTo(run("08:00:00", "09:00:00", "09:00:00"));
  }

  @Test
  void runsLessOftenThanTheIntervalOverAllWindowsBetween() {
    Schedule schedule = schedule(30, 0, 60, 0);
    assertThat(schedule.due(at("08:00:00"), at("08:30:00"))).isNull();
    assertThat(schedule.due(at("08:00:00"), at("09:00:00")))
        .isEqualTo(run("08:00:00", "09:00:00", "09:00:00"));
  }

  @Test
  void looksBackAsFarAsForSays() {
    Schedule schedule = schedule(30, 0, 0, 60);
    assertThat(schedule.due(at("08:00:00"), at("08:30:00")))
        .isEqualTo(run("07:30:00", "08:30:00", "08:30:00"));
    assertThat(schedule(30, 0, 60, 90).due(at("08:00:00"), at("09:00:00")))
        .isEqualTo(run("07:30:00", "09:00:00", "09:00:00"));
    assertThat(schedule(30, 0, 0, 60).due(NEVER, at("08:40:00")))
        .isEqualTo(run("08:00:00", "08:30:00", "08:30:00"));
  }

  @Test
  void shiftsWindowsByTheOffset() {
    Schedule schedule = schedule(60, 15, 0, 0);
    assertThat(schedule.due(at("08:15:00"), at("09:14:59"))).isNull();
    assertThat(schedule.due(at("08:15:00"), at("09:15:00")))
        .isEqualTo(run("08:15:00", "09:15:00", "09:15:00"));
  }

  @Test
  void makesUpForAllWindowsMissed() {
    assertThat(schedule(5, 0, 0, 0).due(at("08:00:00"), at("08:17:00")))
        .isEqualTo(run("08:00:00", "08:15:00", "08:15:00"));
  }

  @Test
  void makesUpInPiecesThatMeet() {
    Schedule schedule = schedule(1, 0, 0, 0);
    long last = at("00:00:00");
    long now = last + minutes(2500) + 7;
    long covered = last;
    int runs = 0;
    for (Run run = schedule.due(last, now); run != null; run = schedule.due(last, now)) {
      assertThat(run.startNanos()).isEqualTo(covered);
      assertThat(run.endNanos()).isGreaterThan(run.startNanos());
      covered = run.endNanos();
      last = run.lastRunNanos();
      runs++;
    }
    assertThat(covered).isEqualTo(now - 7);
    assertThat(runs).isEqualTo(3);
  }

  @Test
  void followsDaysOfAZone() {
    Schedule schedule =
        new Schedule(Duration.ofDays(1).toNanos(), 0, 0, 0, ZoneId.of("Europe/Berlin"));
    // The 29th of March 2026 has 23 hours there.
    long midnight28 = nanos("2026-03-27T23:00:00Z");
    long midnight29 = nanos("2026-03-28T23:00:00Z");
    long midnight30 = nanos("2026-03-29T22:00:00Z");
    assertThat(schedule.due(midnight28, midnight29 - 1)).isNull();
    assertThat(schedule.due(midnight28, midnight29))
        .isEqualTo(new Run(midnight28, midnight29, midnight29));
    assertThat(schedule.due(midnight29, midnight30 - 1)).isNull();
    assertThat(schedule.due(midnight29, midnight30))
        .isEqualTo(new Run(midnight29, midnight30, midnight30));
  }

  private static long nanos(String time) {
    return Instant.parse(time).getEpochSecond() * 1_000_000_000L;
  }

  /** Whatever the intervals and however long nobody looks: no window is left out. */
  @Test
  void neverLeavesAWindowOut() {
    long seed = Long.getLong("varve.seed", new SplittableRandom().nextLong());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 2000; round++) {
      long interval = random.nextLong(1, 50);
      long offset = random.nextLong(0, interval);
      long every = random.nextBoolean() ? 0 : random.nextLong(1, 100);
      long shortest = Math.max(interval, every);
      long window = random.nextBoolean() ? 0 : shortest + random.nextLong(0, 200);
      Schedule schedule = schedule(interval, offset, every, window);
      long now = at("00:00:00") + random.nextLong(minutes(100_000));
      Run first = requireNonNull(schedule.due(NEVER, now));
      long last = first.lastRunNanos();
      long covered = Math.max(first.endNanos(), last - minutes(shortest));
      for (int step = 0; step < 30; step++) {
        now += random.nextLong(minutes(random.nextInt(10) == 0 ? 200_000 : 2 * shortest)) + 1;
        for (Run run = schedule.due(last, now); run != null; run = schedule.due(last, now)) {
          assertThat(run.lastRunNanos())
              .as("seed %d, round %d: %s goes on", seed, round, schedule)
              .isGreaterThan(last);
          assertThat(run.lastRunNanos()).as("seed %d", seed).isLessThanOrEqualTo(now);
          last = run.lastRunNanos();
          if (!run.isEmpty()) {
            assertThat(run.startNanos())
                .as("seed %d, round %d, step %d: %s", seed, round, step, schedule)
                .isLessThanOrEqualTo(covered);
            covered = Math.max(covered, run.endNanos());
          }
        }
        // All windows that had ended at the last run have been seen.
        assertThat(covered)
            .as("seed %d, round %d, step %d: %s", seed, round, step, schedule)
            .isGreaterThan(last - minutes(interval));
      }
    }
  }
}
