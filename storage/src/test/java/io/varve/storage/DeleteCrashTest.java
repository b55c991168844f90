package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes, deletes and compacts: what was deleted stays deleted. */
class DeleteCrashTest {
  private static final int ROUNDS = Integer.getInteger("varve.rounds", 4);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void keepsDeletedRowsDeletedWhenKilledBeforeOrDuringCompaction()
      throws IOException, InterruptedException {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    Path store = directory.resolve("store");
    List<Integer> blocks = new ArrayList<>();
    int next = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path acks = directory.resolve("deleted" + round);
      Process child = start(CrashDeleter.class, store, acks, next);
      long wanted = 1 + random.nextLong(12);
      while (!child.waitFor(2, TimeUnit.MILLISECONDS) && lines(acks) < wanted) {
        assertThat(child.isAlive()).as("round %d, seed %d", round, seed).isTrue();
      }
      child.toHandle().destroyForcibly();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      for (long acknowledged = lines(acks); acknowledged > 0; acknowledged--) {
        blocks.add(next++);
      }
      try (Varve varve = Varve.open(store, CrashWriter.options())) {
        checkBlocks(varve, blocks, "seed " + seed);
        varve.compactShards();
        assertThat(varve.stats().tombstones()).isZero();
        checkBlocks(varve, blocks, "compacted, seed " + seed);
      }
      // The block that was under way when the process died is not written again.
      next++;
    }
  }

  /** Acknowledged blocks are there but for the rows deleted from them. */
  private static void checkBlocks(Varve varve, List<Integer> blocks, String as) {
    Database database = varve.database("d");
    if (database == null) {
      throw new AssertionError("the database is gone, " + as);
    }
    Map<String, Map<Long, Map<String, Object>>> contents = Contents.of(database);
    for (int block : blocks) {
      for (int row = 0; row < CrashDeleter.ROWS; row++) {
        Map<Long, Map<String, Object>> series =
            contents.getOrDefault(CrashDeleter.series(row), Map.of());
        long time = CrashDeleter.timestampNanos(block, row);
        if (CrashDeleter.isDeleted(row)) {
          assertThat(series).as("block %d, row %d, %s", block, row, as).doesNotContainKey(time);
        } else {
          assertThat(series).as("block %d, row %d, %s", block, row, as).containsKey(time);
        }
      }
    }
  }

  private Process start(Class<?> program, Path store, Path acks, int from) throws IOException {
    Files.createFile(acks);
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                store.toString(),
                acks.toString(),
                Integer.toString(from)))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("child.txt").toFile())
        .start();
  }

  /** Whole lines only: the last may be torn. */
  private static long lines(Path file) throws IOException {
    String text = Files.readString(file);
    return text.chars().filter(c -> c == '\n').count();
  }
}
