package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers tell the fields and tags of a policy and a range of time, not of the whole database. */
class FieldsOfShardsTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final TagPredicate ALL = new TagPredicate.All();
  private static final TimeRange FIRST = new TimeRange(0, HOUR);
  private static final TimeRange SECOND = new TimeRange(HOUR, 2 * HOUR);

  @TempDir Path directory;

  private final SteppedClock clock = new SteppedClock(0);

  @Test
  void belongToTheShardsOfThePolicyAndTheRange() {
    try (Varve varve = open()) {
      Database database = createWithTwoPolicies(varve);
      assertBothPolicies(database);
      varve.checkpoint();
      assertBothPolicies(database);
    }
  }

  @Test
  void surviveRestartsFromChunksAndFromTheLog() {
    try (Varve varve = open()) {
      createWithTwoPolicies(varve);
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = open()) {
      assertBothPolicies(database(varve));
      varve.checkpoint();
    }
    try (Varve varve = open()) {
      assertBothPolicies(database(varve));
    }
  }

  @Test
  void goWithTheLastSeriesThatADeleteLeavesInAShard() {
    try (Varve varve = open()) {
      Database database = createWithTwoPolicies(varve);
      varve.checkpoint();
      database.delete("p", "m", new TagPredicate.Equals("host", "a"), SECOND);
      assertThat(fields(database, null, SECOND)).containsExactly("late integer", "v float");
      database.delete("p", "m", ALL, SECOND);
      assertThat(fields(database, null, SECOND)).isEmpty();
      assertThat(fields(database, null, TimeRange.ALL)).containsExactly("v float", "w integer");
      assertThat(fields(database, "long", SECOND)).containsExactly("mean float");
      // What is gone binds nobody.
      database.write(null, new Points().add("m,host=a", HOUR, "v", "text").batch()).join();
      assertThat(fields(database, null, SECOND)).containsExactly("v string");
      assertThat(database.write(null, new Points().add("m,host=a", HOUR, "v", 1.0).batch()).join())
          .extracting(WriteResult::droppedRows)
          .isEqualTo(1);
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = open()) {
      assertThat(fields(database(varve), null, SECOND)).containsExactly("v string");
      assertThat(fields(database(varve), null, FIRST)).containsExactly("v float", "w integer");
    }
  }

  @Test
  void goWithDroppedSeriesAndFieldsAndShards() {
    try (Varve varve = open()) {
      Database database = createWithTwoPolicies(varve);
      database.dropSeries("m", new TagPredicate.Equals("dc", "x"));
      assertThat(fields(database, "long", FIRST)).isEmpty();
      assertThat(tags(database, "long", TimeRange.ALL)).containsExactly("host");
      database.dropField("m", "v");
      assertThat(fields(database, null, TimeRange.ALL))
          .containsExactly("late integer", "w integer");
      varve.dropShard(varve.shards().get(0).id());
      assertThat(fields(database, null, TimeRange.ALL)).containsExactly("late integer");
      varve.engine().fail(new IllegalStateException("as if killed"));
    }
    try (Varve varve = open()) {
      Database database = database(varve);
      assertThat(fields(database, null, TimeRange.ALL)).containsExactly("late integer");
      assertThat(fields(database, "long", TimeRange.ALL)).containsExactly("mean float");
      database.dropMeasurement("m");
      assertThat(fields(database, null, TimeRange.ALL)).isEmpty();
    }
  }

  private Database createWithTwoPolicies(Varve varve) {
    Database database = varve.createDatabase("d", new RetentionPolicy("p", 0, HOUR));
    database.createRetentionPolicy(new RetentionPolicy("long", 0, HOUR), false);
    write(database, null, "m,host=a", 0, "v", 1.0, "w", 2);
    write(database, null, "m,host=a", HOUR, "v", 1.0);
    write(database, null, "m,host=b,rack=r", 2 * HOUR - 1, "late", 2);
    write(database, "long", "m,host=a,dc=x", 0, "mean", 1.5, "v", 3);
    write(database, "long", "m,host=a", HOUR, "mean", 2.5);
    return database;
  }

  private static void assertBothPolicies(Database database) {
    assertThat(fields(database, null, TimeRange.ALL))
        .containsExactly("late integer", "v float", "w integer");
    assertThat(fields(database, null, FIRST)).containsExactly("v float", "w integer");
    assertThat(fields(database, null, SECOND)).containsExactly("late integer", "v float");
    assertThat(fields(database, null, new TimeRange(HOUR - 1, HOUR + 1)))
        .containsExactly("late integer", "v float", "w integer");
    assertThat(fields(database, null, new TimeRange(2 * HOUR, 9 * HOUR))).isEmpty();
    assertThat(fields(database, "long", TimeRange.ALL)).containsExactly("mean float", "v integer");
    assertThat(fields(database, "long", SECOND)).containsExactly("mean float");
    assertThat(tags(database, null, TimeRange.ALL)).containsExactly("host", "rack");
    assertThat(tags(database, null, FIRST)).containsExactly("host");
    assertThat(tags(database, "long", TimeRange.ALL)).containsExactly("dc", "host");
    assertThat(tags(database, "long", SECOND)).containsExactly("host");
    try (SeriesReader reader = database.reader("long")) {
      assertThat(reader.fields("m")).hasSize(5);
      assertThat(reader.tagKeys("m")).containsExactly("dc", "host", "rack");
      assertThat(reader.fields("none", TimeRange.ALL)).isEmpty();
      assertThat(reader.tagKeys("none", TimeRange.ALL)).isEmpty();
    }
  }

  private static List<String> fields(Database database, @Nullable String policy, TimeRange range) {
    try (SeriesReader reader = database.reader(policy)) {
      return reader.fields("m", range).stream()
          .map(field -> field.name() + " " + field.type().label())
          .toList();
    }
  }

  private static List<String> tags(Database database, @Nullable String policy, TimeRange range) {
    try (SeriesReader reader = database.reader(policy)) {
      return reader.tagKeys("m", range);
    }
  }

  private Varve open() {
    return Varve.open(
        directory, VarveOptions.defaults().withMemoryBudgetBytes(32 << 20).withClock(clock));
  }

  private static Database database(Varve varve) {
    Database database = varve.database("d");
    if (database == null) {
      throw new AssertionError("the database is gone");
    }
    return database;
  }

  private static void write(
      Database database, @Nullable String policy, String series, long time, Object... values) {
    database.write(policy, new Points().add(series, time, values).batch()).join();
  }
}
