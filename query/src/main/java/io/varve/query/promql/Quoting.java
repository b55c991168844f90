package io.varve.query.promql;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Strings between quotes, by the rules of Go.
 *
 * <p>A Go string is bytes, so that {@code "\xff"} is not text. Such a byte is kept as a lone
 * surrogate, U+DC00 plus the byte, which no other text contains and which is written back as it
 * was.
 */
public final class Quoting {
  private static final char BYTE_BASE = 0xDC00;

  private Quoting() {}

  /** Whether it has no bytes that are not text. */
  static boolean isText(String value) {
    return value.codePoints().noneMatch(c -> c >= 0xD800 && c < 0xE000);
  }

  /** In double quotes, with what cannot be printed escaped. */
  public static String quote(String value) {
    StringBuilder out = new StringBuilder(value.length() + 2).append('"');
    value.codePoints().forEach(c -> append(out, c, '"'));
    return out.append('"').toString();
  }

  /** One character in single quotes; -1, the end of the text, as the replacement character. */
  static String quoteCharacter(int codePoint) {
    StringBuilder out = new StringBuilder("'");
    append(out, codePoint < 0 ? 0xFFFD : codePoint, '\'');
    return out.append('\'').toString();
  }

  private static void append(StringBuilder out, int c, char quote) {
    switch (c) {
      case 7 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 11 -> out.append("\\v");
      case '\\' -> out.append("\\\\");
      default -> {
        if (c == quote) {
          out.append('\\').append(quote);
        } else if (c >= BYTE_BASE + 0x80 && c <= BYTE_BASE + 0xFF) {
          out.append(String.format("\\x%02x", c - BYTE_BASE));
        } else if (isPrintable(c)) {
          out.appendCodePoint(c);
        } else if (c < 0x80) {
          out.append(String.format("\\x%02x", c));
        } else {
          out.append(String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
        }
      }
    }
  }

  private static boolean isPrintable(int c) {
    if (c < 0x80) {
      return c >= ' ' && c < 0x7F;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** The value of a string token, whose escapes the lexer has checked. */
  static String unquote(String token) {
    String body = token.substring(1, token.length() - 1);
    if (token.charAt(0) == '`' || body.indexOf('\\') < 0) {
      return body;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length());
    int at = 0;
    while (at < body.length()) {
      int c = body.codePointAt(at);
      at += Character.charCount(c);
      if (c == '\\') {
        at = unescape(body, at, out);
      } else {
        writeUtf8(out, c);
      }
    }
    return decode(out.toByteArray());
  }

  /** Writes what the escape means whose letter is at {@code at}; gives the place behind it. */
  private static int unescape(String body, int at, ByteArrayOutputStream out) {
    char c = body.charAt(at);
    switch (c) {
      case 'a' -> out.write(7);
      case 'b' -> out.write('\b');
      case 'f' -> out.write('\f');
      case 'n' -> out.write('\n');
      case 'r' -> out.write('\r');
      case 't' -> out.write('\t');
      case 'v' -> out.write(11);
      case 'x' -> {
        out.write(Integer.parseInt(body, at + 1, at + 3, 16));
        return at + 3;
      }
      case 'u' -> {
        writeUtf8(out, Integer.parseInt(body, at + 1, at + 5, 16));
        return at + 5;
      }
      case 'U' -> {
        writeUtf8(out, Integer.parseInt(body, at + 1, at + 9, 16));
        return at + 9;
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        out.write(Integer.parseInt(body, at, at + 3, 8));
        return at + 3;
      }
      default -> out.write(c);
    }
    return at + 1;
  }

  private static void writeUtf8(ByteArrayOutputStream out, int codePoint) {
    out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (result.isUnderflow()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (BYTE_BASE + (in.get() & 0xFF)));
      }
    }
  }
}
