package io.varve.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ValueOrderTest {
  @Test
  void sortsByUnsignedBytesHoweverTheValuesGrow() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    for (int round = 0; round < 60; round++) {
      SplittableRandom random = new SplittableRandom(seed + round);
      byte[][] values = distinctValues(random, 1 + random.nextInt(2000));
      int first = random.nextInt(values.length + 1);
      int[] before = ValueOrder.sort(values, first, new int[0]);
      int[] order = ValueOrder.sort(values, values.length, before);
      byte[][] expected = values.clone();
      Arrays.sort(expected, Arrays::compareUnsigned);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[order[i]])
            .as("varve.seed=%d round %d place %d", seed, round, i)
            .isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void sortsValuesThatDifferOnlyFarBehind() {
    byte[][] values = new byte[40][];
    for (int i = 0; i < values.length; i++) {
      values[i] = new byte[300];
      values[i][100 + i * 5] = (byte) 0x80;
    }
    int[] order = ValueOrder.sort(values, values.length, new int[0]);
    for (int i = 0; i < values.length; i++) {
      assertThat(order[i]).isEqualTo(values.length - 1 - i);
    }
  }

  private static byte[][] distinctValues(SplittableRandom random, int count) {
    int alphabet = 2 + random.nextInt(255);
    int longest = 3 + random.nextInt(20);
    return java.util.stream.Stream.generate(
            () -> {
              byte[] value = new byte[1 + random.nextInt(longest)];
              for (int i = 0; i < value.length; i++) {
                value[i] = (byte) random.nextInt(alphabet);
              }
              return java.nio.ByteBuffer.wrap(value);
            })
        .limit(count)
        .distinct()
        .map(java.nio.ByteBuffer::array)
        .toArray(byte[][]::new);
  }
}
