package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {
  private static final long MIB = 1 << 20;
  private static final int SERIES = 60_000;
  private static final int ROWS = 3;

  /** What one commit of these batches appends, at most: a slab per row. */
  private static final long SLACK_BYTES = 2 * MIB;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Test
  void splitsOneBudget() {
    long heap = Runtime.getRuntime().maxMemory();
    for (long memory : new long[] {24 * MIB, 32 * MIB, 100 * MIB, 1000 * MIB, 64 * 1024 * MIB}) {
      Budgets budgets = Budgets.of(VarveOptions.defaults().withMemoryBudgetBytes(memory));
      assertThat(budgets.headBytes()).isEqualTo(Math.min(memory / 3, heap / 4));
      assertThat(budgets.headBytes() + budgets.kv().memoryBytes()).isEqualTo(memory);
    }
    Budgets least = Budgets.of(VarveOptions.defaults().withMemoryBudgetBytes(1));
    assertThat(least.headBytes() + least.kv().memoryBytes()).isEqualTo(24 * MIB);
    Budgets own = Budgets.of(VarveOptions.defaults().withHeadBudgetBytes(5 * MIB));
    assertThat(own.headBytes()).isEqualTo(5 * MIB);
  }

  @Test
  void keepsTheHeadWithinItsShareAndAllRowsReadable() {
    VarveOptions options = VarveOptions.defaults().withMemoryBudgetBytes(24 * MIB);
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      long highest = 0;
      for (int row = 0; row < ROWS; row++) {
        for (int from = 0; from < SERIES; from += 2_000) {
          Points points = new Points();
          for (int host = from; host < from + 2_000; host++) {
            points.add("m,host=" + host, row + 1, "a", host + row);
          }
          assertThat(database.write(null, points.batch()).join().droppedRows()).isZero();
          StoreStats stats = varve.stats();
          highest = Math.max(highest, stats.headBytes());
          assertThat(stats.headBytes()).isLessThan(stats.headBudgetBytes() + SLACK_BYTES);
        }
      }
      // Without the limit it would have been more than this.
      assertThat(highest).isGreaterThan(4 * MIB).isLessThan(SERIES * 232L);
      assertThatAllIsThere(database);
    }
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.database("d");
      assertThat(database).isNotNull();
      if (database != null) {
        assertThatAllIsThere(database);
      }
    }
  }

  @Test
  void replaysALogLargerThanTheHeadsWithinTheirBudget() throws IOException {
    int series = 20_000;
    int rows = 8;
    long budget = MIB / 4;
    Path killed = Files.createDirectory(directory.resolve("killed"));
    VarveOptions roomy = VarveOptions.defaults().withMemoryBudgetBytes(100 * MIB);
    try (Varve varve = Varve.open(directory.resolve("store"), roomy)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      for (int row = 0; row < rows; row++) {
        for (int from = 0; from < series; from += 500) {
          Points points = new Points();
          for (int host = from; host < from + 500; host++) {
            points.add("m,host=" + host, row + 1, "a", host + row);
          }
          database.write(null, points.batch()).join();
        }
      }
      assertThat(varve.stats().logBytes()).isGreaterThan(2 * budget);
      assertThat(varve.stats().headBytes()).isGreaterThan(4 * budget);
      // Nothing is under way now: the files are what a killed process would leave.
      try (Stream<Path> files = Files.list(directory.resolve("store"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, killed.resolve(file.getFileName()));
        }
      }
    }
    VarveOptions narrow =
        VarveOptions.defaults().withMemoryBudgetBytes(24 * MIB).withHeadBudgetBytes(budget);
    // The second time some of it is in chunks, too.
    for (int round = 0; round < 2; round++) {
      try (Varve varve = Varve.open(killed, narrow)) {
        if (round == 0) {
          assertThat(varve.engine().recoveryHeadBytes()).isBetween(budget / 2, budget + 500 * 250L);
        }
        assertThat(varve.stats().headBytes()).isLessThan(budget);
        assertThatAllIsThere(Objects.requireNonNull(varve.database("d")), series, rows);
      }
    }
  }

  private static void assertThatAllIsThere(Database database) {
    assertThatAllIsThere(database, SERIES, ROWS);
  }

  private static void assertThatAllIsThere(Database database, int series, int rowsOfEach) {
    Map<String, Map<Long, Map<String, Object>>> contents = Contents.of(database);
    assertThat(contents).hasSize(series);
    for (int host = 0; host < series; host++) {
      Map<Long, Map<String, Object>> rows = contents.get("m,host=" + host);
      assertThat(rows).isNotNull().hasSize(rowsOfEach);
      if (rows != null) {
        assertThat(rows.get(2L)).isEqualTo(Map.of("a:integer", host + 1));
      }
    }
  }
}
