package io.varve.server.ingest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds where lines end, also across chunks.
 *
 * <p>A newline ends the line unless it stands inside a quoted field value, and only a quote right
 * behind the {@code =} of a field opens one. Most lines hold no quote at all: those are searched
 * eight bytes at a time (for a word {@code x} with zero bytes where the wanted ones were, {@code (x
 * - 0x01..) & ~x & 0x80..} marks the first of them). The others walk through a small automaton
 * whose state survives the end of a chunk.
 */
final class LineScanner {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long NEWLINES = ONES * '\n';
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';

  private enum State {
    LEADING_SPACE,
    COMMENT,
    KEY,
    FIELD_NAME,
    VALUE_START,
    PLAIN_VALUE,
    STRING,
    REST
  }

  private State state = State.LEADING_SPACE;

  /**
   * Whether the byte before escapes this one. In a string backslashes come in pairs; in keys two in
   * a row are two ordinary bytes and the second may escape in its turn.
   */
  private boolean afterBackslash;

  /** Says that the next byte is the first of a line. */
  void startLine() {
    state = State.LEADING_SPACE;
    afterBackslash = false;
  }

  /** The newline that ends the line begun, or -1 if the line goes on behind {@code to}. */
  int findEnd(byte[] bytes, int from, int to) {
    if (state == State.LEADING_SPACE) {
      int plain = findPlainEnd(bytes, from, to);
      if (plain >= 0) {
        return plain;
      }
    }
    return walk(bytes, from, to);
  }

  /** The first newline if no quote stands before it, else -1. */
  private static int findPlainEnd(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long word = (long) LONGS.get(bytes, i);
      long newlines = markZeroes(word ^ NEWLINES);
      long quotes = markZeroes(word ^ QUOTES);
      if ((newlines | quotes) != 0) {
        int newline = Long.numberOfTrailingZeros(newlines);
        return newline < Long.numberOfTrailingZeros(quotes) ? i + (newline >>> 3) : -1;
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
      if (bytes[i] == '"') {
        return -1;
      }
    }
    return -1;
  }

  /** Whether any of the bytes is a backslash. */
  static boolean containsBackslash(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      if (markZeroes((long) LONGS.get(bytes, i) ^ BACKSLASHES) != 0) {
        return true;
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  private static long markZeroes(long word) {
    return (word - ONES) & ~word & HIGH_BITS;
  }

  private int walk(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte next = bytes[i];
      if (state == State.STRING) {
        if (!afterBackslash && next == '"') {
          state = State.PLAIN_VALUE;
        }
        afterBackslash = !afterBackslash && next == '\\';
      } else if (next == '\n') {
        return i;
      } else {
        state = afterBackslash ? afterOrdinary() : after(next);
        afterBackslash = next == '\\';
      }
    }
    return -1;
  }

  private State afterOrdinary() {
    return switch (state) {
      case LEADING_SPACE -> State.KEY;
      case VALUE_START -> State.PLAIN_VALUE;
      default -> state;
    };
  }

  private State after(byte next) {
    return switch (state) {
      case LEADING_SPACE ->
          next == '#' ? State.COMMENT : isSpace(next) ? State.LEADING_SPACE : State.KEY;
      case KEY -> next == ' ' ? State.FIELD_NAME : State.KEY;
      case FIELD_NAME -> next == '=' ? State.VALUE_START : State.FIELD_NAME;
      case VALUE_START -> next == '"' ? State.STRING : afterValueByte(next);
      case PLAIN_VALUE -> afterValueByte(next);
      case STRING, COMMENT, REST -> state;
    };
  }

  private static State afterValueByte(byte next) {
    return switch (next) {
      case ',' -> State.FIELD_NAME;
      case ' ' -> State.REST;
      default -> State.PLAIN_VALUE;
    };
  }

  /** Bytes that may stand before a line's text and between its parts. */
  static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == 0;
  }
}
