package io.varve.server.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class JsonTextTest {
  /** Long enough for each way in which texts are looked through, and for two steps of it. */
  private static final int MAX_LENGTH = 20;

  @Test
  void findsEachByteThatNeedsAnEscapeWhereverItStands() {
    byte[] to = new byte[64];
    for (int length = 1; length <= MAX_LENGTH; length++) {
      for (int at = 0; at < length; at++) {
        for (int b = 0; b < 256; b++) {
          byte[] text = new byte[length];
          Arrays.fill(text, (byte) 'x');
          text[at] = (byte) b;
          boolean plain = b >= 0x20 && b < 0x80 && "\"\\<>&".indexOf(b) < 0;
          assertThat(JsonText.putPlain(to, 3, text))
              .as("byte %d at %d of %d", b, at, length)
              .isEqualTo(plain ? length + 5 : -1);
          if (plain) {
            assertThat(Arrays.copyOfRange(to, 3, length + 5)).isEqualTo(quoted(text));
          }
        }
      }
    }
  }

  @Test
  void seesBytesBesideOneAnother() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        byte[] text = "abcdefgh".getBytes(StandardCharsets.US_ASCII);
        text[3] = (byte) first;
        text[4] = (byte) second;
        boolean plain =
            JsonText.putPlain(new byte[16], 0, new byte[] {(byte) first}) > 0
                && JsonText.putPlain(new byte[16], 0, new byte[] {(byte) second}) > 0;
        assertThat(JsonText.putPlain(new byte[16], 0, text) > 0)
            .as("bytes %d and %d", first, second)
            .isEqualTo(plain);
      }
    }
  }

  @Test
  void writesAnEmptyText() {
    byte[] to = new byte[4];
    assertThat(JsonText.putPlain(to, 1, new byte[0])).isEqualTo(3);
    assertThat(to).containsExactly(0, '"', '"', 0);
  }

  private static byte[] quoted(byte[] text) {
    byte[] quoted = new byte[text.length + 2];
    quoted[0] = '"';
    System.arraycopy(text, 0, quoted, 1, text.length);
    quoted[text.length + 1] = '"';
    return quoted;
  }
}
