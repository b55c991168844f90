package io.varve.server.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ByteWriterTest {
  @Test
  void writesNumbersOfEveryLength() {
    long power = 1;
    for (int digits = 1; digits <= 19; digits++) {
      for (long value : new long[] {power - 1, power, power + 1, power * 9, power * 10 - 1}) {
        check(value);
      }
      power *= 10;
    }
    for (long value = 0; value < 12_000; value++) {
      check(value);
    }
    check(Long.MIN_VALUE);
    check(Long.MAX_VALUE);
  }

  @Test
  void writesAnyNumber() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      check(random.nextLong() >>> random.nextInt(64));
      check(random.nextLong() >> random.nextInt(64));
    }
  }

  private static void check(long value) {
    CollectingSink sink = new CollectingSink();
    ByteWriter out = new ByteWriter(sink, new byte[ByteWriter.MIN_BUFFER_BYTES]);
    out.writeLong(value);
    out.write(' ');
    out.writeUnsigned(value);
    out.flush();
    assertThat(sink.text()).isEqualTo(value + " " + Long.toUnsignedString(value));
    assertThat(ByteWriter.countDigits(value)).isEqualTo(Long.toUnsignedString(value).length());
  }
}
