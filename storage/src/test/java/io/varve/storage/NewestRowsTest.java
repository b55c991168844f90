package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newest rows that a reader takes without a scan are those that a scan finds. */
class NewestRowsTest {
  private static final long HOUR = 3_600_000_000_000L;
  private static final int SERIES = 40;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private static SeriesReader reader(Database database) {
    return Objects.requireNonNull(database.reader(null));
  }

  private static int[] fieldIds(SeriesReader reader) {
    return reader.fields("m").stream().mapToInt(Field::id).toArray();
  }

  private static NewestRows newest(SeriesReader reader, TimeRange range) {
    int[] ids = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
    NewestRows rows = new NewestRows(ids, fieldIds(reader), range);
    reader.read(rows);
    return rows;
  }

  /** Compares with the first batch of a scan backwards; the answer is how many were found. */
  private static int check(SeriesReader reader, TimeRange range, String what) {
    int[] ids = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
    int[] fields = fieldIds(reader);
    NewestRows rows = newest(reader, range);
    int found = 0;
    try (SeriesCursor cursor = reader.scan(new ScanSpec(ids, fields, range, true))) {
      for (int place = 0; place < ids.length; place++) {
        assertThat(cursor.nextSeries()).isTrue();
        if (!rows.isFound(place)) {
          cursor.nextBatch(); // As who wants the row will do; chunks that are read are kept.
          continue;
        }
        found++;
        assertThat(cursor.nextBatch()).as(what).isTrue();
        ColumnBatch batch = cursor.batch();
        assertThat(rows.timestampsNanos()[place]).as(what).isEqualTo(batch.lastTimestampNanos());
        int last = batch.rowCount() - 1;
        for (int f = 0; f < fields.length; f++) {
          Column column = batch.column(f);
          long bits =
              column.type() == FieldType.FLOAT
                  ? Double.doubleToRawLongBits(column.doubles()[last])
                  : column.longs()[last];
          assertThat(column.presence() == null || (column.presence()[last >> 6] >> last & 1) != 0)
              .as(what)
              .isTrue();
          assertThat(rows.bits(f)[place]).as(what).isEqualTo(bits);
        }
      }
    }
    return found;
  }

  @Test
  void areThoseOfAScanWhateverWasWritten() {
    long first = Long.getLong("varve.seed", new SplittableRandom().nextLong());
    int found = 0;
    for (int round = 0; round < 12; round++) {
      long seed = first + round;
      found += write(directory.resolve("r" + round), new SplittableRandom(seed), seed);
    }
    assertThat(found).isPositive();
  }

