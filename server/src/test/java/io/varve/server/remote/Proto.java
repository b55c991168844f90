package io.varve.server.remote;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes protobuf field by field, and takes it apart again, with no care for speed. */
public final class Proto {
  /** A field; {@code number} is the value of the numeric wire types. */
  public record Field(int number, int wireType, long value, byte[] bytes) {
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    public double asDouble() {
      return Double.longBitsToDouble(value);
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public byte[] toBytes() {
    return out.toByteArray();
  }

  public Proto varint(int field, long value) {
    raw((long) field << 3);
    return raw(value);
  }

  public Proto number(int field, double value) {
    raw((long) field << 3 | 1);
    long bits = Double.doubleToRawLongBits(value);
    for (int i = 0; i < 8; i++) {
      out.write((int) (bits >>> (8 * i)));
    }
    return this;
  }

  public Proto fixed32(int field, int value) {
    raw((long) field << 3 | 5);
    for (int i = 0; i < 4; i++) {
      out.write(value >>> (8 * i));
    }
    return this;
  }

  public Proto text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  public Proto message(int field, Proto value) {
    return bytes(field, value.toBytes());
  }

  public Proto packed(int field, long... values) {
    Proto inner = new Proto();
    for (long value : values) {
      inner.raw(value);
    }
    return message(field, inner);
  }

  public Proto bytes(int field, byte[] value) {
    raw((long) field << 3 | 2);
    raw(value.length);
    out.writeBytes(value);
    return this;
  }

  private Proto raw(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  /** A label of version 1.0, as are the series. */
  public static Proto label(String name, String value) {
    return new Proto().text(1, name).text(2, value);
  }

  public static Proto sample(double value, long timeMillis) {
    return new Proto().number(1, value).varint(2, timeMillis);
  }

  /** A series of version 1.0 with one sample. */
  public static Proto series(double value, long timeMillis, String... labels) {
    Proto series = new Proto();
    for (int i = 0; i < labels.length; i += 2) {
      series.message(1, label(labels[i], labels[i + 1]));
    }
    return series.message(2, sample(value, timeMillis));
  }

  /** The fields of a message, in order. */
  public static List<Field> fields(byte[] message) {
    List<Field> fields = new ArrayList<>();
    int[] at = {0};
    while (at[0] < message.length) {
      long tag = varint(message, at);
      int wireType = (int) tag & 7;
      long value = 0;
      byte[] bytes = {};
      if (wireType == 0) {
        value = varint(message, at);
      } else if (wireType == 1) {
        for (int i = 0; i < 8; i++) {
          value |= (message[at[0]++] & 0xffL) << (8 * i);
        }
      } else if (wireType == 2) {
        bytes = new byte[(int) varint(message, at)];
        System.arraycopy(message, at[0], bytes, 0, bytes.length);
        at[0] += bytes.length;
      } else {
        throw new IllegalArgumentException("wire type " + wireType);
      }
      fields.add(new Field((int) (tag >>> 3), wireType, value, bytes));
    }
    return fields;
  }

  /** Those fields of a message that have this number. */
  public static List<Field> fields(byte[] message, int number) {
    return fields(message).stream().filter(field -> field.number() == number).toList();
  }

  /** The varint at a place, which moves behind it. */
  public static long varint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at[0]++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
