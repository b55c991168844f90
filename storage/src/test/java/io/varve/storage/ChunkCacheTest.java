package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

class ChunkCacheTest {
  private static final int FIELD = 7;

  private final ShardChunks shard = new ShardChunks();
  private final ChunkCache cache = new ChunkCache(2_000);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  private static ChunkRun run(long from, long to, long version, long... firsts) {
    ChunkRun.Builder builder = new ChunkRun.Builder();
    for (long first : firsts) {
      builder.add(first, 0xffff_ffffL, -first, first % 2 == 0, new byte[] {(byte) first});
    }
    return builder.build(FIELD, from, to, version);
  }

  private static long[] firsts(ChunkRun run) {
    long[] firsts = new long[run.count()];
    Arrays.setAll(firsts, run::firstTimestampNanos);
    return firsts;
  }

  @Test
  void tellsAllOfAChunk() {
    ChunkRun run = run(0, 50, 3, 10, 21, 30);
    assertThat(run.ceiling(10)).isZero();
    assertThat(run.ceiling(11)).isEqualTo(1);
    assertThat(run.ceiling(31)).isEqualTo(3);
    assertThat(run.sequence(1)).isEqualTo(0xffff_ffffL);
    assertThat(run.isOpened(0)).isTrue();
    assertThat(run.isOpened(1)).isFalse();
    assertThat(run.salt(2)).isEqualTo(-30);
    assertThat(run.value(2)).containsExactly(30);
    assertThat(run.covers(FIELD, 0, 50, 3)).isTrue();
    assertThat(run.covers(FIELD, 0, 50, 2)).isFalse();
    assertThat(run.covers(FIELD, -1, 50, 3)).isFalse();
    assertThat(run.covers(FIELD, 0, 51, 3)).isFalse();
    assertThat(run.covers(FIELD + 1, 0, 50, 3)).isFalse();
  }

  @Test
  void joinsRunsThatOverlap() {
    ChunkRun middle = run(20, 40, 5, 20, 30, 40);
    ChunkRun both = middle.with(run(0, 60, 4, 0, 10, 20, 30, 40, 50));
    assertThat(firsts(both)).containsExactly(0, 10, 20, 30, 40, 50);
    assertThat(both.covers(FIELD, 0, 60, 5)).isTrue();
    assertThat(both.covers(FIELD, 0, 60, 4)).isFalse();
    assertThat(firsts(middle.with(run(35, 60, 4, 40, 50)))).containsExactly(20, 30, 40, 50);
    assertThat(firsts(middle.with(run(41, 60, 4, 50)))).containsExactly(20, 30, 40, 50);
    assertThat(firsts(middle.with(run(0, 19, 4, 10)))).containsExactly(10, 20, 30, 40);
    assertThat(middle.with(run(42, 60, 4, 50))).isSameAs(middle);
    assertThat(middle.with(run(0, 18, 4, 10))).isSameAs(middle);
    assertThat(middle.with(run(0, 60, 6, 0))).isSameAs(middle);
  }

  @Test
  void keepsRunsThatDoNotTouchUntilOneJoinsThem() {
    ChunkCache large = new ChunkCache(100_000);
    large.put(shard, 1, run(0, 9, 0, 5), 0);
    large.put(shard, 1, run(40, 49, 0, 45), 0);
    large.put(shard, 1, run(20, 29, 0, 25), 0);
    assertThat(shard.runs(1, 0)).hasSize(3);
    assertThat(large.bytes()).isEqualTo(bytesOf(shard.runs(1, 0)));

    large.put(shard, 1, run(10, 39, 0, 15, 25, 35), 0);

    assertThat(shard.runs(1, 0)).hasSize(1);
    assertThat(firsts(shard.runs(1, 0)[0])).containsExactly(5, 15, 25, 35, 45);
    assertThat(large.bytes()).isEqualTo(bytesOf(shard.runs(1, 0)));
  }

  @Test
  void forgetsTheOldestOfManyRunsOfAField() {
    ChunkCache large = new ChunkCache(100_000);
    for (long from = 0; from < 1000; from += 100) {
      large.put(shard, 1, run(from, from + 9, 0, from), 0);
    }
    ChunkRun[] runs = shard.runs(1, 0);
    assertThat(runs).hasSize(6);
    assertThat(runs[0].covers(FIELD, 900, 909, 0)).isTrue();
    assertThat(runs[5].covers(FIELD, 400, 409, 0)).isTrue();
    assertThat(large.bytes()).isEqualTo(bytesOf(runs));
  }

  private static long bytesOf(ChunkRun[] runs) {
    long entry = 112 + 4L * runs.length;
    return entry + Arrays.stream(runs).mapToLong(ChunkRun::bytes).sum();
  }

  @Test
  void takesNothingThatWasReadBeforeAChange() {
    long before = cache.version();
    cache.beginChange();
    assertThat(cache.version()).isEqualTo(ChunkCache.NO_VERSION);
    assertThat(cache.isAt(before)).isFalse();
    cache.put(shard, 1, run(0, 9, before, 5), before);
    cache.remove(shard, RoaringBitmap.bitmapOf(1));
    cache.endChange();
    cache.put(shard, 1, run(0, 9, before, 5), before);
    assertThat(shard.runs(1, 0)).isEmpty();
    assertThat(cache.bytes()).isZero();
    cache.put(shard, 1, run(0, 9, cache.version(), 5), cache.version());
    assertThat(shard.runs(1, 0)).hasSize(1);
  }

