package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As of which moments a scan sees its series; see decision 002. */
class ScanMomentsTest {
  private static final int SERIES = 200;
  private static final int SCANS = Integer.getInteger("varve.scans", 150);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void goForwardFromSeriesToSeriesAndSeriesHaveNoHoles() throws InterruptedException {
    VarveOptions options =
        VarveOptions.defaults()
            .withMemoryBudgetBytes(32 << 20)
            .withDurability(Durability.NONE)
            .withHeadBudgetBytes(2_000_000)
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
        for (int scan = 0; scan < SCANS; scan++) {
          boolean descending = scan % 5 == 0;
          scan(database, Math.max(0, acknowledged.get() - 1500), descending, acknowledged);
        }
      } finally {
        stop.set(true);
        writer.join();
      }
    }
    assertThat(problem.get()).isNull();
  }

  private static void scan(
      Database database, int from, boolean descending, AtomicInteger acknowledged) {
    try (SeriesReader reader = database.reader(null)) {
      int[] series = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
      assertThat(series).hasSize(SERIES);
      int[] fieldIds = {reader.fields("m").get(0).id()};
      TimeRange range = new TimeRange(from, Long.MAX_VALUE);
      long newest = acknowledged.get();
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

  private static void write(Database database, int counter) {
    Points points = new Points();
    for (int series = 0; series < SERIES; series++) {
      points.add("m,host=" + series, counter, "n", counter);
    }
    database.write(null, points.batch()).join();
  }
}
