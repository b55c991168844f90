package io.varve.server.ingest;

import io.varve.storage.model.FieldType;
import io.varve.storage.model.KnownFields;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads {@code name=number,...} where the names and the types of the numbers are known beforehand:
 * names are compared, not searched, and short integers read without a branch per digit.
 *
 * <p>What it accepts, {@link PointParser} reads the same way; it need not accept everything. For
 * one thread; the result stands until the next call.
 */
final class ExpectedFields {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ZEROES = 0x3030303030303030L;

  /** Takes bytes above 9 to where their highest bit is set. */
  private static final long ABOVE_NINE = 0x7676767676767676L;

  private static final long HIGH_BITS = 0x8080808080808080L;

  private final NumberReader number = new NumberReader();
  private final long[] bits = new long[KnownFields.MAX_FIELDS];
  private final byte[] decimals = new byte[KnownFields.MAX_FIELDS];

  /** By field, as {@link io.varve.storage.model.PointBatch#addRow} wants them. */
  long[] bits() {
    return bits;
  }

  /** By field, as {@link io.varve.storage.model.PointBatch#addRow} wants them. */
  byte[] decimals() {
    return decimals;
  }

  /** Answers where the timestamp begins, one space behind the fields, or -1. */
  int read(byte[] bytes, int start, int limit, KnownFields fields, int list) {
    byte[] text = fields.text();
    int first = fields.firstField(list);
    int count = fields.fieldCount(list);
    int at = start;
    for (int i = 0; i < count; i++) {
      int nameLength = fields.nameLength(first + i) + 1;
      // With room for a word behind the name, as both comparing and reading take words.
      if (limit - at < nameLength + 2 * Long.BYTES
          || !startsWith(bytes, at, text, fields.nameStart(first + i), nameLength)) {
        return -1;
      }
      at = readNumber(bytes, at + nameLength, limit, fields.typeCode(first + i), i);
      if (at < 0 || at >= limit || bytes[at] != (i < count - 1 ? ',' : ' ')) {
        return -1;
      }
      at++;
    }
    return at;
  }

  /** Compares whole words, of the last one the bytes in question: there are more in both arrays. */
  private static boolean startsWith(byte[] bytes, int at, byte[] text, int start, int length) {
    int done = 0;
    for (; done + Long.BYTES <= length; done += Long.BYTES) {
      if ((long) LONGS.get(bytes, at + done) != (long) LONGS.get(text, start + done)) {
        return false;
      }
    }
    if (done == length) {
      return true;
    }
    long difference = (long) LONGS.get(bytes, at + done) ^ (long) LONGS.get(text, start + done);
    return difference << (Byte.SIZE * (Long.BYTES - (length - done))) == 0;
  }

  /** Answers where the number ended, or -1. */
  private int readNumber(byte[] bytes, int start, int limit, int typeCode, int field) {
    if (typeCode == FieldType.INTEGER.code()) {
      int end = readShortInteger(bytes, start, field);
      if (end >= 0) {
        return end;
      }
    }
    if (number.read(bytes, start, limit) != null || number.type().code() != typeCode) {
      return -1;
    }
    if (typeCode == FieldType.FLOAT.code()) {
      bits[field] = Double.doubleToRawLongBits(number.value());
      decimals[field] = (byte) number.decimals();
    } else {
      bits[field] = number.bits();
      decimals[field] = 0;
    }
    return number.end();
  }

  /** An integer of one to seven digits; eight bytes can be read. */
  private int readShortInteger(byte[] bytes, int start, int field) {
    boolean negative = bytes[start] == '-';
    int firstDigit = negative ? start + 1 : start;
    long digits = (long) LONGS.get(bytes, firstDigit) ^ ZEROES;
    int length =
        Long.numberOfTrailingZeros(((digits + ABOVE_NINE) | digits) & HIGH_BITS) / Byte.SIZE;
    if (length == 0 || length == Long.BYTES || bytes[firstDigit + length] != 'i') {
      return -1;
    }
    // Zeroes come in front, then pairs, fours and the eight are added up side by side.
    digits <<= Byte.SIZE * (Long.BYTES - length);
    digits = ((digits * ((10 << 8) | 1)) >>> 8) & 0x00ff00ff00ff00ffL;
    digits = ((digits * ((100 << 16) | 1)) >>> 16) & 0x0000ffff0000ffffL;
    long value = (digits * ((10_000L << 32) | 1)) >>> 32;
    bits[field] = negative ? -value : value;
    decimals[field] = 0;
    return firstDigit + length + 1;
  }
}
