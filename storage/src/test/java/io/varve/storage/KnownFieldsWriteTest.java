package io.varve.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.KnownFields;
import io.varve.storage.model.KnownKeys;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches whose rows have lists of fields that were learned from earlier rows. */
class KnownFieldsWriteTest {
  private static final long DAY = TimeUnit.HOURS.toNanos(24);
  private static final byte[] LINE = "m ".getBytes(UTF_8);
  private static final byte[] KEY = Points.key("m").toBytes();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private final PointBatch batch = new PointBatch();
  private int list = KnownFields.NONE;

  @Test
  void storesListedRowsInShardsThatTakeTheirTypes() {
    try (Varve varve = open()) {
      Database database = varve.createDatabase("d", new RetentionPolicy("p", 0, DAY));
      learn(database);
      database.write(null, new Points().add("m", DAY + 1, "n", 1.5).batch()).join();
      batch.clear();
      for (int i = 0; i < 6; i++) {
        addListed((i % 3) * DAY + 10 + i);
      }
      WriteResult result = database.write(null, batch).join();
      assertThat(result.storedRows()).isEqualTo(4);
      assertThat(result.droppedRows()).isEqualTo(2);
      assertThat(result.reason()).startsWith("field type conflict: input field \"n\"");
      assertThat(Contents.of(database).get("m"))
          .containsOnlyKeys(1L, 10L, 13L, DAY + 1, 2 * DAY + 12, 2 * DAY + 15);
    }
  }

  @Test
  void findsTheFieldsOfEachDatabase() {
    try (Varve varve = open()) {
      Database one = varve.createDatabase("one", new RetentionPolicy("p", 0, DAY));
      Database other = varve.createDatabase("other", new RetentionPolicy("p", 0, DAY));
      // There the ids that the fields have in the first are those of others.
      other.write(null, new Points().add("m", 1, "x", 1).batch()).join();
      other.write(null, new Points().add("m", 2, "y", 1).batch()).join();
      learn(one);
      for (Database database : new Database[] {one, other, one}) {
        batch.clear();
        addListed(7);
        addListed(8);
        database.write(null, batch).join();
      }
      Map<Long, Map<String, Object>> ofOne = Contents.of(one).get("m");
      Map<Long, Map<String, Object>> ofOther = Contents.of(other).get("m");
      assertThat(ofOne).containsOnlyKeys(1L, 7L, 8L);
      assertThat(ofOther).containsOnlyKeys(1L, 2L, 7L, 8L);
      assertThat(Objects.requireNonNull(ofOther).get(7L))
          .isEqualTo(Objects.requireNonNull(ofOne).get(7L))
          .hasSize(2);
    }
  }

  private Varve open() {
    return Varve.open(directory, VarveOptions.defaults().withClock(new SteppedClock(0)));
  }

  private void learn(Database database) {
    batch.beginRow(KEY, 0, KEY.length);
    batch.add("n", 1L);
    batch.endRow(1);
    batch.clear();
    KnownKeys keys = Objects.requireNonNull(batch.knownKeys());
    int number = keys.add(LINE, 0, LINE.length - 1, KEY, KEY.length);
    batch.beginRow(keys, number);
    batch.add("n", 1L);
    batch.add("o", 2.5);
    batch.endRow(1);
    batch.learnFields();
    list = keys.fields(number);
    assertThat(list).isNotNegative();
    database.write(null, batch).join();
  }

  private void addListed(long timestampNanos) {
    KnownKeys keys = Objects.requireNonNull(batch.knownKeys());
    KnownFields fields = Objects.requireNonNull(batch.knownFields());
    int number = keys.find(LINE, 0, LINE.length);
    long[] bits = {42, Double.doubleToRawLongBits(0.5)};
    batch.addRow(keys, number, fields, list, bits, new byte[] {0, 1}, timestampNanos);
  }
}
