package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.KnownKeys;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches whose series are partly known, by what came of them in earlier batches or rows. */
class KnownKeysWriteTest {
  private static final long DAY = TimeUnit.HOURS.toNanos(24);
  private static final byte[] NAME = "n".getBytes(StandardCharsets.UTF_8);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final PointBatch batch = new PointBatch();

  @Test
  void makesSeriesAnewThatWereDroppedMeanwhile() {
    VarveOptions options = VarveOptions.defaults().withClock(new SteppedClock(0));
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", new RetentionPolicy("p", 0, DAY));
      write(database, 1);
      write(database, 2);
      write(database, 3);
      assertThat(Contents.of(database).get("m,host=a")).hasSize(3);
      database.dropSeries("m", new TagPredicate.All());
      assertThat(Contents.of(database)).isEmpty();
      write(database, 4);
      write(database, 5);
      Map<Long, Map<String, Object>> rows = Contents.of(database).get("m,host=a");
      assertThat(rows).containsOnlyKeys(4L, 5L);
    }
  }

  @Test
  void keepsDatabasesApart() {
    VarveOptions options = VarveOptions.defaults().withClock(new SteppedClock(0));
    try (Varve varve = Varve.open(directory, options)) {
      Database one = varve.createDatabase("one", new RetentionPolicy("p", 0, DAY));
      Database other = varve.createDatabase("other", new RetentionPolicy("p", 0, DAY));
      // In the other database the id that the series has in the first is another one's.
      other.write(null, new Points().add("m,host=b", 1, "n", 1).batch()).join();
      write(one, 1);
      write(one, 2);
      write(other, 3);
      write(one, 4);
      assertThat(Contents.of(one).get("m,host=a")).containsOnlyKeys(1L, 2L, 4L);
      assertThat(Contents.of(other).get("m,host=a")).containsOnlyKeys(3L);
      assertThat(Contents.of(other).get("m,host=b")).containsOnlyKeys(1L);
    }
  }

  @Test
  void tellsWhyTheFirstOfTheRowsWasLeftOut() {
    VarveOptions options =
        VarveOptions.defaults().withClock(new SteppedClock(TimeUnit.DAYS.toMillis(10)));
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", new RetentionPolicy("p", 2 * DAY, DAY));
      long now = 10 * DAY;
      database.write(null, new Points().add("m,host=a", now, "n", 1).batch()).join();
      Points points = new Points();
      points.add("m,host=a", now, "n", 1.5);
      points.add("m,host=b", 0, "n", 1);
      points.add("m,host=b", now, "n", 2);
      points.add("m,host=a", now + 1, "n", 3);
      points.add("m,host=b", now + 1, "n", 4);
      WriteResult result = database.write(null, points.batch()).join();
      assertThat(result.droppedRows()).isEqualTo(2);
      assertThat(result.reason()).startsWith("field type conflict");
      assertThat(Contents.of(database).get("m,host=b")).containsOnlyKeys(now, now + 1);
    }
  }

  /** As a parser does. */
  private void write(Database database, long timestampNanos) {
    batch.clear();
    byte[] line = "m,host=a n=1i".getBytes(StandardCharsets.UTF_8);
    byte[] key = Points.key("m,host=a").toBytes();
    KnownKeys known = batch.knownKeys();
    int number = known == null ? KnownKeys.UNKNOWN : known.find(line, 0, line.length);
    if (known != null && number < 0) {
      number = known.add(line, 0, 8, key, key.length);
    }
    if (number < 0) {
      batch.beginRow(key, 0, key.length);
    } else {
      batch.beginRow(Objects.requireNonNull(known), number);
    }
    batch.addInteger(NAME, 0, 1, timestampNanos);
    batch.endRow(timestampNanos);
    database.write(null, batch).join();
  }
}
