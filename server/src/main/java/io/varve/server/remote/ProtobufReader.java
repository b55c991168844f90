package io.varve.server.remote;

/**
 * Walks the fields of protobuf messages in an array, without copying. A message within a message is
 * read by narrowing the end: {@link #enter} and {@link #leave}. For one thread.
 */
final class ProtobufReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private byte[] bytes = {};
  private int at;
  private int end;
  private int field;
  private int wireType;

  /** Where the bytes of the last {@link #readBytes} are. */
  private int bytesOffset;

  private int bytesLength;

  void begin(byte[] message, int offset, int length) {
    bytes = message;
    at = offset;
    end = offset + length;
  }

  byte[] array() {
    return bytes;
  }

  /** Whether the message goes on. */
  boolean hasMore() {
    return at < end;
  }

  /** Moves to the next field; false at the end of the message. */
  boolean nextField() throws MalformedMessageException {
    if (at == end) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    if (tag >>> 32 != 0 || field == 0) {
      throw malformed();
    }
    return true;
  }

  /** Whether the current field is this one; a field of another wire type is not it. */
  boolean is(int number, int type) {
    return field == number && wireType == type;
  }

  /** Passes over the current field. */
  void skip() throws MalformedMessageException {
    switch (wireType) {
      case VARINT -> readVarint();
      case FIXED64 -> advance(8);
      case BYTES -> readBytes();
      case FIXED32 -> advance(4);
      default -> throw malformed();
    }
  }

  private void advance(int count) throws MalformedMessageException {
    if (end - at < count) {
      throw malformed();
    }
    at += count;
  }

  long readVarint() throws MalformedMessageException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw malformed();
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed();
  }

  /** The signed number of a varint of type sint. */
  static long zigZag(long value) {
    return value >>> 1 ^ -(value & 1);
  }

  double readDouble() throws MalformedMessageException {
    advance(8);
    long bits = 0;
    for (int i = 1; i <= 8; i++) {
      bits = bits << 8 | (bytes[at - i] & 0xff);
    }
    return Double.longBitsToDouble(bits);
  }

  /** Reads a length and passes over so many bytes; see {@link #bytesOffset}. */
  void readBytes() throws MalformedMessageException {
    long length = readVarint();
    if (length < 0 || length > end - at) {
      throw malformed();
    }
    bytesOffset = at;
    bytesLength = (int) length;
    at += bytesLength;
  }

  int bytesOffset() {
    return bytesOffset;
  }

  int bytesLength() {
    return bytesLength;
  }

  /** Goes into the message that is the current field; the answer is for {@link #leave}. */
  int enter() throws MalformedMessageException {
    readBytes();
    int outerEnd = end;
    at = bytesOffset;
    end = bytesOffset + bytesLength;
    return outerEnd;
  }

  /** Goes on behind the message that was entered. */
  void leave(int outerEnd) {
    at = end;
    end = outerEnd;
  }

  MalformedMessageException malformed() {
    return new MalformedMessageException("protobuf: the message is damaged at byte " + at);
  }
}
