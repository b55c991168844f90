package io.varve.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.StorageException;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class ShardIndexTest {
  private static final byte[] NAME = "usage".getBytes(StandardCharsets.UTF_8);

  private final SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
  private final StoredRecords stored = new StoredRecords();
  private final int measurementId;

  ShardIndexTest() {
    byte[] key = SeriesKey.of("m", Map.of()).toBytes();
    measurementId = index.measurementOf(index.add(key, 0, key.length));
  }

  private int resolve(ShardIndex shard, FieldType type) {
    return shard.resolveField(measurementId, NAME, 0, NAME.length, type);
  }

  @Test
  void lettingOneTypePerNameIntoTheShard() {
    ShardIndex one = new ShardIndex(index, 1);
    ShardIndex two = new ShardIndex(index, 2);
    assertThat(resolve(one, FieldType.FLOAT)).isEqualTo(1);
    assertThat(resolve(one, FieldType.FLOAT)).isEqualTo(1);
    assertThat(resolve(one, FieldType.INTEGER)).isEqualTo(-1);
    assertThat(index.catalog().fields("m")).hasSize(1);
    assertThat(resolve(two, FieldType.INTEGER)).isEqualTo(2);
    assertThat(resolve(two, FieldType.FLOAT)).isEqualTo(-2);
    stored.commit(index);

    SeriesIndex again = SeriesIndex.load(stored.all(), IndexLimits.NONE);
    ShardIndex oneAgain = ShardIndex.load(again, 1, stored.ofShard(1));
    ShardIndex twoAgain = ShardIndex.load(again, 2, stored.ofShard(2));
    assertThat(resolve(oneAgain, FieldType.FLOAT)).isEqualTo(1);
    assertThat(resolve(oneAgain, FieldType.INTEGER)).isEqualTo(-1);
    assertThat(resolve(twoAgain, FieldType.INTEGER)).isEqualTo(2);
    stored.commit(again);
    oneAgain.removeMeasurement(measurementId);
    assertThat(resolve(oneAgain, FieldType.INTEGER)).isEqualTo(2);
    stored.commit(again);
    ShardIndex third = ShardIndex.load(again, 1, stored.ofShard(1));
    assertThat(resolve(third, FieldType.FLOAT)).isEqualTo(-2);
  }

  @Test
  void forgetsFieldsWithTheLastSeriesOfTheirMeasurement() {
    byte[] other = SeriesKey.of("m", Map.of("host", "b")).toBytes();
    int seriesId = index.add(other, 0, other.length);
    ShardIndex shard = new ShardIndex(index, 1);
    assertThat(shard.hasField(measurementId, 1)).isFalse();
    assertThat(resolve(shard, FieldType.FLOAT)).isEqualTo(1);
    assertThat(shard.hasField(measurementId, 1)).isTrue();
    assertThat(shard.hasField(measurementId, 2)).isFalse();
    assertThat(shard.hasField(measurementId + 9, 1)).isFalse();
    assertThat(shard.hasField(measurementId, SeriesIndex.MAX_FIELD_ID)).isFalse();
    shard.addSeries(seriesId);
    shard.removeUnused(measurementId);
    assertThat(shard.hasField(measurementId, 1)).isTrue();
    shard.removeSeries(RoaringBitmap.bitmapOf(seriesId));
    shard.removeUnused(measurementId);
    assertThat(shard.hasField(measurementId, 1)).isFalse();
    stored.commit(index);
    SeriesIndex again = SeriesIndex.load(stored.all(), IndexLimits.NONE);
    assertThat(ShardIndex.load(again, 1, stored.ofShard(1)).hasField(measurementId, 1)).isFalse();
  }

  @Test
  void showsReadersEveryFieldFromTheMomentItIsResolved()
      throws InterruptedException, ExecutionException {
    int measurements = 200;
    int fieldsEach = 300;
    ShardIndex shard = new ShardIndex(index, 1);
    int[] ids = new int[measurements];
    for (int m = 0; m < measurements; m++) {
      byte[] key = SeriesKey.of("measurement" + m, Map.of()).toBytes();
      ids[m] = index.measurementOf(index.add(key, 0, key.length));
    }
    AtomicInteger resolved = new AtomicInteger();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<String> missing =
          thread.submit(
              () -> {
                for (int seen = 0; seen < measurements * fieldsEach; ) {
                  seen = resolved.get();
                  for (int n = 0; n < seen; n++) {
                    if (!shard.hasField(ids[n % measurements], n / measurements + 1)) {
                      return "field " + n + " of " + seen;
                    }
                  }
                }
                return "";
              });
      for (int n = 0; n < measurements * fieldsEach; n++) {
        byte[] name = ("f" + n / measurements).getBytes(StandardCharsets.UTF_8);
        assertThat(shard.resolveField(ids[n % measurements], name, 0, name.length, FieldType.FLOAT))
            .isEqualTo(n / measurements + 1);
        resolved.set(n + 1);
      }
      assertThat(missing.get()).isEmpty();
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void agreesWithBitmapAndSurvivesEncoding() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    ShardIndex shard = new ShardIndex(index, -7);
    RoaringBitmap expected = new RoaringBitmap();
    for (int i = 0; i < 50_000; i++) {
      int id = random.nextInt(4) * 1_000_000 + random.nextInt(30_000);
      if (random.nextInt(4) == 0) {
        shard.removeSeries(RoaringBitmap.bitmapOf(id));
        expected.remove(id);
      } else {
        shard.addSeries(id);
        expected.add(id);
      }
    }
    assertThat(shard.series()).as("varve.seed=" + seed).isEqualTo(expected);
    RoaringBitmap candidates = new RoaringBitmap();
    candidates.add(0L, 2_000_000L);
    assertThat(shard.intersect(candidates))
        .as("varve.seed=" + seed)
        .isEqualTo(RoaringBitmap.and(expected, candidates).toArray());
    assertThat(shard.seriesChanged()).isTrue();
    stored.put(IndexKeys.shardSeries(-7), shard.encodeSeries());
    shard.seriesStored();
    assertThat(shard.seriesChanged()).isFalse();
    ShardIndex again = ShardIndex.load(index, -7, stored.ofShard(-7));
    assertThat(again.series()).as("varve.seed=" + seed).isEqualTo(expected);
    assertThat(again.seriesChanged()).isFalse();
    again.addSeries(expected.first());
    assertThat(again.seriesChanged()).isFalse();
  }

  @Test
  void namesTheKeyOfDamagedRecord() {
    stored.put(IndexKeys.shardSeries(3), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> ShardIndex.load(index, 3, stored.ofShard(3)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("06000000000000000300");
    stored.records.clear();
    stored.put(IndexKeys.shardField(3, measurementId, 9), new byte[0]);
    assertThatThrownBy(() -> ShardIndex.load(index, 3, stored.ofShard(3)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("060000000000000003010000000000" + "09");
  }
}