  private static int write(Path into, SplittableRandom random, long seed) {
    int found = 0;
    try (Varve varve = Varve.open(into)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("p", 0));
      boolean inOrder = random.nextBoolean();
      boolean dense = random.nextInt(4) > 0;
      for (int step = 0; step < 60; step++) {
        String what = "-Dvarve.seed=" + seed + " step " + step;
        Points points = new Points();
        for (int s = 0; s < SERIES; s++) {
          long hours = inOrder ? step * 5L : random.nextInt(400);
          if (random.nextInt(20) == 0) {
            points.add("m,s=" + s, hours * HOUR, "a", step);
          } else if (random.nextInt(3) > 0) {
            points.add("m,s=" + s, hours * HOUR, "a", step, "b", step / (dense ? 4.0 : 3.0));
          }
        }
        boolean before = random.nextInt(6) == 0;
        SeriesReader held = before && step > 5 ? reader(database) : null;
        if (step > 0 || points.batch().rowCount() > 0) {
          database.write(null, points.batch()).join();
        }
        switch (random.nextInt(10)) {
          case 0 -> varve.checkpoint();
          case 1 -> varve.compactShards();
          case 2 -> {
            long from = random.nextInt(400) * HOUR;
            database.delete("m", new TagPredicate.All(), new TimeRange(from, from + 3 * HOUR));
          }
          default -> {}
        }
        TimeRange range =
            random.nextBoolean()
                ? TimeRange.ALL
                : new TimeRange(random.nextInt(100) * HOUR, (100 + random.nextInt(300)) * HOUR);
        if (held != null) {
          try (held) {
            found += check(held, range, what);
          }
        }
        try (SeriesReader reader = reader(database)) {
          found += check(reader, range, what);
        }
      }
    }
    return found;
  }

  @Test
  void areFoundInTheHeadAndInChunksThatWereRead() {
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("p", 0));
      for (int row = 0; row < 3; row++) {
        Points points = new Points();
        for (int s = 0; s < SERIES; s++) {
          points.add("m,s=" + s, row * HOUR, "a", row + s, "b", row / 2.0);
        }
        database.write(null, points.batch()).join();
      }
      try (SeriesReader reader = reader(database)) {
        assertThat(check(reader, TimeRange.ALL, "head")).isEqualTo(SERIES);
        // The last row is not in this range, and others are looked for by a scan.
        assertThat(check(reader, new TimeRange(0, HOUR), "range")).isZero();
        int[] ids = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
        int[] unknown = {fieldIds(reader)[0], 99};
        NewestRows rows = new NewestRows(ids, unknown, TimeRange.ALL);
        reader.read(rows);
        assertThat(List.of(rows.isFound(0), rows.isFound(SERIES - 1))).containsOnly(false);
      }
      database.write(null, new Points().add("m,s=0", 9 * HOUR, "a", 1).batch()).join();
      try (SeriesReader reader = reader(database)) {
        assertThat(check(reader, TimeRange.ALL, "a row with a gap")).isEqualTo(SERIES - 1);
      }
    }
    try (Varve varve = Varve.open(directory)) {
      try (SeriesReader reader = reader(Objects.requireNonNull(varve.database("d")))) {
        assertThat(check(reader, TimeRange.ALL, "chunks not read before")).isZero();
        int whole = SERIES - 1;
        assertThat(check(reader, TimeRange.ALL, "from runs")).isEqualTo(whole);
        assertThat(check(reader, TimeRange.ALL, "kept")).isEqualTo(whole);
        assertThat(check(reader, new TimeRange(0, HOUR), "range")).isZero();
        long bytes = varve.stats().chunkCacheBytes();
        assertThat(check(reader, TimeRange.ALL, "kept")).isEqualTo(whole);
        assertThat(varve.stats().chunkCacheBytes()).isEqualTo(bytes);
      }
    }
  }

  private static void write(Varve varve, long[] times, int value) {
    Database database = Objects.requireNonNull(varve.database("d"));
    Points points = new Points();
    for (long time : times) {
      points.add("m,s=0", time, "a", value);
    }
    database.write(null, points.batch()).join();
  }

  /**
   * Stores two chunks and scans a range; the answer is whether a value is the newest found then.
   */
  private boolean isNewestOfChunks(long[] first, long[] second, TimeRange scanned, int value) {
    try (Varve varve = Varve.open(directory)) {
      varve.createDatabase("d", RetentionPolicy.of("p", 0));
      write(varve, first, 1);
    }
    try (Varve varve = Varve.open(directory)) {
      write(varve, second, 2);
    }
    try (Varve varve = Varve.open(directory);
        SeriesReader reader = reader(Objects.requireNonNull(varve.database("d")))) {
      int[] ids = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
      ScanSpec spec = new ScanSpec(ids, fieldIds(reader), scanned, false);
      try (SeriesCursor cursor = reader.scan(spec)) {
        assertThat(cursor.nextSeries()).isTrue();
        while (cursor.nextBatch()) {
          assertThat(cursor.batch().rowCount()).isPositive();
        }
      }
      assertThat(varve.stats().chunkCacheBytes()).isPositive();
      NewestRows rows = newest(reader, TimeRange.ALL);
      return rows.isFound(0) && rows.bits(0)[0] == value;
    }
  }

  @Test
  void areOfTheLastChunkIfThatIsKnown() {
    assertThat(isNewestOfChunks(new long[] {0, 100}, new long[] {50, 110}, TimeRange.ALL, 2))
        .isTrue();
  }

  @Test
  void areNotTakenFromAChunkThatAnotherHasTheRowOf() {
    assertThat(isNewestOfChunks(new long[] {50, 100}, new long[] {10, 100}, TimeRange.ALL, 1))
        .isFalse();
  }

  @Test
  void areNotTakenFromAChunkWhileAnOlderOneMayReachFarther() {
    TimeRange behind = new TimeRange(150, Long.MAX_VALUE);
    assertThat(isNewestOfChunks(new long[] {0, 100}, new long[] {50, 60}, behind, 2)).isFalse();
  }

  @Test
  void areThoseOfTheReadersMomentWhateverOthersHaveFound() {
    try (Varve varve = Varve.open(directory)) {
      varve.createDatabase("d", RetentionPolicy.of("p", 0));
      write(varve, new long[] {10}, 1);
    }
    try (Varve varve = Varve.open(directory)) {
      Database database = Objects.requireNonNull(varve.database("d"));
      try (SeriesReader before = reader(database)) {
        write(varve, new long[] {20}, 2);
        varve.checkpoint();
        try (SeriesReader after = reader(database)) {
          check(after, TimeRange.ALL, "chunks are read");
          assertThat(newest(after, TimeRange.ALL).timestampsNanos()[0]).isEqualTo(20);
        }
        check(before, TimeRange.ALL, "the first time");
        check(before, TimeRange.ALL, "the second time");
        NewestRows rows = newest(before, TimeRange.ALL);
        assertThat(rows.isFound(0) && rows.timestampsNanos()[0] == 20).isFalse();
      }
    }
  }
}
