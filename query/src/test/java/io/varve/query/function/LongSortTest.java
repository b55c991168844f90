package io.varve.query.function;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class LongSortTest {
  private static final int MANY = 5 * LongSort.PIECE;

  private static void check(int count, IntToLongFunction value) {
    long[] values = new long[count + 3];
    Arrays.setAll(values, value);
    long[] expected = values.clone();
    Arrays.sort(expected, 0, count);
    LongSort.sort(values, count, () -> {});
    assertThat(Arrays.equals(values, expected)).isTrue();
  }

  @Test
  void sortsWhateverTheOrder() {
    SplittableRandom random = new SplittableRandom(9);
    for (int count : new int[] {0, 1, 2, 1000, LongSort.PIECE, LongSort.PIECE + 1, MANY}) {
      check(count, i -> random.nextLong());
      check(count, i -> random.nextInt(5));
      check(count, i -> i);
      check(count, i -> -i);
      check(count, i -> 7);
      check(count, i -> i % 1000 == 0 ? Long.MIN_VALUE : Long.MAX_VALUE - i);
      check(count, i -> Math.min(i, count - i));
    }
  }

  @Test
  void givesUpBetweenPieces() {
    SplittableRandom random = new SplittableRandom(9);
    long[] values = random.longs(MANY).toArray();
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(
            () ->
                LongSort.sort(
                    values,
                    MANY,
                    () -> {
                      if (asked.incrementAndGet() == 4) {
                        throw new IllegalArgumentException("enough");
                      }
                    }))
        .hasMessage("enough");
    byte[][] texts = new byte[MANY][];
    Arrays.setAll(texts, i -> Long.toString(values[i]).getBytes(US_ASCII));
    assertThatThrownBy(
            () ->
                LongSort.sort(
                    texts,
                    () -> {
                      throw new IllegalArgumentException("enough");
                    }))
        .hasMessage("enough");
  }
}
