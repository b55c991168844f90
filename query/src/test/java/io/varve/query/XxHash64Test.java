package io.varve.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XxHash64Test {
  @ParameterizedTest
  @CsvSource({
    "'', ef46db3751d8e999",
    "a, d24ec4f1a98c6e5b",
    "abc, 44bc2cf5ad770999",
    "Nobody inspects the spammish repetition, fbcea83c8a378bf1"
  })
  void hashesAsPublished(String text, String hash) {
    assertThat(Long.toHexString(XxHash64.of(text.getBytes(UTF_8)))).isEqualTo(hash);
  }

  @Test
  void hashesNumbersLikeTheirBytes() {
    for (long value : new long[] {0, 1, -1, 42, Long.MIN_VALUE, 0x0123456789abcdefL}) {
      byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
      assertThat(XxHash64.ofBigEndian(value)).isEqualTo(XxHash64.of(bytes));
    }
    assertThat(XxHash64.ofByte(0)).isEqualTo(XxHash64.of(new byte[] {0}));
    assertThat(XxHash64.ofByte(1)).isEqualTo(XxHash64.of(new byte[] {1}));
  }
}
