package io.varve.server.encode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes JSON strings the way Go does: {@code <}, {@code >}, {@code &} and the two Unicode line
 * separators are escaped too, and bytes that are not UTF-8 become U+FFFD.
 */
final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final boolean[] PLAIN = plainBytes();
  private static final char FIRST_NO_ASCII = 0x80;

  /** One in each byte. */
  private static final long EACH = 0x0101_0101_0101_0101L;

  private static final long HIGH = 0x8080_8080_8080_8080L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Texts of so many bytes, which seldom need an escape, are looked through while copied. */
  private static final int MAX_SHORT = ByteWriter.MAX_RESERVE - 2;

  /** Texts of so many characters are copied one by one, which spares an array for their bytes. */
  private static final int MAX_COPIED = 32;

  private final ByteWriter out;

  JsonText(ByteWriter out) {
    this.out = out;
  }

  void write(String text) {
    if (text.length() <= MAX_COPIED) {
      out.reserve(MAX_COPIED + 2);
      int end = putPlain(out.array(), out.position(), text);
      if (end >= 0) {
        out.moveTo(end);
        return;
      }
    }
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes UTF-8 bytes between quotes. */
  void write(byte[] utf8) {
    if (utf8.length <= MAX_SHORT) {
      out.reserve(utf8.length + 2);
      int end = putPlain(out.array(), out.position(), utf8);
      if (end >= 0) {
        out.moveTo(end);
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

  /** As for bytes, of a text that may need an escape or have characters that are no ASCII. */
  private static int putPlain(byte[] to, int at, String text) {
    int count = text.length();
    int from = at + 1;
    to[at] = '"';
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= FIRST_NO_ASCII || !PLAIN[c]) {
        return -1;
      }
      to[from + i] = (byte) c;
    }
    to[from + count] = '"';
    return from + count + 1;
  }

  /**
   * Puts a text that needs no escape between quotes, where there is room for both, and answers
   * where that ends; -1 if it needs one. Looks at eight bytes at a time, the last of which may be
   * looked at twice.
   */
  static int putPlain(byte[] to, int at, byte[] utf8) {
    int count = utf8.length;
    int from = at + 1;
    to[at] = '"';
    if (count >= Long.BYTES) {
      int last = count - Long.BYTES;
      for (int i = 0; i < last; i += Long.BYTES) {
        long eight = (long) LONGS.get(utf8, i);
        if (!isPlain(eight)) {
          return -1;
        }
        LONGS.set(to, from + i, eight);
      }
      long eight = (long) LONGS.get(utf8, last);
      if (!isPlain(eight)) {
        return -1;
      }
      LONGS.set(to, from + last, eight);
    } else if (count >= Integer.BYTES) {
      int first = (int) INTS.get(utf8, 0);
      int last = (int) INTS.get(utf8, count - Integer.BYTES);
      if (!isPlain(((long) last << Integer.SIZE) | (first & 0xffff_ffffL))) {
        return -1;
      }
      INTS.set(to, from, first);
      INTS.set(to, from + count - Integer.BYTES, last);
    } else {
      for (int i = 0; i < count; i++) {
        if (!PLAIN[utf8[i] & 0xff]) {
          return -1;
        }
        to[from + i] = utf8[i];
      }
    }
    to[from + count] = '"';
    return from + count + 1;
  }

  /**
   * Whether none of eight bytes needs an escape. The high bit of a byte of a difference tells that
   * the byte was less; {@code "} and {@code &} differ in one bit, and so do {@code <} and {@code
   * >}.
   */
  static boolean isPlain(long eight) {
    long control = eight - 0x20 * EACH;
    long quote = ((eight | 0x04 * EACH) ^ '&' * EACH) - EACH;
    long bracket = ((eight | 0x02 * EACH) ^ '>' * EACH) - EACH;
    long backslash = (eight ^ '\\' * EACH) - EACH;
    return ((control | quote | bracket | backslash | eight) & HIGH) == 0;
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
