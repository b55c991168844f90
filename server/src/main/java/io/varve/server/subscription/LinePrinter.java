package io.varve.server.subscription;

import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Prints points as line protocol with times in nanoseconds. For one thread.
 *
 * <p>What line protocol cannot say is left out: NaN and the infinities, points without anything
 * else, and series with newlines in their names.
 */
final class LinePrinter {
  /** A buffer that one huge batch has blown up is given back. */
  private static final int MAX_KEPT_BYTES = 1 << 20;

  private byte[] out = new byte[4096];
  private int length;
  private int lines;

  /** The start of the lines of the series printed last. */
  private byte[] key = new byte[0];

  private boolean keyPrints;

  /** Prints the points of a batch; what was printed before is gone. */
  void print(PointBatch batch) {
    length = 0;
    lines = 0;
    if (out.length > MAX_KEPT_BYTES) {
      out = new byte[MAX_KEPT_BYTES];
    }
    for (int row = 0; row < batch.rowCount(); row++) {
      if (!batch.sameKeyAsPrevious(row)) {
        readKey(batch, row);
      }
      if (keyPrints) {
        printRow(batch, row);
      }
    }
  }

  /** Lines printed. */
  int lines() {
    return lines;
  }

  /** The lines, each with its newline. */
  byte[] toBytes() {
    return Arrays.copyOf(out, length);
  }

  /** Canonical keys hold lengths and bytes in turn: measurement, then keys and values of tags. */
  private void readKey(PointBatch batch, int row) {
    byte[] bytes = batch.keyBytes(row);
    int start = length;
    int at = batch.keyOffset(row);
    int end = at + batch.keyLength(row);
    for (int part = 0; at < end; part++) {
      int partLength = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = bytes[at++];
        partLength |= (next & 0x7F) << shift;
        if (next >= 0) {
          break;
        }
      }
      if (part > 0) {
        put(part % 2 == 1 ? ',' : '=');
      }
      name(bytes, at, partLength, part > 0);
      at += partLength;
    }
    key = Arrays.copyOfRange(out, start, length);
    keyPrints = true;
    for (byte each : key) {
      keyPrints &= each != '\n';
    }
    length = start;
  }

  private void printRow(PointBatch batch, int row) {
    int start = length;
    put(key);
    char separator = ' ';
    for (int value = batch.firstValue(row); value < batch.endValue(row); value++) {
      FieldType type = batch.type(value);
      if (type == FieldType.FLOAT && !Double.isFinite(Double.longBitsToDouble(batch.bits(value)))) {
        continue;
      }
      put(separator);
      separator = ',';
      name(batch.arena(), batch.nameOffset(value), batch.nameLength(value), true);
      put('=');
      value(batch, value, type);
    }
    if (separator == ' ') {
      length = start;
      return;
    }
    put(' ');
    ascii(Long.toString(batch.timestampNanos(row)));
    put('\n');
    lines++;
  }

  private void value(PointBatch batch, int value, FieldType type) {
    long bits = batch.bits(value);
    switch (type) {
      case FLOAT -> ascii(Double.toString(Double.longBitsToDouble(bits)));
      case INTEGER -> {
        ascii(Long.toString(bits));
        put('i');
      }
      case UNSIGNED -> {
        ascii(Long.toUnsignedString(bits));
        put('u');
      }
      case BOOLEAN -> put(bits == 0 ? 'f' : 't');
      case STRING -> {
        put('"');
        int end = batch.stringOffset(value) + batch.stringLength(value);
        for (int at = batch.stringOffset(value); at < end; at++) {
          byte next = batch.arena()[at];
          if (next == '"' || next == '\\') {
            put('\\');
          }
          put(next);
        }
        put('"');
      }
    }
  }

  private void name(byte[] from, int offset, int count, boolean escapesEquals) {
    for (int at = offset; at < offset + count; at++) {
      byte next = from[at];
      if (next == ',' || next == ' ' || (escapesEquals && next == '=')) {
        put('\\');
      }
      put(next);
    }
  }

  private void ascii(String text) {
    put(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void put(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, out, length, bytes.length);
    length += bytes.length;
  }

  private void put(int next) {
    reserve(1);
    out[length++] = (byte) next;
  }

  private void reserve(int count) {
    if (out.length - length < count) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + count));
    }
  }
}
