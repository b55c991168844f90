package io.varve.storage.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.chunk.SortedRows;
import io.varve.storage.head.HeadModel.Row;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TimeRange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ShardHeadTest {
  private static Row oneInteger(int fieldId, long value) {
    Row row = new Row();
    row.add(fieldId, FieldType.INTEGER, value, 0);
    return row;
  }

  @Test
  void agreesWithSortedMapWhateverTheRows() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    for (int round = 0; round < 40; round++) {
      SplittableRandom random = new SplittableRandom(seed + round);
      String what = "varve.seed=" + seed + " round " + round;
      ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
      HeadModel model = new HeadModel();
      double presence = random.nextInt(3) == 0 ? 1 : random.nextDouble();
      double late = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.3;
      int rows = 1 + random.nextInt(4000);
      long[] clock = new long[3];
      for (int i = 0; i < rows; i++) {
        int s = random.nextInt(3);
        int seriesId = s * 5000 + 7;
        clock[s] += random.nextInt(3);
        long time =
            random.nextDouble() < late
                ? clock[s] - random.nextInt(500)
                : clock[s] + random.nextInt(2);
        Row row = HeadModel.randomRow(random, presence);
        row.appendTo(head, seriesId, time);
        model.put(seriesId, time, row);
      }
      assertThat(head.seriesIds())
          .as(what)
          .isEqualTo(model.series.keySet().stream().mapToInt(Integer::intValue).toArray());
      assertThat(head.seriesCount()).as(what).isEqualTo(model.series.size());
      for (int seriesId : head.seriesIds()) {
        List<RowGroup> groups = head.snapshot(seriesId);
        HeadModel.assertDisjoint(groups);
        Map<Long, Map<Integer, Object>> got = new TreeMap<>();
        HeadModel.addTo(got, groups);
        assertThat(got).as(what).isEqualTo(model.rows(seriesId));
        assertThatProjectionAgrees(head, model, seriesId, random, what);
      }
    }
  }

  private static void assertThatProjectionAgrees(
      ShardHead head, HeadModel model, int seriesId, SplittableRandom random, String what) {
    int[] fieldIds = {1 + random.nextInt(HeadModel.FIELDS), 1 + random.nextInt(HeadModel.FIELDS)};
    long start = random.nextInt(1000);
    TimeRange range = new TimeRange(start, start + random.nextInt(1000));
    Map<Long, Map<Integer, Object>> got = new TreeMap<>();
    for (SortedRows rows : head.rows(seriesId, fieldIds, range, Moments.NOW)) {
      HeadModel.addTo(got, rows, 1 + random.nextInt(100), fieldIds);
    }
    Map<Long, Map<Integer, Object>> expected = new TreeMap<>();
    model
        .rows(seriesId)
        .forEach(
            (time, row) -> {
              Map<Integer, Object> chosen = new TreeMap<>(row);
              chosen.keySet().removeIf(id -> id != fieldIds[0] && id != fieldIds[1]);
              if (range.contains(time) && !chosen.isEmpty()) {
                expected.put(time, chosen);
              }
            });
    assertThat(got).as(what).isEqualTo(expected);
  }

  @Test
  void losesNothingWhileGroupsAreSealedAndCheckpointed() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    for (int round = 0; round < 40; round++) {
      SplittableRandom random = new SplittableRandom(seed + round);
      String what = "varve.seed=" + seed + " round " + round;
      ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
      HeadModel model = new HeadModel();
      TreeMap<Long, RowGroup> chunks = new TreeMap<>();
      long sequence = 0;
      for (int i = 0; i < 6000; i++) {
        Row row = HeadModel.randomRow(random, 0.5);
        long time = (long) i - random.nextInt(10);
        boolean sealable = row.appendTo(head, 3, time);
        model.put(3, time, row);
        if (sealable && random.nextBoolean()) {
          for (HeadGroup group : head.seal(3)) {
            assertThat(group.full()).isTrue();
            sequence = store(head, chunks, group, sequence);
          }
        }
        if (random.nextInt(700) == 0) {
          if (random.nextInt(4) == 0) {
            head.freeze(3);
          }
          List<HeadGroup> groups = head.checkpoint(3);
          if (random.nextInt(4) == 0) {
            head.checkpointFailed(3);
            assertThat(head.dirtySeries())
                .as(what)
                .isEqualTo(model.series.isEmpty() ? new int[0] : new int[] {3});
            continue;
          }
          for (HeadGroup group : groups) {
            sequence = store(head, chunks, group, sequence);
          }
          assertThat(head.dirtySeries()).as(what).isEmpty();
          // As after a crash: the chunks alone hold everything up to here.
          assertThat(readAll(chunks, List.of())).as(what).isEqualTo(model.rows(3));
        }
      }
      assertThat(readAll(chunks, head.snapshot(3))).as(what).isEqualTo(model.rows(3));
      head.freezeAll();
      for (HeadGroup group : head.seal(3)) {
        sequence = store(head, chunks, group, sequence);
      }
      assertThat(head.seriesCount()).as(what).isZero();
      assertThat(head.snapshot(3)).as(what).isEmpty();
      assertThat(head.seriesIds()).as(what).isEmpty();
      assertThat(readAll(chunks, List.of())).as(what).isEqualTo(model.rows(3));
      head.remove(3);
      assertThat(head.bytes()).as(what).isEqualTo(16 + 4 * 512);
    }
  }

  /** Stores a group as the engine does: one entry per sequence number, replaced ones deleted. */
  private static long store(
      ShardHead head, Map<Long, RowGroup> chunks, HeadGroup group, long lastSequence) {
    long sequence = lastSequence + 1;
    PartialChunk replaced = group.replaces();
    if (replaced != null) {
      RowGroup old = chunks.remove(replaced.sequence());
      assertThat(old).isNotNull();
      assertThat(replaced.firstTimestampNanos()).isEqualTo(old.timestampNanos[0]);
      assertThat(replaced.fieldIds())
          .isEqualTo(old.columns.stream().mapToInt(column -> column.fieldId).toArray());
    }
    chunks.put(sequence, group.rows());
    if (group.full()) {
      head.release(group);
      head.release(group);
    } else {
      head.partialStored(group, sequence);
    }
    return sequence;
  }

  private static Map<Long, Map<Integer, Object>> readAll(
      Map<Long, RowGroup> chunks, List<RowGroup> head) {
    Map<Long, Map<Integer, Object>> rows = new TreeMap<>();
    chunks.values().forEach(chunk -> HeadModel.addTo(rows, chunk));
    HeadModel.addTo(rows, head);
    return rows;
  }

  @Test
  void replacesPartialChunkAlsoWhenFieldsWereAddedSince() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    oneInteger(1, 1).appendTo(head, 1, 1);
    head.partialStored(head.checkpoint(1).get(0), 77);
    oneInteger(2, 2).appendTo(head, 1, 2);
    PartialChunk replaced = head.checkpoint(1).get(0).replaces();
    assertThat(replaced)
        .usingRecursiveComparison()
        .isEqualTo(new PartialChunk(1, 77, new int[] {1}));
  }

  @Test
  void replacesPartialChunkAlsoWhenFieldsAreAddedWhileItIsStored() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    oneInteger(1, 1).appendTo(head, 1, 1);
    HeadGroup group = head.checkpoint(1).get(0);
    oneInteger(2, 2).appendTo(head, 1, 2);
    head.partialStored(group, 77);
    head.freeze(1);
    HeadGroup full = head.seal(1).get(0);
    assertThat(full.rows().rowCount).isEqualTo(2);
    assertThat(full.replaces()).isNotNull();
  }

  @Test
  void everyKindOfRowMakesTheSeriesDirty() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    Row both = new Row();
    both.add(1, FieldType.INTEGER, 1, 0);
    both.add(2, FieldType.INTEGER, 1, 0);
    List<Row> rows = List.of(oneInteger(1, 1), oneInteger(1, 2), oneInteger(2, 1), both);
    for (int time = 0; time < 8; time++) {
      rows.get(time / 2).appendTo(head, 1, time);
      assertThat(head.dirtySeries()).as("row %s", time).containsExactly(1);
      head.checkpoint(1);
      assertThat(head.dirtySeries()).as("row %s", time).isEmpty();
      rows.get(time / 2).appendTo(head, 1, time);
      assertThat(head.dirtySeries()).as("row %s again", time).containsExactly(1);
      head.checkpoint(1);
    }
  }

  @Test
  void takesRowsOfBatch() {
    PointBatch batch = new PointBatch();
    byte[] key = SeriesKey.of("m", Map.of()).toBytes();
    byte[] name = "abc".getBytes(StandardCharsets.UTF_8);
    batch.beginRow(key, 0, key.length);
    batch.addInteger(name, 0, 1, 1);
    batch.endRow(5);
    batch.beginRow(key, 0, key.length);
    batch.addFloat(name, 0, 1, 2.5, 1);
    batch.addString(name, 1, 1, name, 0, 3);
    batch.addBoolean(name, 2, 1, true);
    batch.endRow(10);
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    head.append(9, batch, 1, new int[] {2, 1, 0});
    RowGroup group = head.snapshot(9).get(0);
    assertThat(group.timestampNanos).containsExactly(10);
    assertThat(group.columns).hasSize(2);
    assertThat(group.columns.get(0).strings[0]).isEqualTo(name);
    assertThat(group.columns.get(1).bits).containsExactly(Double.doubleToRawLongBits(2.5));
    assertThat(group.columns.get(1).decimals).isEqualTo(1);
  }

  @Test
  void mergesPointsOfOneTimeIntoOneRow() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    for (int time = 0; time < RowGroup.MAX_ROWS; time++) {
      for (int field = 1; field <= 5; field++) {
        assertThat(oneInteger(field, (long) time * field).appendTo(head, 1, time)).isFalse();
      }
    }
    assertThat(oneInteger(1, 1).appendTo(head, 1, 5000)).isTrue();
    HeadGroup group = head.seal(1).get(0);
    assertThat(group.rows().rowCount).isEqualTo(RowGroup.MAX_ROWS);
    assertThat(group.rows().columns).allMatch(column -> column.presence == null).hasSize(5);
  }

  @Test
  void ignoresRowWithoutValues() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    assertThat(oneInteger(0, 1).appendTo(head, 1, 0)).isFalse();
    assertThat(head.seriesCount()).isZero();
    assertThat(head.bytes()).isZero();
    assertThat(head.contains(1)).isFalse();
  }

  @Test
  void keepsGroupsSmallForVeryWideRows() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    int width = 20_000;
    int[] fieldIds = new int[width];
    for (int i = 0; i < width; i++) {
      fieldIds[i] = width - i;
    }
    byte[] types = new byte[width];
    java.util.Arrays.fill(types, (byte) FieldType.INTEGER.code());
    long[] bits = new long[width];
    for (int time = 0; time < 40; time++) {
      bits[7] = time;
      head.append(1, time, width, fieldIds, types, bits, new byte[width], new byte[0]);
    }
    assertThat(head.seal(1)).hasSizeGreaterThan(1);
    long rows = head.snapshot(1).stream().mapToLong(group -> group.rowCount).sum();
    assertThat(rows).isEqualTo(40);
    assertThat(head.bytes()).isLessThan(40L * width * 8 + 3L * Slab.MAX_VALUES * 8);
  }

  @Test
  void staysSmallWhenEveryRowBringsNewField() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    for (int i = 1; i <= 3000; i++) {
      oneInteger(i, i).appendTo(head, 1, i);
    }
    Map<Long, Map<Integer, Object>> rows = new TreeMap<>();
    HeadModel.addTo(rows, head.snapshot(1));
    assertThat(rows).hasSize(3000).allSatisfy((time, row) -> assertThat(row).hasSize(1));
    assertThat(head.bytes()).isLessThan(3000L * 140 * 8 * 2);
  }

  @Test
  void endsGroupThatHasTooManyBytesOfStrings() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    String text = "x".repeat(1 << 20);
    int ended = 0;
    for (int time = 0; time < 10; time++) {
      Row row = new Row();
      row.addString(4, text);
      ended += row.appendTo(head, 1, time) ? 1 : 0;
    }
    assertThat(ended).isEqualTo(2);
    Map<Long, Map<Integer, Object>> rows = new TreeMap<>();
    HeadModel.addTo(rows, head.snapshot(1));
    assertThat(rows).hasSize(10).allSatisfy((time, row) -> assertThat(row).containsValue(text));
  }

  @Test
  void takesExtremesOfTime() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    oneInteger(1, 1).appendTo(head, 1, Long.MAX_VALUE);
    oneInteger(1, 2).appendTo(head, 1, Long.MIN_VALUE);
    assertThat(head.snapshot(1).get(0).timestampNanos)
        .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Test
  void removesSeries() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    oneInteger(1, 1).appendTo(head, 1, 1);
    oneInteger(1, 1).appendTo(head, 2, 1);
    head.remove(1);
    assertThat(head.snapshot(1)).isEmpty();
    assertThat(head.seriesIds()).containsExactly(2);
    oneInteger(1, 7).appendTo(head, 1, 9);
    assertThat(head.snapshot(1).get(0).timestampNanos).containsExactly(9);
  }

  @Test
  void refusesToReleaseOpenGroup() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    oneInteger(1, 1).appendTo(head, 1, 1);
    HeadGroup open = head.checkpoint(1).get(0);
    assertThatThrownBy(() -> head.release(open)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void endsIdleSeriesFirstAndGivesEachItsTurn() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    for (int id = 0; id < 100; id++) {
      oneInteger(1, id).appendTo(head, id, 1);
    }
    assertThat(head.freezeIdle(0).bytes()).isZero();
    long slab = (head.bytes() - 100 * 24 - 2064) / 100;
    // Nobody is known to be idle yet: the first ones have to go.
    FrozenGroups frozen = head.freezeIdle(10 * slab);
    assertThat(frozen.bytes()).isEqualTo(10 * slab);
    assertThat(frozen.seriesIds()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(fullSeries(head)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int id = 0; id < 100; id++) {
      if (id != 50 && id != 51) {
        oneInteger(1, id).appendTo(head, id, 2);
      }
    }
    for (int id : fullSeries(head)) {
      head.seal(id).forEach(head::release);
    }
    head.freezeIdle(2 * slab);
    assertThat(fullSeries(head)).containsExactly(50, 51);
  }

  @Test
  void forgetsSeriesWithoutRows() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    for (int id = 0; id < 2000; id++) {
      oneInteger(1, id).appendTo(head, id, 1);
    }
    head.freezeAll();
    for (int id = 0; id < 2000; id++) {
      if (id != 1500) {
        head.seal(id).forEach(head::release);
      }
    }
    long before = head.bytes();
    long freed = head.trim();
    assertThat(freed).isEqualTo(1999 * 24 + 3 * 2064);
    assertThat(head.bytes()).isEqualTo(before - freed);
    assertThat(head.seriesIds()).containsExactly(1500);
    oneInteger(1, 7).appendTo(head, 3, 2);
    assertThat(head.snapshot(3)).hasSize(1);
    assertThat(head.seriesIds()).containsExactly(3, 1500);
    head.freezeAll();
    for (int id : head.seriesIds()) {
      head.seal(id).forEach(head::release);
    }
    head.trim();
    assertThat(head.bytes()).isZero();
  }

  @Test
  void countsWhatCheckpointsLeaveBehind() {
    ShardHead head = new ShardHead(new Moments(Long.MAX_VALUE));
    oneInteger(1, 1).appendTo(head, 1, 1);
    long before = head.bytes();
    for (int i = 0; i < 2; i++) {
      head.checkpoint(1).forEach(group -> head.partialStored(group, 1));
      assertThat(head.bytes()).isEqualTo(before + 80);
    }
    head.freeze(1);
    head.seal(1).forEach(head::release);
    head.trim();
    assertThat(head.bytes()).isZero();
    oneInteger(1, 1).appendTo(head, 1, 1);
    head.checkpoint(1).forEach(group -> head.partialStored(group, 1));
    head.remove(1);
    head.trim();
    assertThat(head.bytes()).isZero();
  }

  private static List<Integer> fullSeries(ShardHead head) {
    List<Integer> full = new java.util.ArrayList<>();
    for (int id : head.seriesIds()) {
      if (!head.seal(id).isEmpty()) {
        full.add(id);
      }
    }
    return full;
  }
}
