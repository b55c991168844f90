package io.varve.server.remote;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf messages into an array that grows. The length of a message within a message is
 * put in front once it is known, for which its bytes are moved. For one thread.
 */
final class ProtobufWriter {
  private byte[] bytes = new byte[4096];
  private int length;

  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Forgets everything behind this many bytes. */
  void truncate(int newLength) {
    length = newLength;
  }

  /** Begins a message that is the value of a field; the answer is for {@link #end}. */
  int begin(int field) {
    varint((long) field << 3 | ProtobufReader.BYTES);
    return length;
  }

  /** Ends the message begun there. */
  void end(int start) {
    int size = length - start;
    int prefix = varintSize(size);
    reserve(prefix);
    System.arraycopy(bytes, start, bytes, start + prefix, size);
    length = start;
    varint(size);
    length += size;
  }

  /** A field of text; left out if empty, as proto3 has it. */
  void text(int field, String value) {
    if (!value.isEmpty()) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      bytes(field, utf8, utf8.length);
    }
  }

  /** The part of a field in front of its bytes. */
  void prefix(int field, int count) {
    varint((long) field << 3 | ProtobufReader.BYTES);
    varint(count);
  }

  void bytes(int field, byte[] value, int count) {
    prefix(field, count);
    reserve(count);
    System.arraycopy(value, 0, bytes, length, count);
    length += count;
  }

  /** A field of an integer; left out if 0. */
  void integer(int field, long value) {
    if (value != 0) {
      varint((long) field << 3 | ProtobufReader.VARINT);
      varint(value);
    }
  }

  /** A field of a double; left out if its bits are those of 0. */
  void number(int field, double value) {
    long bits = Double.doubleToRawLongBits(value);
    if (bits != 0) {
      varint((long) field << 3 | ProtobufReader.FIXED64);
      rawDouble(value);
    }
  }

  /** A double without its field, as lists of them have it. */
  void rawDouble(double value) {
    long bits = Double.doubleToRawLongBits(value);
    reserve(8);
    for (int i = 0; i < 8; i++) {
      bytes[length++] = (byte) (bits >>> (8 * i));
    }
  }

  /** A field of an integer of type sint; left out if 0. */
  void signed(int field, long value) {
    integer(field, value << 1 ^ value >> 63);
  }

  private void varint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private static int varintSize(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
