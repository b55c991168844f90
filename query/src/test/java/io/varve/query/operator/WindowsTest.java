package io.varve.query.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.function.RowRuns;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import java.time.ZoneId;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WindowsTest {
  private static final long HOUR = 3_600_000_000_000L;
  private static final long FIFTY_YEARS = 438_000 * HOUR;

  private static void forEachSeed(Function<SplittableRandom, String> check) {
    String given = System.getProperty("varve.seed");
    long first = given == null ? System.nanoTime() : Long.parseLong(given);
    for (int i = 0; i < (given == null ? 2000 : 1); i++) {
      long seed = first + i;
      assertThat(check.apply(new SplittableRandom(seed))).as("-Dvarve.seed=%d", seed).isEmpty();
    }
  }

  /** What is wrong with the window of a time; empty if nothing is. */
  private static String check(Windows windows, long time) {
    long index = windows.indexOf(time);
    boolean inside = windows.start(index) <= time && time < windows.end(index);
    boolean neighbours = windows.end(index) == windows.start(index + 1);
    return inside && neighbours
        ? ""
        : time + " in [" + windows.start(index) + ", " + windows.end(index) + ")";
  }

  @Test
  void everyTimeLiesInItsWindow() {
    forEachSeed(
        random -> {
          long width = 1 + random.nextLong(1L << random.nextInt(1, 55));
          Windows windows = Windows.tumbling(width, random.nextLong());
          return check(windows, random.nextLong() >> random.nextInt(1, 60));
        });
  }

  @Test
  void windowsAtTheEndsOfTimeAreCut() {
    Windows windows = Windows.tumbling(HOUR, HOUR / 2);
    long first = windows.indexOf(Long.MIN_VALUE);
    assertThat(windows.start(first)).isEqualTo(Long.MIN_VALUE);
    assertThat(windows.end(first)).isGreaterThan(Long.MIN_VALUE);
    long last = windows.indexOf(Long.MAX_VALUE - 1);
    assertThat(windows.start(last)).isLessThan(Long.MAX_VALUE);
    assertThat(windows.end(last)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void everyTimeLiesInItsWindowOfAZone() {
    String[] zones = {
      "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe"
    };
    forEachSeed(
        random -> {
          ZoneId zone = ZoneId.of(zones[random.nextInt(zones.length)]);
          long width = HOUR * (1 + random.nextInt(48));
          Windows windows = new ZonedWindows(width, random.nextLong(width), zone, 10_000);
          long around = random.nextLong(FIFTY_YEARS);
          String wrong = check(windows, around);
          for (int i = 0; i < 20 && wrong.isEmpty(); i++) {
            wrong = check(windows, around + random.nextLong(-1000 * HOUR, 1000 * HOUR));
          }
          return wrong;
        });
  }

  @Test
  void cutsBatchesWhereRowsChangeWindow() {
    forEachSeed(
        random -> {
          Windows windows = Windows.tumbling(1 + random.nextInt(500), random.nextInt(500));
          long[] times = new long[1 + random.nextInt(ColumnBatch.MAX_ROWS)];
          int step = 1 + random.nextInt(300);
          long time = random.nextInt(1000) - 500L;
          for (int i = 0; i < times.length; i++) {
            times[i] = time;
            time += 1 + random.nextInt(step);
          }
          RowRuns runs = new RowRuns();
          windows.cut(new Times(times, false), runs);
          return check(windows, times, runs);
        });
  }

  @Test
  void cutsSteadyBatchesWithoutTheirTimes() {
    forEachSeed(
        random -> {
          long width = 1 + random.nextLong(1L << random.nextInt(1, 50));
          Windows windows = Windows.tumbling(width, random.nextLong());
          long[] times = new long[1 + random.nextInt(ColumnBatch.MAX_ROWS)];
          long step = 1 + random.nextLong(1L << random.nextInt(1, 50));
          long first = random.nextLong() >> random.nextInt(4, 60);
          for (int i = 0; i < times.length; i++) {
            times[i] = first + i * step;
          }
          RowRuns runs = new RowRuns();
          windows.cut(new Times(times, true), runs);
          return check(windows, times, runs);
        });
  }

  /** What is wrong with the runs of rows; empty if nothing is. */
  private static String check(Windows windows, long[] times, RowRuns runs) {
    int run = -1;
    for (int row = 0; row < times.length; row++) {
      if (row == runs.starts()[run + 1]) {
        run++;
      }
      if (runs.windows()[run] != windows.indexOf(times[row])) {
        return "row " + row + " is in run " + run;
      }
    }
    return run == runs.count() - 1 && runs.starts()[runs.count()] == times.length
        ? ""
        : "runs end wrong";
  }

  /** A batch without columns. */
  private record Times(long[] timestampsNanos, boolean isSteady) implements ColumnBatch {
    @Override
    public int rowCount() {
      return timestampsNanos.length;
    }

    @Override
    public long firstTimestampNanos() {
      return timestampsNanos[0];
    }

    @Override
    public long lastTimestampNanos() {
      return timestampsNanos[timestampsNanos.length - 1];
    }

    @Override
    public Column column(int index) {
      throw new IllegalStateException("no columns");
    }
  }
}
