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

  /** A larger buffer, grown for long strings, is not kept, unless said otherwise. */
  private static final int MAX_KEPT_BYTES = 1 << 20;

  /** Most bytes that a varint takes, or that {@link #putSignedVarint} touches. */
  public static final int MAX_VARINT_BYTES = 10;

  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private final int maxKeptBytes;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;

  public ByteWriter() {
    this(MAX_KEPT_BYTES);
  }

  /**
   * A writer of long things.
   *
   * @param maxKeptBytes a buffer larger than this is not used again
   */
  public ByteWriter(int maxKeptBytes) {
    this.maxKeptBytes = maxKeptBytes;
  }

  public void clear() {
    length = 0;
    if (bytes.length > maxKeptBytes) {
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
    length = putUnsignedVarint(bytes, at, value);
  }

  /**
   * Writes a varint to where there is room for {@link #MAX_VARINT_BYTES}; answers where it ends.
   */
  public static int putUnsignedVarint(byte[] to, int at, long value) {
    if (value >>> 14 == 0) {
      // One byte or two is a toss-up for the branch predictor: always write two.
      int more = (int) ((0x7f - value) >>> 63);
      to[at] = (byte) ((value & 0x7f) | more << 7);
      to[at + 1] = (byte) (value >>> 7);
      return at + 1 + more;
    }
    int end = at;
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      to[end++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[end++] = (byte) rest;
    return end;
  }

  /** As {@link #putUnsignedVarint}, with zig-zag. */
  public static int putSignedVarint(byte[] to, int at, long value) {
    return putUnsignedVarint(to, at, (value << 1) ^ (value >> 63));
  }

  /** Writes eight bytes. */
  public static void putLong(byte[] to, int at, long value) {
    LONG.set(to, at, value);
  }

  /** Says that what was reserved last ends here. */
  public void endAt(int end) {
    length = end;
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
