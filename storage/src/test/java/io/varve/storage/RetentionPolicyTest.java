package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TimeRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionPolicyTest {
  private static final long HOUR = 3_600_000_000_000L;
  private static final long DAY = 24 * HOUR;

  private final SteppedClock clock = new SteppedClock(TimeUnit.DAYS.toMillis(20_000));
  private final VarveOptions options = VarveOptions.defaults().withClock(clock);

  @TempDir private Path directory;

  @Test
  void databaseLosesAndGetsBackItsDefaultPolicy() {
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      database.createRetentionPolicy(RetentionPolicy.of("other", 0), false);
      write(database, null);
      write(database, "other");
      database.dropRetentionPolicy("autogen");
      assertHasNoDefault(database);
      // Writes the database's record anew.
      database.alterDurability(Durability.NONE);
    }
    try (Varve varve = Varve.open(directory, options)) {
      Database database = Objects.requireNonNull(varve.database("d"));
      assertHasNoDefault(database);
      assertThat(database.durability()).isEqualTo(Durability.NONE);
      assertThat(write(database, "other").storedRows()).isEqualTo(1);
      database.alterRetentionPolicy(RetentionPolicy.of("other", 0), true);
      assertThat(write(database, null).storedRows()).isEqualTo(1);
    }
    try (Varve varve = Varve.open(directory, options)) {
      Database database = Objects.requireNonNull(varve.database("d"));
      assertThat(database.defaultRetentionPolicy()).isEqualTo("other");
      database.dropRetentionPolicy("other");
      assertThat(database.retentionPolicies()).isEmpty();
      database.createRetentionPolicy(RetentionPolicy.of("autogen", 0), true);
      assertThat(Contents.of(database)).isEmpty();
    }
  }

  @Test
  void refusesPointsFurtherFromTheClockThanThePolicyTakes() {
    long now = TimeUnit.MILLISECONDS.toNanos(clock.millis());
    RetentionPolicy policy =
        RetentionPolicy.of("p", 30 * DAY).withReplication(3).withLimits(HOUR, 2 * HOUR);
    try (Varve varve = Varve.open(directory, options)) {
      Database database = varve.createDatabase("d", policy);
      Points points = new Points();
      points.add("m", now + HOUR + 1, "a", 1).add("m", now + HOUR, "a", 2);
      points.add("m", now - 2 * HOUR, "a", 3).add("m", now - 2 * HOUR - 1, "a", 4);
      assertThat(database.write(null, points.batch()).join())
          .isEqualTo(new WriteResult(2, 2, "points beyond retention policy"));
      // A second later the same point is within the limit.
      clock.advanceMillis(1000);
      assertThat(
              database
                  .write(null, new Points().add("m", now + HOUR + 1, "a", 1).batch())
                  .join()
                  .storedRows())
          .isEqualTo(1);
    }
    try (Varve varve = Varve.open(directory, options)) {
      Database database = Objects.requireNonNull(varve.database("d"));
      assertThat(database.retentionPolicies()).containsExactly(policy);
      assertThat(Contents.of(database).get("m"))
          .containsOnlyKeys(now - 2 * HOUR, now + HOUR, now + HOUR + 1);
      database.alterRetentionPolicy(policy.withLimits(0, 0), false);
      Points points = new Points().add("m", now + 9 * DAY, "a", 1).add("m", now - 9 * DAY, "a", 1);
      points.add("m", now - 31 * DAY, "a", 1);
      assertThat(database.write(null, points.batch()).join())
          .isEqualTo(new WriteResult(2, 1, "points beyond retention policy"));
    }
  }

  @Test
  void limitsReachTheEndsOfTime() {
    RetentionPolicy policy = RetentionPolicy.of("p", 0).withLimits(Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(policy.latestNanos(1)).isEqualTo(Long.MAX_VALUE);
    assertThat(policy.oldestNanos(-2)).isEqualTo(Long.MIN_VALUE);
    assertThat(policy.oldestNanos(5)).isEqualTo(5 - Long.MAX_VALUE);
    assertThat(policy.latestNanos(-5)).isEqualTo(Long.MAX_VALUE - 5);
    assertThatThrownBy(() -> policy.withReplication(0)).hasMessageContaining("at least 1: 0");
    assertThatThrownBy(() -> policy.withLimits(-1, 0)).hasMessageContaining("-1, 0");
  }

  private static void assertHasNoDefault(Database database) {
    assertThat(database.defaultRetentionPolicy()).isNull();
    assertThat(database.write(null, new PointBatch()))
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageEndingWith("retention policy not found: ");
    assertThatThrownBy(() -> database.reader(null)).hasMessage("retention policy not found: ");
    assertThat(Contents.of(database, "other", TimeRange.ALL, false))
        .isEqualTo(Map.of("m", Map.of(1L, Map.of("a:integer", 1))));
  }

  private static WriteResult write(Database database, @Nullable String policy) {
    return database.write(policy, new Points().add("m", 1, "a", 1).batch()).join();
  }
}
