package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.RetentionPolicy;
import java.nio.file.Path;
import java.util.Map;
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

  private static void assertThatAllIsThere(Database database) {
    Map<String, Map<Long, Map<String, Object>>> contents = Contents.of(database);
    assertThat(contents).hasSize(SERIES);
    for (int host = 0; host < SERIES; host++) {
      Map<Long, Map<String, Object>> rows = contents.get("m,host=" + host);
      assertThat(rows).isNotNull().hasSize(ROWS);
      if (rows != null) {
        assertThat(rows.get(2L)).isEqualTo(Map.of("a:integer", host + 1));
      }
    }
  }
}
