package io.varve.storage.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.chunk.SortedRows;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class MomentsTest {
  private static final int SERIES = 7;

  private final Moments moments = new Moments(10_000);
  private final ShardHead head = new ShardHead(moments);

  @Test
  void neitherTakesNorGivesUpAMomentByWaitingForChanges() throws InterruptedException {
    append(1, 10);
    long moment = hold();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread writer =
        new Thread(
            () -> {
              moments.beginChanges();
              begun.countDown();
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              moments.endChanges();
            });
    writer.start();
    begun.await();
    assertThat(moments.<Long>tryHold(taken -> taken)).isNull();
    moments.release(moment);
    end.countDown();
    writer.join();
    assertThat(moments.isHeld(moment)).isFalse();
    long later = Objects.requireNonNull(moments.<Long>tryHold(taken -> taken));
    assertThat(later).isGreaterThan(moment);
    assertThat(moments.isHeld(later)).isTrue();
  }

  @Test
  void seesRowsUpToTheMomentOnly() {
    append(1, 10);
    long moment = hold();
    append(2, 20);
    long later = hold();
    append(3, 30);
    assertThat(rows(moment)).isEqualTo(Map.of(1L, 10L));
    assertThat(rows(later)).isEqualTo(Map.of(1L, 10L, 2L, 20L));
    assertThat(rows(Moments.NOW)).hasSize(3);
  }

  @Test
  void keepsWhatIsOverwrittenLater() {
    append(1, 10);
    long moment = hold();
    append(1, 11);
    append(1, 12);
    assertThat(rows(moment)).isEqualTo(Map.of(1L, 10L));
    assertThat(rows(Moments.NOW)).isEqualTo(Map.of(1L, 12L));
  }

  @Test
  void retainsRowsThatLeaveUntilTheMomentIsReleased() {
    append(1, 10);
    long moment = hold();
    append(2, 20);
    store();
    append(3, 30);
    assertThat(rows(Moments.NOW)).isEqualTo(Map.of(3L, 30L));
    assertThat(rows(moment)).isEqualTo(Map.of(1L, 10L));
    assertThat(moments.retainedBytes()).isPositive();
    long afterwards = hold();
    assertThat(rows(afterwards)).isEqualTo(Map.of(3L, 30L));
    moments.release(moment);
    assertThat(moments.retainedBytes()).isZero();
    assertThat(rows(afterwards)).isEqualTo(Map.of(3L, 30L));
  }

  @Test
  void retainsNothingThatCameAfterAllMoments() {
    hold();
    append(1, 10);
    store();
    assertThat(moments.retainedBytes()).isZero();
  }

  @Test
  void retainsNothingOnceAllAreReleased() {
    append(1, 10);
    moments.release(hold());
    store();
    assertThat(moments.retainedBytes()).isZero();
  }

  @Test
  void keepsWhatIsDeletedLater() {
    append(1, 10);
    append(2, 20);
    long moment = hold();
    head.delete(SERIES, new TimeRange(0, 2));
    long between = hold();
    head.delete(SERIES, TimeRange.ALL);
    assertThat(rows(moment)).isEqualTo(Map.of(1L, 10L, 2L, 20L));
    assertThat(rows(between)).isEqualTo(Map.of(2L, 20L));
    assertThat(rows(Moments.NOW)).isEmpty();
    append(1, 30);
    assertThat(rows(moment)).isEqualTo(Map.of(1L, 10L, 2L, 20L));
    assertThat(rows(Moments.NOW)).isEqualTo(Map.of(1L, 30L));
  }

  @Test
  void givesTheOldestUpWhenTooMuchIsRetained() {
    append(0, 1);
    store();
    append(1, 10);
    long moment = hold();
    long young = 0;
    for (int time = 2; moments.isHeld(moment); time++) {
      assertThat(time).isLessThan(1000);
      store();
      append(time, 10);
      young = hold();
      moments.limitRetained();
    }
    assertThat(moments.givenUp()).isEqualTo(1);
    assertThat(moments.retainedBytes()).isBetween(1L, 10_000L);
    assertThat(moments.isHeld(young)).isTrue();
    moments.release(moment);
    moments.releaseAll();
    assertThat(moments.retainedBytes()).isZero();
    assertThat(moments.isHeld(young)).isFalse();
  }

  @Test
  void holdsNothingForAnActionThatFails() {
    assertThatThrownBy(
            () ->
                moments.hold(
                    moment -> {
                      throw new IllegalStateException("no view");
                    }))
        .hasMessage("no view");
    append(1, 10);
    store();
    assertThat(moments.retainedBytes()).isZero();
  }

  private long hold() {
    return moments.hold(moment -> moment);
  }

  private void append(long time, long value) {
    head.append(
        SERIES,
        time,
        1,
        new int[] {1},
        new byte[] {(byte) FieldType.INTEGER.code()},
        new long[] {value},
        new byte[1],
        new byte[0]);
  }

  /** All rows leave, as if they were in chunks now. */
  private void store() {
    head.freeze(SERIES);
    head.seal(SERIES).forEach(head::release);
  }

  private Map<Long, Long> rows(long moment) {
    Map<Long, Long> rows = new TreeMap<>();
    for (SortedRows some : head.rows(SERIES, new int[] {1}, TimeRange.ALL, moment)) {
      long[] values = new long[some.rowCount()];
      some.copyLongs(some.columnOf(1), 0, values.length, values);
      for (int row = 0; row < values.length; row++) {
        rows.put(some.timestampNanos(row), values[row]);
      }
    }
    return rows;
  }
}