  @Test
  void forgetsWhatIsChangedOnly() {
    cache.put(shard, 1, run(0, 9, 0, 5), 0);
    long one = cache.bytes();
    cache.put(shard, 2, run(0, 9, 0, 5), 0);
    cache.beginChange();
    cache.remove(shard, RoaringBitmap.bitmapOf(1));
    cache.endChange();
    assertThat(shard.runs(1, 0)).isEmpty();
    assertThat(shard.runs(2, 0)).hasSize(1);
    assertThat(cache.bytes()).isEqualTo(one);
    cache.beginChange();
    cache.remove(shard);
    cache.endChange();
    assertThat(shard.runs(2, 0)).isEmpty();
    assertThat(cache.bytes()).isZero();
    assertThatThrownBy(() -> cache.remove(shard)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keepsWhatIsUsedWhenMoreIsOfferedThanFits() {
    for (int series = 0; series < 100; series++) {
      cache.put(shard, series, run(0, 9, 0, 5), 0);
      shard.runs(0, cache.round());
      assertThat(cache.bytes()).isLessThanOrEqualTo(2_000);
    }
    assertThat(cache.round()).isPositive();
    assertThat(shard.runs(0, cache.round())).hasSize(1);
    assertThat(shard.runs(1, cache.round())).isEmpty();
  }

  @Test
  void keepsTheLastRowOfASeriesBesideItsRuns() {
    int[] fields = {FIELD};
    StoredLastRow row = new StoredLastRow(fields, 0, 5, new long[] {42});
    cache.put(shard, 1, row, 0);
    assertThat(shard.lastRow(1, 0)).as("without runs").isNull();
    cache.put(shard, 1, run(0, 9, 0, 5), 0);
    long before = cache.bytes();
    cache.put(shard, 1, row, 0);
    assertThat(shard.lastRow(1, 0)).isSameAs(row);
    assertThat(cache.bytes()).isEqualTo(before + row.bytes());
    cache.put(shard, 1, run(-9, 9, 0, 5), 0);
    assertThat(shard.lastRow(1, 0)).isSameAs(row);
    StoredLastRow notPlain = new StoredLastRow(fields, 0, 5, null);
    cache.put(shard, 1, notPlain, 0);
    assertThat(shard.lastRow(1, 0)).isSameAs(notPlain);
    cache.put(shard, 1, run(-9, 10, 0, 5), 0);
    assertThat(shard.lastRow(1, 0)).as("there is more to be known").isNull();
    assertThat(cache.bytes()).isEqualTo(before);
    cache.put(shard, 1, row, 0);
    cache.beginChange();
    cache.put(shard, 1, notPlain, 0);
    assertThat(shard.lastRow(1, 0)).isSameAs(row);
    cache.remove(shard, RoaringBitmap.bitmapOf(1));
    cache.endChange();
    assertThat(shard.lastRow(1, 0)).isNull();
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void tellsOfWhichFieldsAndVersionALastRowIs() {
    StoredLastRow row = new StoredLastRow(new int[] {1, 2}, 3, 5, new long[] {42, 43});
    assertThat(row.covers(new int[] {1, 2}, 3)).isTrue();
    assertThat(row.covers(new int[] {1, 2}, 2)).isFalse();
    assertThat(row.covers(new int[] {2, 1}, 3)).isFalse();
    long[][] bits = new long[2][3];
    row.copyTo(bits, 1);
    assertThat(bits).isDeepEqualTo(new long[][] {{0, 42, 0}, {0, 43, 0}});
  }

  @Test
  void sparesAScanTheStoreUntilASeriesGetsAnotherChunk() {
    RetentionPolicy policy = new RetentionPolicy("p", 0, 3_600_000_000_000L);
    try (Varve varve = Varve.open(directory)) {
      Database database = varve.createDatabase("d", policy);
      write(database, "m,h=a", 1);
      write(database, "m,h=b", 1);
      varve.checkpoint();
    }
    try (Varve varve = Varve.open(directory)) {
      Database database = Objects.requireNonNull(varve.database("d"));
      assertThat(rows(database)).isEqualTo(2);
      long both = varve.stats().chunkCacheBytes();
      assertThat(both).isPositive();
      assertThat(rows(database)).isEqualTo(2);
      assertThat(varve.stats().chunkCacheBytes()).isEqualTo(both);
      try (SeriesReader before = database.reader(null)) {
        write(database, "m,h=a", 2);
        varve.checkpoint();
        assertThat(varve.stats().chunkCacheBytes()).isEqualTo(both / 2);
        assertThat(rows(database)).isEqualTo(3);
        assertThat(rows(before)).isEqualTo(2);
      }
      database.dropSeries("m", new TagPredicate.All());
      assertThat(varve.stats().chunkCacheBytes()).isZero();
      assertThat(rows(database)).isZero();
    }
  }

  private static void write(Database database, String key, long nanos) {
    database.write(null, new Points().add(key, nanos, "v", 1.5).batch()).join();
  }

  private static int rows(Database database) {
    try (SeriesReader reader = database.reader(null)) {
      return rows(reader);
    }
  }

  private static int rows(SeriesReader reader) {
    int[] fieldIds = reader.fields("m").stream().mapToInt(field -> field.id()).toArray();
    int[] series = reader.select("m", new TagPredicate.All(), TimeRange.ALL);
    int rows = 0;
    ScanSpec spec = new ScanSpec(series, fieldIds, TimeRange.ALL, false);
    try (SeriesCursor cursor = reader.scan(spec)) {
      while (cursor.nextSeries()) {
        while (cursor.nextBatch()) {
          rows += cursor.batch().rowCount();
        }
      }
    }
    return rows;
  }
}
