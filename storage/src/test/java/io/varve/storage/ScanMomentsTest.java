package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As of which moment a scan sees its series: all of one, unless readers hold too much. */
class ScanMomentsTest {
  private static final int SERIES = 200;

  /** Of each series: ten times what the smaller head has room for. */
  private static final int ROWS_BEYOND_THE_HEAD = 20_000;

  private static final int SCANS = Integer.getInteger("varve.scans", 150);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void isOneForAllSeriesAndCursors() throws InterruptedException {
    assertThat(scanWhileWriting(20_000_000, ScanMomentsTest::seesOneMoment)).isZero();
  }

  @Test
  void goesForwardFromSeriesToSeriesOnceGivenUp() throws InterruptedException {
    assertThat(scanWhileWriting(250_000, ScanMomentsTest::seesNoHoles)).isPositive();
  }

  /** Returns how many views were given up. */
  private long scanWhileWriting(long headBytes, Scan scan) throws InterruptedException {
    long givenUp;
    VarveOptions options =
        VarveOptions.defaults()
            .withMemoryBudgetBytes(64 << 20)
            .withDurability(Durability.NONE)
            .withHeadBudgetBytes(headBytes)
            .withCheckpointBytes(300_000);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger acknowledged = new AtomicInteger(-1);
    AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("p", 0));
      write(database, 0);
      acknowledged.set(0);
      Thread writer =
          new Thread(
              () -> {
                try {
                  for (int counter = 1; !stop.get(); counter++) {
                    write(database, counter);
                    acknowledged.set(counter);
                  }
                } catch (Throwable e) {
                  problem.set(e);
                }
              });
      writer.start();
      try {
        for (int i = 0; i < SCANS; i++) {
          scan.run(varve, acknowledged, i % 5 == 0);
        }
      } finally {
        stop.set(true);
        writer.join();
      }
      givenUp = varve.stats().viewsGivenUp();
    }
    assertThat(problem.get()).isNull();
    return givenUp;
  }

  private interface Scan {
    void run(Varve varve, AtomicInteger acknowledged, boolean descending);
  }

  private static void seesOneMoment(Varve varve, AtomicInteger acknowledged, boolean descending) {
    Database database = Objects.requireNonNull(varve.database("d"));
    int atLeast = acknowledged.get();
    TimeRange range = new TimeRange(Math.max(0, atLeast - 1500), Long.MAX_VALUE);
    try (SeriesReader reader = database.reader(null)) {
      int[] series = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
      int[] fieldIds = {reader.fields("m").get(0).id()};
      ScanSpec spec = new ScanSpec(series, fieldIds, range, descending);
      long last = -1;
      try (SeriesCursor one = reader.scan(spec);
          SeriesCursor other = reader.scan(spec)) {
        while (one.nextSeries()) {
          assertThat(other.nextSeries()).isTrue();
          for (SeriesCursor cursor : List.of(one, other)) {
            long newest = -1;
            long rows = 0;
            while (cursor.nextBatch()) {
              int count = cursor.batch().rowCount();
              long[] times = cursor.batch().timestampsNanos();
              newest = Math.max(newest, times[count - 1]);
              rows += count;
            }
            assertThat(rows).isEqualTo(newest - range.startNanos() + 1);
            assertThat(newest).isGreaterThanOrEqualTo(atLeast);
            if (last >= 0) {
              assertThat(newest).isEqualTo(last);
            }
            last = newest;
          }
        }
      }
    }
  }

  private static void seesNoHoles(Varve varve, AtomicInteger acknowledged, boolean descending) {
    Database database = Objects.requireNonNull(varve.database("d"));
    int from = Math.max(0, acknowledged.get() - 1500);
    long newest = acknowledged.get();
    try (SeriesReader reader = database.reader(null)) {
      int[] series = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
      assertThat(series).hasSize(SERIES);
      int[] fieldIds = {reader.fields("m").get(0).id()};
      awaitGivenUp(varve, acknowledged);
      TimeRange range = new TimeRange(from, Long.MAX_VALUE);
      try (SeriesCursor cursor = reader.scan(new ScanSpec(series, fieldIds, range, descending))) {
        while (cursor.nextSeries()) {
          long first = Long.MAX_VALUE;
          long last = -1;
          long rows = 0;
          while (cursor.nextBatch()) {
            long[] times = cursor.batch().timestampsNanos();
            long[] values = cursor.batch().column(0).longs();
            for (int row = 0; row < cursor.batch().rowCount(); row++) {
              assertThat(values[row]).isEqualTo(times[row]);
              first = Math.min(first, times[row]);
              last = Math.max(last, times[row]);
              rows++;
            }
          }
          assertThat(first).isEqualTo(from);
          assertThat(rows).isEqualTo(last - first + 1);
          assertThat(last).isGreaterThanOrEqualTo(newest);
          // Of the newest commit seen so far this series may not have its row yet.
          newest = Math.max(newest, last - 1);
        }
      }
    }
  }

  /** Lets the writer go on while a reader is open, once, until that is too much for the head. */
  private static void awaitGivenUp(Varve varve, AtomicInteger acknowledged) {
    int limit = acknowledged.get() + ROWS_BEYOND_THE_HEAD;
    while (varve.stats().viewsGivenUp() == 0) {
      assertThat(acknowledged.get()).as("rows while a reader is open").isLessThan(limit);
      Thread.onSpinWait();
    }
  }

  private static void write(Database database, int counter) {
    Points points = new Points();
    for (int series = 0; series < SERIES; series++) {
      points.add("m,host=" + series, counter, "n", counter);
    }
    database.write(null, points.batch()).join();
  }
}
