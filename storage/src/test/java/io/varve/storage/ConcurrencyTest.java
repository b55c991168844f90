package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers beside a writer, a flusher that always has work, and an administrator. */
class ConcurrencyTest {
  private static final int BATCHES = Integer.getInteger("varve.batches", 150);
  private static final int ROWS = 400;
  private static final int SERIES = 9;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final int abandonedBefore = KvStore.abandonedHandles();

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
    assertThat(KvStore.abandonedHandles()).isEqualTo(abandonedBefore);
  }

  @Test
  void readersSeeEverythingAcknowledgedBeforeThem() throws Exception {
    VarveOptions options =
        VarveOptions.defaults()
            .withMemoryBudgetBytes(32 << 20)
            .withDurability(Durability.interval(Duration.ofMillis(5)))
            .withHeadBudgetBytes(300_000)
            .withCheckpointBytes(20_000);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      AtomicInteger acknowledged = new AtomicInteger();
      List<Future<?>> tasks = new ArrayList<>();
      tasks.add(
          threads.submit(
              () -> {
                for (int batch = 0; batch < BATCHES; batch++) {
                  Points points = new Points();
                  for (int i = 0; i < ROWS; i++) {
                    int number = batch * ROWS + i;
                    points.add("m,host=" + number % SERIES, number, "n", number);
                  }
                  database.write(null, points.batch()).join();
                  acknowledged.set((batch + 1) * ROWS);
                }
              }));
      for (int reader = 0; reader < 2; reader++) {
        boolean descending = reader == 1;
        tasks.add(
            threads.submit(
                () -> {
                  while (acknowledged.get() < BATCHES * ROWS) {
                    int before = acknowledged.get();
                    check(Contents.of(database, null, TimeRange.ALL, descending), before);
                  }
                }));
      }
      tasks.add(
          threads.submit(
              () -> {
                while (acknowledged.get() < BATCHES * ROWS) {
                  Database other = varve.createDatabase("other", RetentionPolicy.of("p", 0));
                  other.write(null, new Points().add("m", 1, "a", true).batch()).join();
                  varve.checkpoint();
                  varve.dropDatabase("other");
                }
              }));
      for (Future<?> task : tasks) {
        await(task);
      }
      check(Contents.of(database), BATCHES * ROWS);
      assertThat(varve.health().writable()).isTrue();
      assertThat(varve.health().quarantinedCount()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(Future<?> task) throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /** All rows up to a number must be there; later ones may be, but only as they were written. */
  private static void check(Map<String, Map<Long, Map<String, Object>>> contents, int rows) {
    for (int number = 0; number < rows; number++) {
      Map<String, Object> row =
          contents.getOrDefault("m,host=" + number % SERIES, Map.of()).get((long) number);
      if (row == null || !row.equals(Map.of("n:integer", number))) {
        throw new AssertionError("row " + number + " of " + rows + " reads " + row);
      }
    }
  }
}
