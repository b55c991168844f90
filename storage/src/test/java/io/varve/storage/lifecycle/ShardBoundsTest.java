package io.varve.storage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.TimeRange;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShardBoundsTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  @Test
  void weeklyShardsBeginOnMondays() {
    RetentionPolicy policy = RetentionPolicy.of("autogen", 0);
    for (String day : new String[] {"2026-11-21", "1969-12-30", "2026-11-23", "1970-01-01"}) {
      Instant time = Instant.parse(day + "T13:14:15Z");
      ShardBounds bounds = ShardBounds.of(time.getEpochSecond() * 1_000_000_000L, policy);
      Instant start = Instant.ofEpochSecond(bounds.startHours() * 3600L);
      assertThat(start.atOffset(ZoneOffset.UTC).getDayOfWeek()).isEqualTo(DayOfWeek.MONDAY);
      assertThat(start.atOffset(ZoneOffset.UTC).getHour()).isZero();
      assertThat(bounds.endHours() - bounds.startHours()).isEqualTo(7 * 24);
      assertThat(bounds.contains(time.getEpochSecond() * 1_000_000_000L)).isTrue();
    }
  }

  @Test
  void shardsTileAllOfTime() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      long length = (1 + random.nextInt(5000)) * HOUR;
      RetentionPolicy policy = new RetentionPolicy("p", 0, length);
      long time = random.nextLong();
      ShardBounds bounds = ShardBounds.of(time, policy);
      assertThat(bounds.contains(time)).as("seed %d", seed).isTrue();
      assertThat(bounds.overlaps(new TimeRange(time, time + 1))).as("seed %d", seed).isTrue();
      if (bounds.lastNanos() != Long.MAX_VALUE) {
        ShardBounds next = ShardBounds.of(bounds.lastNanos() + 1, policy);
        assertThat(next.startHours()).as("seed %d", seed).isEqualTo(bounds.endHours());
      }
    }
  }

  @Test
  void theEndsOfTimeLieInAShard() {
    RetentionPolicy policy = RetentionPolicy.of("autogen", 0);
    ShardBounds first = ShardBounds.of(Long.MIN_VALUE, policy);
    ShardBounds last = ShardBounds.of(Long.MAX_VALUE, policy);
    assertThat(first.contains(Long.MIN_VALUE)).isTrue();
    assertThat(first.startNanos()).isEqualTo(Long.MIN_VALUE);
    assertThat(last.contains(Long.MAX_VALUE)).isTrue();
    assertThat(last.lastNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(last.overlaps(new TimeRange(Long.MAX_VALUE, Long.MAX_VALUE))).isTrue();
  }

  @Test
  void expiresOnlyWhenItsLastPointDoes() {
    RetentionPolicy policy = new RetentionPolicy("p", 2 * HOUR, HOUR);
    ShardBounds bounds = new ShardBounds(10, 11);
    assertThat(bounds.expired(policy, 13 * HOUR - 1)).isFalse();
    assertThat(bounds.expired(policy, 13 * HOUR)).isTrue();
    assertThat(bounds.expired(new RetentionPolicy("p", 0, HOUR), Long.MAX_VALUE)).isFalse();
    assertThat(bounds.expired(policy, Long.MIN_VALUE)).isFalse();
  }
}
