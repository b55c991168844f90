package io.varve.storage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvOptions;
import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

class CatalogTest {
  private final Catalog catalog = new Catalog();

  @Test
  void readsBackWhatItWrote(@TempDir Path directory) {
    DatabaseRecord database = new DatabaseRecord(65_535, "naïve", 65_534, -1);
    PolicyRecord policy =
        new PolicyRecord(
            65_534,
            65_535,
            RetentionPolicy.of("p", Long.MAX_VALUE)
                .withReplication(Integer.MAX_VALUE)
                .withLimits(Long.MAX_VALUE, 1));
    ShardRecord first =
        new ShardRecord(
            65_534, ShardBounds.of(Long.MIN_VALUE, policy.policy()), -1, 0, -1, -1, Long.MIN_VALUE);
    ShardRecord last =
        new ShardRecord(
            65_534,
            ShardBounds.of(Long.MAX_VALUE, policy.policy()),
            1,
            1L << 32,
            5,
            0,
            Long.MAX_VALUE);
    TombstoneRecord everything =
        new TombstoneRecord(
            65_534, -1, -1, 1L << 32, Long.MAX_VALUE, TimeRange.ALL, RoaringBitmap.bitmapOf(0, -1));
    TombstoneRecord nothing =
        new TombstoneRecord(1, 1, 0, 0, 0, new TimeRange(0, 0), new RoaringBitmap());
    Catalog.Counters counters = new Catalog.Counters(65_536, 65_535);
    try (KvStore store = KvStore.open(directory, new KvOptions(KvOptions.MIN_MEMORY_BYTES, 6, 2));
        KvBatch batch = store.newBatch()) {
      catalog.checkFormat(store);
      assertThat(catalog.load(store).counters()).isEqualTo(new Catalog.Counters(1, 1));
      catalog.putDatabase(batch, database);
      catalog.putPolicy(batch, policy);
      catalog.putShard(batch, last);
      catalog.putShard(batch, first);
      catalog.putCounters(batch, counters);
      catalog.putCheckpoint(batch, Long.MAX_VALUE);
      catalog.putNextShardNumber(batch, -1);
      catalog.putTombstone(batch, everything);
      catalog.putTombstone(batch, nothing);
      catalog.deleteTombstone(batch, nothing);
      catalog.putCompacted(batch, new Catalog.ShardKey(65_534, Integer.MIN_VALUE));
      store.write(batch, true);
      Catalog.Contents contents = catalog.load(store);
      assertThat(contents.databases()).containsExactly(database);
      assertThat(contents.policies()).containsExactly(policy);
      assertThat(contents.shards()).containsExactly(first, last);
      assertThat(contents.tombstones()).containsExactly(everything);
      assertThat(contents.compacted())
          .containsExactly(new Catalog.ShardKey(65_534, Integer.MIN_VALUE));
      assertThat(contents.counters()).isEqualTo(counters);
      assertThat(contents.nextShardNumber()).isEqualTo(-1);
      assertThat(contents.checkpoint()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void readsPoliciesOfTheLayoutWithoutLimits(@TempDir Path directory) {
    HexFormat hex = HexFormat.ofDelimiter(" ");
    try (KvStore store = KvStore.open(directory, new KvOptions(KvOptions.MIN_MEMORY_BYTES, 6, 2));
        KvBatch batch = store.newBatch()) {
      batch.put(
          KvFamily.META,
          hex.parseHex("04 00 02"),
          hex.parseHex("01 01 00 80 c0 e2 85 e3 68 01 70"));
      store.write(batch, true);
      assertThat(catalog.load(store).policies())
          .containsExactly(new PolicyRecord(2, 1, new RetentionPolicy("p", 0, 3_600_000_000_000L)));
    }
  }

  @Test
  void readsShardsOfTheLayoutWithoutNumbers(@TempDir Path directory) {
    HexFormat hex = HexFormat.ofDelimiter(" ");
    try (KvStore store = KvStore.open(directory, new KvOptions(KvOptions.MIN_MEMORY_BYTES, 6, 2));
        KvBatch batch = store.newBatch()) {
      batch.put(
          KvFamily.META,
          hex.parseHex("05 00 01 80 07 7d 90"),
          hex.parseHex("01 d0 f6 3b 80 80 04 e8 07"));
      store.write(batch, true);
      assertThat(catalog.load(store).nextShardNumber()).isEqualTo(1);
      assertThat(catalog.load(store).shards())
          .containsExactly(
              new ShardRecord(
                  1, new ShardBounds(490_896, 490_920), 0, 65_536, 1000, 0, Long.MAX_VALUE));
    }
  }

  @Test
  void writesTheExamplesOfTheFormatPages(@TempDir Path directory) {
    HexFormat hex = HexFormat.ofDelimiter(" ");
    try (KvStore store = KvStore.open(directory, new KvOptions(KvOptions.MIN_MEMORY_BYTES, 6, 2));
        KvBatch batch = store.newBatch()) {
      catalog.putShard(
          batch, new ShardRecord(1, new ShardBounds(490_896, 490_920), 5, 65_536, 1000, 9, 1000));
      catalog.putTombstone(
          batch,
          new TombstoneRecord(
              1, 490_896, 0, 3, 9, new TimeRange(1000, 2000), RoaringBitmap.bitmapOf(5)));
      store.write(batch, true);
      byte[] tombstone = store.get(KvFamily.META, hex.parseHex("06 00 01 80 07 7d 90 00 00 00 00"));
      assertThat(tombstone)
          .isEqualTo(
              hex.parseHex(
                  "01 03 09 d0 0f a0 1f 3a 30 00 00 01 00 00 00"
                      + " 00 00 00 00 10 00 00 00 05 00"));
      byte[] value = store.get(KvFamily.META, hex.parseHex("05 00 01 80 07 7d 90"));
      assertThat(value).isEqualTo(hex.parseHex("01 d0 f6 3b 80 80 04 e8 07 05 09 d0 0f"));
    }
  }
}
