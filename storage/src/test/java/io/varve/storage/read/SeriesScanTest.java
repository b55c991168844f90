package io.varve.storage.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.ScanSpec;
import io.varve.storage.chunk.ChunkEncoder;
import io.varve.storage.chunk.ColumnData;
import io.varve.storage.chunk.RowGroup;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.TimeRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeriesScanTest {
  private static final FieldType[] TYPES = {
    FieldType.FLOAT, FieldType.INTEGER, FieldType.STRING, FieldType.BOOLEAN, FieldType.UNSIGNED
  };
  private static final int SERIES = 3;
  private static final long SHARD_NANOS = 50_000;

  private final long seed = Long.getLong("varve.seed", new SplittableRandom().nextLong());
  private SplittableRandom random = new SplittableRandom(seed);

  /** What should be there: per series, time to a value or null per field. */
  private final List<Map<Long, @Nullable Object[]>> model = new ArrayList<>();

  private final List<MemoryShard> shards = new ArrayList<>();

  @Test
  void returnsWhatWasWrittenWhateverOverlaps() {
    for (int round = 0; round < 80; round++) {
      random = new SplittableRandom(seed + round);
      write();
      for (int i = 0; i < 6; i++) {
        check(randomSpec(), "round " + round + ", replay with -Dvarve.seed=" + (seed + round));
      }
    }
  }

  private void write() {
    model.clear();
    shards.clear();
    for (int series = 0; series < SERIES; series++) {
      model.add(new TreeMap<>());
    }
    int shardCount = random.nextInt(1, 4);
    boolean orderly = random.nextInt(3) == 0;
    boolean small = orderly || random.nextBoolean();
    boolean regular = random.nextBoolean();
    for (int s = 0; s < shardCount; s++) {
      long start = s * SHARD_NANOS;
      MemoryShard shard = new MemoryShard(new TimeRange(start, start + SHARD_NANOS));
      shards.add(shard);
      for (int series = 0; series < SERIES; series++) {
        long next = start;
        int groups = random.nextInt(small ? 60 : 12);
        for (int g = 0; g < groups; g++) {
          long from = orderly ? next : start + random.nextLong(SHARD_NANOS);
          RowGroup group = randomGroup(from, start + SHARD_NANOS, regular, small);
          if (group.rowCount == 0 || group.columns.isEmpty()) {
            continue;
          }
          next = group.timestampNanos[group.rowCount - 1] + 1;
          apply(model.get(series), group);
          shard.seal(series, group, g + 1L);
        }
        for (int g = random.nextInt(3); g > 0; g--) {
          RowGroup group =
              randomGroup(
                  start + random.nextLong(SHARD_NANOS), start + SHARD_NANOS, regular, small);
          if (group.rowCount > 0) {
            apply(model.get(series), group);
            shard.addUnsealed(series, group);
          }
        }
      }
    }
  }

  private RowGroup randomGroup(long from, long end, boolean regular, boolean small) {
    RowGroup group = new RowGroup();
    int wanted = small ? random.nextInt(1, 30) : 1 + random.nextInt(1 << random.nextInt(11));
    group.timestampNanos = new long[wanted];
    long step = random.nextInt(1, 40);
    for (long time = from; time < end && group.rowCount < wanted; ) {
      group.timestampNanos[group.rowCount++] = time;
      time += regular ? step : random.nextInt(1, 40);
    }
    for (int field = 1; field <= TYPES.length; field++) {
      if (random.nextInt(4) > 0 && group.rowCount > 0) {
        group.columns.add(randomColumn(field, group.rowCount));
      }
    }
    return group;
  }

  private ColumnData randomColumn(int fieldId, int rowCount) {
    FieldType type = TYPES[fieldId - 1];
    ColumnData column = new ColumnData(fieldId, type);
    column.decimals = PointBatch.UNKNOWN_DECIMALS;
    column.bits = new long[rowCount];
    column.strings = new byte[rowCount][];
    for (int i = 0; i < rowCount; i++) {
      switch (type) {
        case FLOAT -> column.bits[i] = Double.doubleToRawLongBits(random.nextInt(1000) / 10.0);
        case BOOLEAN -> column.bits[i] = random.nextInt(2);
        case STRING ->
            column.strings[i] = ("s" + random.nextInt(50)).getBytes(StandardCharsets.UTF_8);
        default -> column.bits[i] = random.nextLong(-100, 100);
      }
    }
    if (random.nextInt(3) == 0) {
      column.presence = new long[(rowCount + 63) / 64];
      for (int i = 0; i < rowCount; i++) {
        if (i == rowCount / 2 || random.nextBoolean()) {
          column.presence[i >>> 6] |= 1L << i;
        }
      }
    }
    return column;
  }

  private static void apply(Map<Long, @Nullable Object[]> rows, RowGroup group) {
    for (ColumnData column : group.columns) {
      for (int i = 0; i < group.rowCount; i++) {
        if (Bitmaps.has(column.presence, i)) {
          Object value =
              switch (column.type) {
                case FLOAT -> Double.longBitsToDouble(column.bits[i]);
                case STRING -> new String(column.strings[i], StandardCharsets.UTF_8);
                default -> column.bits[i];
              };
          rows.computeIfAbsent(group.timestampNanos[i], t -> new Object[TYPES.length + 1])[
                  column.fieldId] =
              value;
        }
      }
    }
  }

  private ScanSpec randomSpec() {
    int[] series = {2, 0, 7, 1};
    int[] fields = new int[random.nextInt(1, TYPES.length + 1)];
    int first = random.nextInt(TYPES.length);
    for (int i = 0; i < fields.length; i++) {
      fields[i] = (first + i * 3) % TYPES.length + 1;
    }
    fields = Arrays.stream(fields).distinct().toArray();
    TimeRange range = TimeRange.ALL;
    if (random.nextInt(3) > 0) {
      long start = random.nextLong(-10, 3 * SHARD_NANOS);
      range = new TimeRange(start, start + random.nextLong(2 * SHARD_NANOS));
    }
    return new ScanSpec(series, fields, range, random.nextBoolean());
  }

  private void check(ScanSpec spec, String seedText) {
    try (SeriesScan scan = new SeriesScan(spec, List.copyOf(shards), () -> {})) {
      for (int seriesId : spec.seriesIds()) {
        assertThat(scan.nextSeries()).isTrue();
        assertThat(scan.seriesId()).isEqualTo(seriesId);
        if (random.nextInt(8) == 0) {
          scan.nextBatch();
          continue;
        }
        Map<Long, @Nullable Object[]> rows =
            seriesId < SERIES ? model.get(seriesId) : new TreeMap<>();
        checkSeries(scan, spec, expected(rows, spec), seedText);
      }
      assertThat(scan.nextSeries()).isFalse();
    }
  }

  private static Map<Long, List<@Nullable Object>> expected(
      Map<Long, @Nullable Object[]> rows, ScanSpec spec) {
    Map<Long, List<@Nullable Object>> expected = new TreeMap<>();
    for (Map.Entry<Long, @Nullable Object[]> row : rows.entrySet()) {
      List<@Nullable Object> values = new ArrayList<>();
      boolean any = false;
      for (int field : spec.fieldIds()) {
        values.add(row.getValue()[field]);
        any |= row.getValue()[field] != null;
      }
      if (any && spec.range().contains(row.getKey())) {
        expected.put(row.getKey(), values);
      }
    }
    return expected;
  }

  private void checkSeries(
      SeriesScan scan, ScanSpec spec, Map<Long, List<@Nullable Object>> expected, String seedText) {
    Map<Long, List<@Nullable Object>> found = new TreeMap<>();
    long previous = spec.descending() ? Long.MAX_VALUE : Long.MIN_VALUE;
    while (scan.nextBatch()) {
      ColumnBatch batch = scan.batch();
      long first = batch.firstTimestampNanos();
      long last = batch.lastTimestampNanos();
      assertThat(batch.rowCount()).isBetween(1, ColumnBatch.MAX_ROWS);
      if (spec.descending()) {
        assertThat(last).as(seedText).isLessThan(previous);
        previous = first;
      } else {
        assertThat(first).as(seedText).isGreaterThan(previous);
        previous = last;
      }
      collect(batch, spec.fieldIds().length, found);
      long[] times = batch.timestampsNanos();
      assertThat(times[0]).isEqualTo(first);
      assertThat(times[batch.rowCount() - 1]).isEqualTo(last);
    }
    assertThat(found).as(spec + ", " + seedText).isEqualTo(expected);
  }

  /** Adds the rows with values. Columns are touched in any order, times before or after them. */
  private void collect(
      ColumnBatch batch, int columnCount, Map<Long, List<@Nullable Object>> found) {
    long[] times = random.nextBoolean() ? batch.timestampsNanos() : new long[0];
    Object[][] values = new Object[batch.rowCount()][columnCount];
    for (int c = 0; c < columnCount; c++) {
      Column column = batch.column(c);
      if (column.isAbsent()) {
        continue;
      }
      long[] presence = column.presence();
      long[] bits = new long[1];
      int chosen = random.nextInt(batch.rowCount());
      boolean checked = column.type() != FieldType.STRING && Bitmaps.has(presence, chosen);
      if (checked) {
        column.copyBits(new int[] {chosen}, 1, bits);
      }
      for (int i = 0; i < batch.rowCount(); i++) {
        if (Bitmaps.has(presence, i)) {
          values[i][c] =
              switch (column.type()) {
                case FLOAT -> column.doubles()[i];
                case STRING -> new String(column.strings()[i], StandardCharsets.UTF_8);
                default -> column.longs()[i];
              };
        }
      }
      if (checked) {
        long expected =
            column.type() == FieldType.FLOAT
                ? Double.doubleToRawLongBits(column.doubles()[chosen])
                : column.longs()[chosen];
        assertThat(bits[0]).isEqualTo(expected);
      }
      checkStats(column, batch.rowCount());
    }
    times = times.length == 0 ? batch.timestampsNanos() : times;
    for (int i = 0; i < batch.rowCount(); i++) {
      if (i > 0) {
        assertThat(times[i]).isGreaterThan(times[i - 1]);
      }
      if (!Arrays.stream(values[i]).allMatch(v -> v == null)) {
        found.put(times[i], Arrays.asList(values[i]));
      }
    }
  }

  private static void checkStats(Column column, int rowCount) {
    ColumnStats endStats = column.endStats();
    if (endStats != null && column.type() != FieldType.FLOAT) {
      assertThat(endStats.lastBits()).isEqualTo(column.longs()[rowCount - 1]);
      assertThat(column.presence()).isNull();
    }
    ColumnStats stats = column.stats();
    if (stats == null || column.type() == FieldType.FLOAT) {
      return;
    }
    long sum = 0;
    int count = 0;
    for (int i = 0; i < rowCount; i++) {
      if (Bitmaps.has(column.presence(), i)) {
        sum += column.longs()[i];
        count++;
      }
    }
    assertThat(stats.sumBits()).isEqualTo(sum);
    assertThat(stats.count()).isEqualTo(count);
  }

  @Test
  void givesStatsOfLoneGroupsOnly() {
    MemoryShard shard = new MemoryShard(new TimeRange(0, 1000));
    shard.seal(1, integers(0, 10, 10), 1);
    shard.seal(1, integers(200, 10, 10), 2);
    shard.seal(1, integers(300, 10, 1), 3);
    shard.seal(1, integers(305, 10, 1), 4);
    shards.add(shard);
    List<@Nullable Integer> counts = new ArrayList<>();
    ScanSpec spec = new ScanSpec(new int[] {1}, new int[] {2}, new TimeRange(0, 205), false);
    forEachBatch(spec, batch -> counts.add(statsCount(batch)));
    assertThat(counts).containsExactly(10, null);
    counts.clear();
    ScanSpec all = new ScanSpec(new int[] {1}, new int[] {2}, TimeRange.ALL, true);
    forEachBatch(all, batch -> counts.add(statsCount(batch)));
    assertThat(counts).containsExactly(null, 10, 10);
  }

  @Test
  void givesStatsOfTheGroupWhoseEndABatchIs() {
    MemoryShard shard = new MemoryShard(new TimeRange(0, 1000));
    shard.seal(1, integers(0, 10, 10), 1);
    shards.add(shard);
    List<Boolean> known = new ArrayList<>();
    for (TimeRange range :
        List.of(new TimeRange(45, 1000), new TimeRange(0, 50), new TimeRange(20, 91))) {
      ScanSpec spec = new ScanSpec(new int[] {1}, new int[] {2}, range, false);
      forEachBatch(spec, batch -> known.add(batch.column(0).endStats() != null));
    }
    assertThat(known).containsExactly(true, false, true);
  }

  private static @Nullable Integer statsCount(ColumnBatch batch) {
    ColumnStats stats = batch.column(0).stats();
    return stats == null ? null : stats.count();
  }

  @Test
  void readsAFieldOfManyChunksWithFewSeeks() {
    MemoryShard shard = new MemoryShard(new TimeRange(0, 100_000));
    for (int g = 0; g < 320; g++) {
      shard.seal(1, integers(g * 100L, 10, 1), 1);
    }
    shards.add(shard);
    int[] rows = {0};
    ScanSpec spec = new ScanSpec(new int[] {1}, new int[] {2}, TimeRange.ALL, false);
    forEachBatch(spec, batch -> rows[0] += batch.rowCount());
    assertThat(rows[0]).isEqualTo(3200);
    assertThat(shard.seeks).isLessThanOrEqualTo(11);
  }

  @Test
  void startsReadingShortlyBeforeTheRange() {
    MemoryShard shard = new MemoryShard(new TimeRange(0, 100_000));
    for (int g = 0; g < 320; g++) {
      shard.seal(1, integers(g * 100L, 10, 1), 1);
    }
    shards.add(shard);
    ScanSpec spec =
        new ScanSpec(new int[] {1}, new int[] {2}, new TimeRange(31_005, 31_106), false);
    List<Integer> rows = new ArrayList<>();
    forEachBatch(spec, batch -> rows.add(batch.rowCount()));
    assertThat(rows).containsExactly(5, 6);
    assertThat(shard.seeks).isEqualTo(1);
  }

  @Test
  void readsLittleForTheNewestRowsOnly() {
    MemoryShard shard = new MemoryShard(new TimeRange(0, 100_000));
    for (int g = 0; g < 1000; g++) {
      shard.seal(1, integers(g * 100L, 10, 10), 1);
    }
    shards.add(shard);
    ScanSpec spec = new ScanSpec(new int[] {1}, new int[] {2}, TimeRange.ALL, true);
    try (SeriesScan scan = new SeriesScan(spec, List.copyOf(shards), () -> {})) {
      assertThat(scan.nextSeries()).isTrue();
      assertThat(scan.nextBatch()).isTrue();
      assertThat(scan.batch().lastTimestampNanos()).isEqualTo(99_990);
      assertThat(shard.reads).isLessThan(20);
      int rows = scan.batch().rowCount();
      while (scan.nextBatch()) {
        rows += scan.batch().rowCount();
      }
      assertThat(rows).isEqualTo(10_000);
      assertThat(shard.seeks).isLessThan(10);
    }
  }

  @Test
  void reportsDamagedAndMissingChunks() {
    ScanSpec spec = new ScanSpec(new int[] {1}, new int[] {2}, TimeRange.ALL, false);
    MemoryShard damaged = new MemoryShard(TimeRange.ALL);
    damaged.seal(1, integers(0, 10, 100), 1);
    damaged.damage(1, 2);
    shards.add(damaged);
    assertThatThrownBy(() -> forEachBatch(spec, ColumnBatch::timestampsNanos))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("checksum");
    MemoryShard timeless = new MemoryShard(TimeRange.ALL);
    RowGroup group = integers(0, 1000, 100);
    for (int i = 0; i < 1000; i++) {
      group.timestampNanos[i] += random.nextInt(99);
    }
    timeless.seal(1, group, 1);
    timeless.remove(1, ChunkEncoder.TIME_FIELD_ID);
    shards.set(0, timeless);
    assertThatThrownBy(() -> forEachBatch(spec, ColumnBatch::timestampsNanos))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("no chunk");
  }

  @Test
  void goesOnWithoutDamagedChunksIfToldSo() {
    MemoryShard shard = new MemoryShard(new TimeRange(0, 100_000));
    RowGroup group = integers(0, 1000, 50);
    group.timestampNanos[500]++;
    ColumnData other = new ColumnData(3, FieldType.INTEGER);
    other.bits = group.columns.get(0).bits;
    group.columns.add(other);
    shard.seal(1, group, 1);
    shard.seal(1, integers(60_000, 10, 1), 2);
    shard.damage(1, 3);
    shard.skipDamage = true;
    shards.add(shard);
    ScanSpec spec = new ScanSpec(new int[] {1}, new int[] {2, 3}, TimeRange.ALL, false);
    List<Integer> rows = new ArrayList<>();
    forEachBatch(
        spec,
        batch -> {
          rows.add(batch.rowCount());
          assertThat(batch.column(0).isAbsent()).isFalse();
          assertThat(batch.column(1).isAbsent()).isTrue();
        });
    assertThat(rows).containsExactly(1000, 10);
    shard.damage(1, ChunkEncoder.TIME_FIELD_ID);
    rows.clear();
    forEachBatch(spec, batch -> rows.add(batch.rowCount()));
    assertThat(rows).containsExactly(10);
  }

  @Test
  void closesItsSourcesOnce() {
    int[] closed = {0};
    ScanSpec spec = new ScanSpec(new int[] {1}, new int[] {2}, TimeRange.ALL, false);
    SeriesScan scan = new SeriesScan(spec, List.of(), () -> closed[0]++);
    assertThatThrownBy(scan::seriesId).isInstanceOf(IllegalStateException.class);
    assertThat(scan.nextSeries()).isTrue();
    assertThat(scan.nextBatch()).isFalse();
    assertThatThrownBy(scan::batch).isInstanceOf(IllegalStateException.class);
    scan.close();
    scan.close();
    assertThat(closed[0]).isEqualTo(1);
  }

  private void forEachBatch(ScanSpec spec, Consumer<ColumnBatch> action) {
    try (SeriesScan scan = new SeriesScan(spec, List.copyOf(shards), () -> {})) {
      while (scan.nextSeries()) {
        while (scan.nextBatch()) {
          action.accept(scan.batch());
        }
      }
    }
  }

  /** A group with one integer column, field 2. */
  private static RowGroup integers(long first, int rowCount, long step) {
    RowGroup group = new RowGroup();
    group.rowCount = rowCount;
    group.timestampNanos = new long[rowCount];
    ColumnData column = new ColumnData(2, FieldType.INTEGER);
    column.bits = new long[rowCount];
    for (int i = 0; i < rowCount; i++) {
      group.timestampNanos[i] = first + step * i;
      column.bits[i] = i;
    }
    group.columns.add(column);
    return group;
  }
}
