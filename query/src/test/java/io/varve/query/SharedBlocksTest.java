package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.model.NaiveStore;
import io.varve.storage.model.RetentionPolicy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that several threads read come to the same rows, in the same order. */
class SharedBlocksTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(9000), ZoneOffset.UTC);
  private static final int ROWS = 9_000;

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final NaiveStore store = store(new SplittableRandom(seed));

  private static NaiveStore store(SplittableRandom random) {
    NaiveStore store = new NaiveStore(200, false);
    store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    for (int row = 0; row < ROWS; row++) {
      int host = random.nextInt(9);
      PointText.put(
          store.database("db")::put,
          null,
          "m,host=h"
              + host
              + (host % 3 == 0 ? "" : ",dc=d" + host % 3)
              + " f="
              + random.nextDouble()
              + (random.nextInt(4) > 0 ? ",i=" + random.nextInt(50) + "i" : "")
              + (random.nextInt(4) > 0 ? ",s=\"s" + random.nextInt(20) + "\"" : "")
              + " "
              + row
              + "s");
    }
    return store;
  }

  private ResultCursor open(
      String text, long stateBytes, QueryResources resources, BooleanSupplier cancelled) {
    QueryLimits limits = new QueryLimits(1000, 100, stateBytes);
    return new QueryEngine(store, CLOCK, limits, resources)
        .influxQl(text, new QueryOptions("db", null, Map.of(), false, cancelled));
  }

  private ResultCursor open(String text, QueryResources resources) {
    return open(text, 1L << 26, resources, () -> false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT f, i, host, dc FROM m",
        "SELECT f, i, host FROM m WHERE f > 0.1 ORDER BY time DESC",
        "SELECT f, i, s FROM m",
        "SELECT i * 2 AS x, f FROM m GROUP BY dc",
        "SELECT f, i FROM m LIMIT 5000",
        "SELECT f, i FROM m OFFSET 3000"
      })
  void areTheRowsThatOneThreadReads(String text) {
    List<String> expected = ResultText.read(open(text, new QueryResources(1, Long.MAX_VALUE)));
    assertThat(expected).hasSizeGreaterThan(3000);
    for (long stateBytes : new long[] {1 << 19, 1 << 26}) {
      QueryResources resources = new QueryResources(3, Long.MAX_VALUE);
      List<String> actual = ResultText.read(open(text, stateBytes, resources, () -> false));
      assertThat(actual).as("seed %d, %d bytes", seed, stateBytes).isEqualTo(expected);
      assertThat(resources.usedBytes()).isZero();
    }
  }

  /** Rows that come through {@link ResultCursor#shareBlocks} if that is asked for at once. */
  private int sharedRows(String text, QueryResources resources) {
    AtomicInteger rows = new AtomicInteger();
    try (ResultCursor cursor = open(text, resources)) {
      cursor.nextStatement();
      cursor.nextSeries();
      cursor.nextBlock();
      cursor.shareBlocks(ResultBlock::rowCount, rows::addAndGet);
    }
    return rows.get();
  }

  @Test
  void areAllThatAreInMemoryIfEachIsOfBoundedSize() {
    QueryResources resources = new QueryResources(2, Long.MAX_VALUE);
    assertThat(sharedRows("SELECT f, i, host FROM m", resources)).isEqualTo(ROWS - 1024);
    assertThat(sharedRows("SELECT f, s FROM m", resources)).isZero();
    assertThat(sharedRows("SELECT f FROM m LIMIT 5000", resources)).isZero();
    assertThat(sharedRows("SELECT f FROM m", new QueryResources(1, Long.MAX_VALUE))).isZero();
    assertThat(resources.usedBytes()).isZero();
  }

  @Test
  void endWhereNobodyWantsThemAnyMore() {
    QueryResources resources = new QueryResources(2, Long.MAX_VALUE);
    try (ResultCursor cursor = open("SELECT f FROM m", resources)) {
      cursor.nextStatement();
      cursor.nextSeries();
      cursor.nextBlock();
      AtomicInteger made = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  cursor.shareBlocks(
                      block -> made.incrementAndGet(),
                      number -> {
                        throw new IllegalStateException("gone");
                      }))
          .hasMessage("gone");
      assertThat(made.get()).isBetween(1, 5);
    }
    assertThat(resources.usedBytes()).isZero();
    assertThat(store.openReaders()).isZero();
  }

  @Test
  void endWhereTheQueryIsCancelled() {
    QueryResources resources = new QueryResources(2, Long.MAX_VALUE);
    AtomicBoolean cancelled = new AtomicBoolean();
    try (ResultCursor cursor = open("SELECT f FROM m", 1L << 26, resources, cancelled::get)) {
      cursor.nextStatement();
      cursor.nextSeries();
      cursor.nextBlock();
      List<Integer> taken = new ArrayList<>();
      cursor.shareBlocks(
          ResultBlock::rowCount,
          rows -> {
            taken.add(rows);
            cancelled.set(taken.size() == 2);
          });
      assertThat(taken).containsExactly(1024, 1024);
      assertThat(cursor.nextBlock()).isFalse();
      assertThat(cursor.error()).isEqualTo("query interrupted");
    }
    assertThat(resources.usedBytes()).isZero();
    assertThat(store.openReaders()).isZero();
  }
}
