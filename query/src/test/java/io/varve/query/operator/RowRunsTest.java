package io.varve.query.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RowRunsTest {
  /** How the times of a series lie. */
  private enum Times {
    /** On one grid for all series. */
    GRID,
    /** Anywhere. */
    EVEN,
    /** In two crowds far apart, so that intervals are of no use. */
    CROWDS,
    /** From one end of time to the other. */
    FAR
  }

  private record Row(
      long key, int run, @Nullable Double number, @Nullable Long whole, @Nullable String text) {}

  private static final List<ColumnExpression> COLUMNS =
      List.of(
          new ColumnExpression.Input(0, FieldType.FLOAT),
          new ColumnExpression.Input(1, FieldType.INTEGER),
          new ColumnExpression.Input(2, FieldType.STRING),
          new ColumnExpression.Input(3, FieldType.STRING));

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  /** Of which some have rows left that mean nothing any more. */
  private final SegmentPool pool = new SegmentPool(1 << 20);

  @ParameterizedTest
  @EnumSource
  void readsRowsByKeyAndThoseOfOneKeyByRun(Times times) {
    for (int round = 0; round < 20; round++) {
      List<Row> rows = new ArrayList<>();
      RowRuns runs = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
      collect(runs, rows, times, random.nextInt(1, 30), 0);
      check(runs, rows);
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesOverRunsOfOthers(Times times) {
    for (int round = 0; round < 10; round++) {
      List<Row> rows = new ArrayList<>();
      RowRuns runs = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
      int count = 0;
      for (int part = 0; part < 5; part++) {
        RowRuns other = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
        int series = random.nextInt(0, 6);
        collect(other, rows, times, series, count);
        count += series;
        runs.takeRuns(other);
        assertThat(other.rows()).isZero();
      }
      check(runs, rows);
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesOverRowsPutInOrder(Times times) {
    for (int round = 0; round < 10; round++) {
      List<Row> rows = new ArrayList<>();
      RowRuns runs = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
      RowRuns part = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
      int count = 0;
      for (int p = 0; p < 5; p++) {
        int series = random.nextInt(0, 6);
        collect(part, rows, times, series, count);
        count += series;
        int before = part.rows();
        RowRuns arranged = part.arranged();
        assertThat(part.rows()).isZero();
        assertThat(arranged.rows()).isEqualTo(before);
        runs.takeRuns(arranged);
      }
      long end = rows.isEmpty() ? 0 : rows.get(random.nextInt(rows.size())).key();
      if (random.nextBoolean()) {
        runs.truncate(end);
        rows.removeIf(row -> row.key() >= end);
      }
      check(runs, rows);
    }
  }

  @ParameterizedTest
  @EnumSource
  void dropsRowsFromAKeyOn(Times times) {
    for (int round = 0; round < 10; round++) {
      List<Row> rows = new ArrayList<>();
      RowRuns runs = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
      collect(runs, rows, times, random.nextInt(1, 20), 0);
      RowRuns more = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
      collect(more, rows, times, 3, 20);
      runs.takeRuns(more);
      long end = rows.isEmpty() ? 0 : rows.get(random.nextInt(rows.size())).key();
      long before = runs.bytes();
      runs.truncate(end);
      rows.removeIf(row -> row.key() >= end);
      assertThat(runs.bytes()).isLessThanOrEqualTo(before);
      check(runs, rows);
    }
  }

  @Test
  void holdsNothingOnceCleared() {
    RowRuns runs = new RowRuns(RowLayout.of(COLUMNS), firstRows(), pool);
    collect(runs, new ArrayList<>(), Times.EVEN, 5, 0);
    runs.clear();
    assertThat(runs.rows()).isZero();
    assertThat(runs.bytes()).isZero();
    List<Row> rows = new ArrayList<>();
    collect(runs, rows, Times.EVEN, 5, 0);
    check(runs, rows);
  }

  private int firstRows() {
    return random.nextBoolean() ? RowSegment.ROWS : random.nextInt(1, RowSegment.ROWS);
  }

  /** Appends series in batches, and the same rows to a list. */
  private void collect(RowRuns runs, List<Row> rows, Times times, int series, int firstRun) {
    for (int run = firstRun; run < firstRun + series; run++) {
      runs.beginSeries();
      long[] keys = keys(times, random.nextInt(0, 1500));
      boolean sparse = random.nextInt(3) == 0;
      int from = 0;
      while (from < keys.length) {
        int count = Math.min(keys.length - from, random.nextInt(1, ColumnBatch.MAX_ROWS + 1));
        appendBatch(runs, rows, Arrays.copyOfRange(keys, from, from + count), run, sparse);
        from += count;
      }
    }
  }

  private void appendBatch(RowRuns runs, List<Row> rows, long[] keys, int run, boolean sparse) {
    int count = keys.length;
    Vector numbers = new Vector(FieldType.FLOAT);
    Vector wholes = new Vector(FieldType.INTEGER);
    Vector texts = new Vector(FieldType.STRING);
    numbers.reset(count);
    wholes.reset(count);
    texts.reset(count);
    boolean noText = random.nextInt(4) == 0;
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      // What is selected of a batch is at any ascending positions; here backwards, as when the
      // latest rows come first.
      int at = count - 1 - i;
      positions[i] = at;
      Double number = sparse && random.nextBoolean() ? null : random.nextDouble();
      Long whole = sparse && random.nextBoolean() ? null : random.nextLong();
      String text = noText || (sparse && random.nextBoolean()) ? null : "t" + random.nextInt(1000);
      if (number != null) {
        numbers.setDouble(at, number);
      }
      if (whole != null) {
        wholes.setLong(at, whole);
      }
      if (text != null) {
        texts.setString(at, text.getBytes(StandardCharsets.UTF_8));
      }
      rows.add(new Row(keys[i], run, number, whole, text));
    }
    int first = runs.append(keys, count);
    runs.set(0, first, numbers, positions, count);
    runs.set(1, first, wholes, positions, count);
    runs.set(2, first, texts, positions, count);
    if (run % 4 == 0) {
      Vector nothing = new Vector(FieldType.STRING);
      nothing.reset(count);
      runs.set(3, first, nothing, positions, count);
    } else {
      TagColumn tag = new TagColumn();
      tag.setValue(("run " + run).getBytes(StandardCharsets.UTF_8));
      tag.setRows(count);
      runs.set(3, first, tag, positions, count);
    }
  }

  /** Ascending keys without duplicates. */
  private long[] keys(Times times, int count) {
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] =
          switch (times) {
            case GRID -> 1_700_000_000_000_000_000L + i * 10_000_000_000L;
            case EVEN -> random.nextLong(0, 1L << 45);
            case CROWDS -> (random.nextBoolean() ? 1L << 60 : 0) + random.nextLong(0, 100_000);
            case FAR -> random.nextLong();
          };
    }
    return Arrays.stream(keys).sorted().distinct().toArray();
  }

  private void check(RowRuns runs, List<Row> rows) {
    rows.sort(Comparator.comparingLong(Row::key).thenComparingInt(Row::run));
    assertThat(runs.rows()).as("seed %d", seed).isEqualTo(rows.size());
    runs.sort();
    assertThat(runs.isPerSeries(3)).isTrue();
    RowReader reader = new RowReader(RowLayout.of(COLUMNS), 0);
    for (int first = 0; first < rows.size(); first += ColumnBatch.MAX_ROWS) {
      int count = Math.min(ColumnBatch.MAX_ROWS, rows.size() - first);
      Block block = reader.read(runs, first, count);
      Column numbers = block.values(0);
      Column wholes = block.values(1);
      Column texts = block.values(2);
      RunColumn tag = (RunColumn) block.values(3);
      for (int i = 0; i < count; i++) {
        Row expected = rows.get(first + i);
        Row actual =
            new Row(
                block.times()[i],
                expected.run(),
                Bitmap.get(numbers.presence(), i) ? numbers.doubles()[i] : null,
                Bitmap.get(wholes.presence(), i) ? wholes.longs()[i] : null,
                Bitmap.get(texts.presence(), i)
                    ? new String(texts.strings()[i], StandardCharsets.UTF_8)
                    : null);
        String expectedTag = expected.run() % 4 == 0 ? null : "run " + expected.run();
        byte[] text = Bitmap.get(tag.presence(), i) ? tag.strings()[i] : null;
        String actualTag = text == null ? null : new String(text, StandardCharsets.UTF_8);
        boolean sameTag =
            Objects.equals(actualTag, expectedTag) && Arrays.equals(tag.text(tag.codes()[i]), text);
        // Only what is wrong is put into words: there are very many rows.
        if (!sameTag || !actual.equals(expected)) {
          assertThat(actual + " " + actualTag)
              .as("seed %d, row %d", seed, first + i)
              .isEqualTo(expected + " " + expectedTag);
        }
      }
    }
  }
}
