package io.varve.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.varve.storage.StorageException;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class SeriesIndexTest {
  private static int add(SeriesIndex index, SeriesKey key) {
    byte[] bytes = key.toBytes();
    return index.add(bytes, 0, bytes.length);
  }

  private static int find(SeriesIndex index, SeriesKey key) {
    byte[] bytes = key.toBytes();
    byte[] within = new byte[bytes.length + 9];
    System.arraycopy(bytes, 0, within, 5, bytes.length);
    return index.find(within, 5, bytes.length);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void agreesWithNaiveIndexThroughAddRemoveAndReload() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    for (int round = 0; round < 12; round++) {
      SplittableRandom random = new SplittableRandom(seed + round);
      String what = "varve.seed=" + seed + " round " + round;
      RandomKeys keys = new RandomKeys(random);
      SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
      NaiveIndex naive = new NaiveIndex();
      StoredRecords stored = new StoredRecords();
      RoaringBitmap everUsed = new RoaringBitmap();
      for (int step = 0; step < 12; step++) {
        for (int i = random.nextInt(300); i > 0; i--) {
          SeriesKey key = keys.key();
          int id = find(index, key);
          if (id == SeriesIndex.NONE) {
            id = add(index, key);
            assertThat(everUsed.checkedAdd(id)).as(what).isTrue();
            naive.series.put(id, key);
          }
          assertThat(naive.series.get(id)).as(what).isEqualTo(key);
        }
        if (random.nextInt(3) == 0) {
          remove(index, naive, random);
        }
        stored.commit(index);
        if (random.nextInt(3) == 0) {
          index = SeriesIndex.load(stored.all(), IndexLimits.NONE);
        }
        assertThatIndexAgrees(index, naive, keys, what);
      }
    }
  }

  private static void remove(SeriesIndex index, NaiveIndex naive, SplittableRandom random) {
    RoaringBitmap removed = new RoaringBitmap();
    String measurement =
        RandomKeys.MEASUREMENTS.get(random.nextInt(RandomKeys.MEASUREMENTS.size()));
    double share = random.nextInt(3) == 0 ? 1 : random.nextDouble();
    naive.series.forEach(
        (id, key) -> {
          if (key.measurement().equals(measurement) && random.nextDouble() < share) {
            removed.add(id);
          }
        });
    removed.forEach((int id) -> naive.series.remove(id));
    removed.add(1_000_000);
    index.remove(removed);
  }

  private static void assertThatIndexAgrees(
      SeriesIndex index, NaiveIndex naive, RandomKeys keys, String what) {
    assertThat(index.seriesCount()).as(what).isEqualTo(naive.series.size());
    assertThat(index.catalog().measurements()).as(what).isEqualTo(naive.measurements());
    naive.series.forEach(
        (id, key) -> {
          assertThat(find(index, key)).as(what).isEqualTo(id);
          assertThat(index.key(id)).as(what).isEqualTo(key);
          assertThat(index.measurementOf(id))
              .as(what)
              .isEqualTo(index.findMeasurement(key.measurement()));
        });
    for (String measurement : RandomKeys.MEASUREMENTS) {
      assertThat(index.catalog().seriesCount(measurement))
          .as(what)
          .isEqualTo(naive.count(measurement));
      assertThat(index.catalog().tagKeys(measurement))
          .as(what)
          .isEqualTo(naive.tagKeys(measurement));
      for (String tagKey : RandomKeys.TAG_KEYS) {
        List<String> values = naive.tagValues(measurement, tagKey);
        assertThat(index.catalog().tagValues(measurement, tagKey)).as(what).isEqualTo(values);
        assertThat(index.catalog().tagValueCount(measurement, tagKey))
            .as(what)
            .isEqualTo(values.size());
      }
      for (int i = 0; i < 40; i++) {
        TagPredicate predicate = keys.predicate(3);
        assertThat(index.select(measurement, predicate).toArray())
            .as("%s %s %s", what, measurement, predicate)
            .isEqualTo(naive.select(measurement, predicate));
      }
    }
  }

  @Test
  void keepsTheSeriesOfOneMeasurementTogether() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    for (int i = 0; i < 5000; i++) {
      assertThat(add(index, SeriesKey.of("a", Map.of("i", "" + i))))
          .isEqualTo(i < 4096 ? i : 8192 + i - 4096);
      if (i < 10) {
        assertThat(add(index, SeriesKey.of("b", Map.of("i", "" + i)))).isEqualTo(4096 + i);
      }
    }
    assertThat(index.select("a", new TagPredicate.All()).getCardinality()).isEqualTo(5000);
    assertThat(index.measurementName(index.measurementOf(8192))).isEqualTo("a");
  }

  @Test
  void neverHandsOutAnIdAgainEvenAfterReload() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    StoredRecords stored = new StoredRecords();
    add(index, SeriesKey.of("m", Map.of("i", "0")));
    int last = add(index, SeriesKey.of("m", Map.of("i", "1")));
    index.remove(RoaringBitmap.bitmapOf(last));
    stored.commit(index);
    SeriesIndex again = SeriesIndex.load(stored.all(), IndexLimits.NONE);
    assertThat(add(again, SeriesKey.of("m", Map.of("i", "1")))).isEqualTo(last + 1);
    again.remove(again.select("m", new TagPredicate.All()));
    stored.commit(again);
    assertThat(stored.records).hasSize(1);
    SeriesIndex empty = SeriesIndex.load(stored.all(), IndexLimits.NONE);
    assertThat(empty.catalog().measurements()).isEmpty();
    assertThat(add(empty, SeriesKey.of("m", Map.of()))).isEqualTo(Measurement.BLOCK_SERIES);
  }

  @Test
  void emitsChangesAgainUntilTheyAreCommitted() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    add(index, SeriesKey.of("m", Map.of("i", "0")));
    StoredRecords lost = new StoredRecords();
    index.drainChanges(lost);
    index.changesFailed();
    add(index, SeriesKey.of("m", Map.of("i", "1")));
    StoredRecords stored = new StoredRecords();
    index.drainChanges(stored);
    add(index, SeriesKey.of("m", Map.of("i", "2")));
    index.changesCommitted();
    assertThat(stored.records).hasSize(4).containsAllEntriesOf(lost.records);
    assertThat(SeriesIndex.load(stored.all(), IndexLimits.NONE).seriesCount()).isEqualTo(2);
    StoredRecords rest = new StoredRecords();
    rest.commit(index);
    assertThat(rest.records).hasSize(1);
    rest.records.clear();
    rest.commit(index);
    assertThat(rest.records).isEmpty();
  }

  @Test
  void numbersFieldsByNameAndType() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    StoredRecords stored = new StoredRecords();
    int m = index.measurementOf(add(index, SeriesKey.of("m", Map.of())));
    byte[] name = utf8("usage");
    assertThat(index.findField(m, name, 0, 5, FieldType.FLOAT)).isEqualTo(SeriesIndex.NONE);
    assertThat(index.resolveField(m, name, 0, 5, FieldType.FLOAT)).isEqualTo(1);
    assertThat(index.resolveField(m, name, 0, 5, FieldType.INTEGER)).isEqualTo(2);
    assertThat(index.resolveField(m, name, 0, 3, FieldType.FLOAT)).isEqualTo(3);
    assertThat(index.resolveField(m, name, 0, 5, FieldType.FLOAT)).isEqualTo(1);
    stored.commit(index);
    SeriesIndex again = SeriesIndex.load(stored.all(), IndexLimits.NONE);
    assertThat(again.catalog().fields("m"))
        .isEqualTo(index.catalog().fields("m"))
        .containsExactly(
            new Field(3, "usa", FieldType.FLOAT),
            new Field(1, "usage", FieldType.FLOAT),
            new Field(2, "usage", FieldType.INTEGER));
    assertThat(again.field(m, 2)).isEqualTo(new Field(2, "usage", FieldType.INTEGER));
    assertThat(again.field(m, 4)).isNull();
    assertThat(again.findField(m, name, 0, 5, FieldType.INTEGER)).isEqualTo(2);
    again.remove(RoaringBitmap.bitmapOf(0));
    stored.commit(again);
    assertThat(stored.records).hasSize(1);
  }

  @Test
  void refusesMoreFieldsThanHaveIds() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    int m = index.measurementOf(add(index, SeriesKey.of("m", Map.of())));
    for (int i = 1; i <= SeriesIndex.MAX_FIELD_ID; i++) {
      byte[] name = utf8("f" + i);
      assertThat(index.resolveField(m, name, 0, name.length, FieldType.FLOAT)).isEqualTo(i);
    }
    byte[] name = utf8("one too many");
    assertThat(index.resolveField(m, name, 0, name.length, FieldType.FLOAT))
        .isEqualTo(SeriesIndex.NONE);
  }

  @Test
  void limitsRefuseOnlyNewSeriesAndNameTheTag() {
    SeriesIndex index = new SeriesIndex(new IndexLimits(4, 2, 0));
    int first = add(index, SeriesKey.of("m", Map.of("host", "a")));
    add(index, SeriesKey.of("m", Map.of("host", "b")));
    SeriesKey third = SeriesKey.of("m", Map.of("host", "c"));
    assertThat(add(index, third)).isEqualTo(SeriesIndex.NONE);
    assertThat(index.refusal())
        .isEqualTo(
            "max-values-per-tag limit exceeded (2/2): measurement=\"m\" tag=\"host\" value=\"c\"");
    assertThat(find(index, third)).isEqualTo(SeriesIndex.NONE);
    assertThat(find(index, SeriesKey.of("m", Map.of("host", "a")))).isEqualTo(first);
    add(index, SeriesKey.of("m", Map.of("host", "a", "dc", "x")));
    add(index, SeriesKey.of("n", Map.of()));
    assertThat(add(index, SeriesKey.of("m", Map.of()))).isEqualTo(SeriesIndex.NONE);
    assertThat(index.refusal())
        .isEqualTo(
            "max-series-per-database limit exceeded (4): measurement=\"m\" tag=\"host\" has 2 values");
    assertThat(add(index, SeriesKey.of("new", Map.of()))).isEqualTo(SeriesIndex.NONE);
    assertThat(index.refusal())
        .isEqualTo("max-series-per-database limit exceeded (4): measurement=\"new\"");
    assertThat(index.catalog().measurements()).containsExactly("m", "n");
    index.remove(RoaringBitmap.bitmapOf(first));
    assertThat(add(index, SeriesKey.of("m", Map.of()))).isNotEqualTo(SeriesIndex.NONE);
  }

  @Test
  void rejectsKeysThatAreNotCanonical() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    for (String hex :
        List.of(
            "",
            "05",
            "016d01",
            "016d016b",
            "016d016b00",
            "016d016b01760161",
            "816d",
            "016d016b017601610178",
            "016d016b0176016b0177",
            "81006d",
            "ffffff7f")) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThatThrownBy(() -> index.add(bytes, 0, bytes.length))
          .as(hex)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("series key");
    }
    byte[] huge = SeriesKey.of("m", Map.of("k", "x".repeat(SeriesKey.MAX_BYTES))).toBytes();
    assertThatThrownBy(() -> index.add(huge, 0, huge.length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65535");
    assertThat(index.seriesCount()).isZero();
    assertThat(index.catalog().measurements()).isEmpty();
  }

  @Test
  void namesTheKeyOfDamagedRecord() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    StoredRecords stored = new StoredRecords();
    int m = 0;
    for (int i = 0; i < 3; i++) {
      m = index.measurementOf(add(index, SeriesKey.of("m" + i, Map.of("host", "a" + i))));
    }
    index.resolveField(m, utf8("f"), 0, 1, FieldType.STRING);
    stored.commit(index);
    HexFormat hex = HexFormat.of();
    Map<String, String> damages =
        Map.of(
            "01",
            "01000000",
            "0200000000",
            "000000ff",
            "0200000001",
            "0000000100000001000000006d31",
            "0300000002" + "0001",
            "0966",
            "0400000000",
            "026d3004686f737402613",
            "0400001000",
            "026d3004686f7374026131",
            "0400009000",
            "026d3004686f7374026139",
            "07",
            "");
    damages.forEach(
        (key, value) -> {
          StoredRecords damaged = new StoredRecords();
          damaged.records.putAll(stored.records);
          damaged.put(
              hex.parseHex(key), hex.parseHex(value.length() % 2 == 0 ? value : value + "0"));
          if (key.equals("0400000000")) {
            damaged.put(hex.parseHex(key), hex.parseHex(value.substring(0, value.length() - 1)));
          }
          StorageException failure =
              catchThrowableOfType(
                  StorageException.class, () -> SeriesIndex.load(damaged.all(), IndexLimits.NONE));
          assertThat(failure).as(key).isNotNull().hasMessageContaining(key);
          assertThat(failure.kind()).isEqualTo(StorageException.Kind.CORRUPTION);
        });
    StoredRecords headless = new StoredRecords();
    headless.records.putAll(stored.records);
    headless.delete(new byte[] {1});
    assertThatThrownBy(() -> SeriesIndex.load(headless.all(), IndexLimits.NONE))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("0200000000");
  }

  @Test
  void saysSoIfTheFormatIsNewer() {
    StoredRecords stored = new StoredRecords();
    stored.put(new byte[] {1}, new byte[] {2, 0, 0, 0, 1, 0, 0, 0, 1});
    assertThatThrownBy(() -> SeriesIndex.load(stored.all(), IndexLimits.NONE))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("format version 2");
  }

  @Test
  void refusesConditionsNestedTooDeep() {
    SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
    add(index, SeriesKey.of("m", Map.of()));
    TagPredicate predicate = new TagPredicate.All();
    for (int i = 0; i < 600; i++) {
      predicate = new TagPredicate.Not(predicate);
    }
    TagPredicate deep = predicate;
    assertThatThrownBy(() -> index.select("m", deep)).isInstanceOf(StorageException.class);
  }
}
