package io.varve.storage.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing little-endian byte buffer, reused from chunk to chunk. For one thread. */
public final class ByteWriter {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int INITIAL_BYTES = 4096;

  /** A larger buffer, grown for long strings, is not kept. */
  private static final int MAX_KEPT_BYTES = 1 << 20;

  private static final int MAX_VARINT_BYTES = 10;
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;

  public void clear() {
    length = 0;
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
  }

  public int length() {
    return length;
  }

  /** The bytes written so far are the first {@link #length} of this array, until the next write. */
  public byte[] array() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Appends room for bytes that the caller fills; they hold anything before. Returns its start. */
  public int reserve(int count) {
    int start = length;
    if (count > bytes.length - start) {
      bytes =
          Arrays.copyOf(
              bytes,
              Math.max(Math.addExact(start, count), (int) Math.min(2L * bytes.length, MAX_BYTES)));
    }
    length = start + count;
    return start;
  }

  public void writeByte(int value) {
    int at = reserve(1);
    bytes[at] = (byte) value;
  }

  public void writeShort(int value) {
    int at = reserve(2);
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >>> 8);
  }

  public void writeInt(int value) {
    setInt(reserve(4), value);
  }

  public void writeLong(long value) {
    int at = reserve(8);
    LONG.set(bytes, at, value);
  }

  /** Overwrites four bytes. */
  public void setInt(int offset, int value) {
    INT.set(bytes, offset, value);
  }

  /** LEB128: seven bits a byte, low ones first, 1 to 10 bytes. */
  public void writeUnsignedVarint(long value) {
    int at = reserve(MAX_VARINT_BYTES);
    byte[] to = bytes;
    if (value >>> 14 == 0) {
      // One byte or two is a toss-up for the branch predictor: always write two.
      int more = (int) ((0x7f - value) >>> 63);
      to[at] = (byte) ((value & 0x7f) | more << 7);
      to[at + 1] = (byte) (value >>> 7);
      length = at + 1 + more;
      return;
    }
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    length = at;
  }

  /** Zig-zag, so that small magnitudes are short, then {@link #writeUnsignedVarint}. */
  public void writeSignedVarint(long value) {
    writeUnsignedVarint((value << 1) ^ (value >> 63));
  }

  public void writeBytes(byte[] source, int offset, int count) {
    int at = reserve(count);
    System.arraycopy(source, offset, bytes, at, count);
  }

  static int unsignedVarintLength(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  static int signedVarintLength(long value) {
    return unsignedVarintLength((value << 1) ^ (value >> 63));
  }
}
