package io.varve.server.encode;

import java.nio.charset.StandardCharsets;

/**
 * Writes JSON strings the way Go does: {@code <}, {@code >}, {@code &} and the two Unicode line
 * separators are escaped too, and bytes that are not UTF-8 become U+FFFD.
 */
final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final boolean[] PLAIN = plainBytes();

  /** Texts of so many bytes, which seldom need an escape, are looked through while copied. */
  private static final int MAX_SHORT = ByteWriter.MAX_RESERVE - 2;

  private final ByteWriter out;

  JsonText(ByteWriter out) {
    this.out = out;
  }

  void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes UTF-8 bytes between quotes. */
  void write(byte[] utf8) {
    if (utf8.length <= MAX_SHORT) {
      out.reserve(utf8.length + 2);
      if (out.putQuoted(utf8, PLAIN)) {
        return;
      }
    }
    out.write('"');
    int written = 0;
    int i = 0;
    while (i < utf8.length) {
      if (PLAIN[utf8[i] & 0xff]) {
        i++;
        continue;
      }
      int length = sequenceLength(utf8, i);
      if (length > 1 && !isLineSeparator(utf8, i, length)) {
        i += length;
        continue;
      }
      out.write(utf8, written, i - written);
      writeEscape(utf8, i, length);
      i += Math.max(1, length);
      written = i;
    }
    out.write(utf8, written, utf8.length - written);
    out.write('"');
  }

  private void writeEscape(byte[] utf8, int at, int length) {
    out.reserve(6);
    out.put('\\');
    if (length == 0) {
      putHex(0xfffd);
    } else if (length > 1) {
      putHex(0x2000 | (utf8[at + 2] & 0x3f));
    } else {
      switch (utf8[at]) {
        case '"', '\\' -> out.put(utf8[at]);
        case '\n' -> out.put('n');
        case '\r' -> out.put('r');
        case '\t' -> out.put('t');
        default -> putHex(utf8[at]);
      }
    }
  }

  private void putHex(int unit) {
    out.put('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.put(HEX[(unit >> shift) & 0xf]);
    }
  }

  /** U+2028 and U+2029. */
  private static boolean isLineSeparator(byte[] utf8, int at, int length) {
    return length == 3
        && utf8[at] == (byte) 0xe2
        && utf8[at + 1] == (byte) 0x80
        && (utf8[at + 2] & 0xfe) == 0xa8;
  }

  /** Bytes of the character that begins here, or 0 if there is no valid one. */
  private static int sequenceLength(byte[] utf8, int at) {
    int lead = utf8[at] & 0xff;
    if (lead < 0x80) {
      return 1;
    }
    int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || utf8.length - at < length) {
      return 0;
    }
    int second = utf8[at + 1] & 0xff;
    boolean valid =
        switch (lead) {
          case 0xe0 -> second >= 0xa0 && second < 0xc0;
          case 0xed -> second >= 0x80 && second < 0xa0;
          case 0xf0 -> second >= 0x90 && second < 0xc0;
          case 0xf4 -> second >= 0x80 && second < 0x90;
          default -> second >= 0x80 && second < 0xc0;
        };
    for (int i = 2; i < length; i++) {
      valid &= (utf8[at + i] & 0xc0) == 0x80;
    }
    return valid ? length : 0;
  }

  private static boolean[] plainBytes() {
    boolean[] plain = new boolean[256];
    for (int b = 0x20; b < 0x80; b++) {
      plain[b] = "\"\\<>&".indexOf(b) < 0;
    }
    return plain;
  }
}
