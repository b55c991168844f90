package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.model.Field;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanCountersTest {
  private static final int ROWS = 3 * 1024 + 10;

  @TempDir private Path directory;
  private Varve varve;
  private SeriesReader reader;
  private ScanSpec spec;

  /** Two series of two fields: three sealed groups each, and ten rows that are not in chunks. */
  @BeforeEach
  void fill() {
    varve = Varve.open(directory);
    Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
    Points points = new Points();
    for (int row = 0; row < ROWS; row++) {
      points.add("m,id=a", row, "f", row % 7 + 0.5, "g", row % 5);
      points.add("m,id=b", row, "f", row % 7 + 0.5, "g", row % 5);
    }
    PointBatch batch = points.batch();
    database.write(null, batch).join();
    varve.compactShards();
    Points more = new Points();
    for (int row = ROWS; row < ROWS + 10; row++) {
      more.add("m,id=a", row, "f", 1.5, "g", 1);
    }
    database.write(null, more.batch()).join();
    reader = database.reader(null);
    int[] fields = reader.fields("m").stream().mapToInt(Field::id).toArray();
    spec =
        new ScanSpec(
            reader.select("m", new TagPredicate.All(), TimeRange.ALL),
            fields,
            TimeRange.ALL,
            false);
  }

  @AfterEach
  void close() {
    reader.close();
    varve.close();
  }

  @Test
  void tellsChunksDecodedFromThoseAnsweredByTheirHeaders() {
    SeriesCursor cursor = reader.scan(spec);
    long rows = 0;
    while (cursor.nextSeries()) {
      while (cursor.nextBatch()) {
        ColumnBatch batch = cursor.batch();
        rows += batch.rowCount();
        assertThat(batch.column(0).isAbsent()).isFalse();
        if (batch.column(0).stats() == null) {
          continue;
        }
        // The first field by its header, the second by its values, twice.
        batch.column(1).longs();
        batch.column(1).longs();
      }
    }
    cursor.close();
    ScanCounters counters = cursor.counters();
    assertThat(counters.series()).isEqualTo(2);
    assertThat(counters.rows()).isEqualTo(rows).isEqualTo(2 * ROWS + 10);
    assertThat(counters.unsealedRows()).isEqualTo(10);
    assertThat(counters.chunks()).isEqualTo(2 * 2 * 4);
    assertThat(counters.decodedChunks()).isEqualTo(2 * 4);
    assertThat(counters.chunkBytes()).isPositive();
    assertThat(counters.plus(counters).rows()).isEqualTo(2 * rows);
  }

  @Test
  void costIsWhatTheScanFetches() {
    ScanCost cost = reader.cost(spec, Long.MAX_VALUE, () -> {});
    assertThat(cost.shards()).isEqualTo(1);
    assertThat(cost.unsealedValues()).isEqualTo(2 * 10);
    assertThat(cost.chunks()).isEqualTo(2 * 2 * 4);
    assertThat(cost.chunkBytes()).isPositive();
    ScanSpec early =
        new ScanSpec(
            spec.seriesIds(), new int[] {spec.fieldIds()[0]}, new TimeRange(0, 100), false);
    assertThat(reader.cost(early, Long.MAX_VALUE, () -> {}).chunks()).isEqualTo(2);
    assertThat(reader.cost(early, Long.MAX_VALUE, () -> {}).unsealedValues()).isZero();
  }

  @Test
  void countsNoMoreThanItIsAskedFor() {
    ScanCost whole = reader.cost(spec, 2 * 2 * 4, () -> {});
    assertThat(whole.complete()).isTrue();
    for (int most = 0; most < 2 * 2 * 4; most++) {
      ScanCost part = reader.cost(spec, most, () -> {});
      assertThat(part.complete()).isFalse();
      assertThat(part.chunks()).isEqualTo(most);
      assertThat(part.chunkBytes()).isLessThanOrEqualTo(whole.chunkBytes());
    }
  }

  @Test
  void costCanBeGivenUp() {
    assertThatThrownBy(
            () ->
                reader.cost(
                    spec,
                    Long.MAX_VALUE,
                    () -> {
                      throw new IllegalArgumentException("enough");
                    }))
        .hasMessage("enough");
    assertThat(varve.stats().openReaders()).isEqualTo(1);
  }
}
