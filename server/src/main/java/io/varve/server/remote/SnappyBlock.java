package io.varve.server.remote;

import java.util.Arrays;

/**
 * Snappy's block format: the length of the content as a varint, then literals and copies of what
 * came before.
 *
 * <p>Source: the format description of google/snappy. Nothing is allocated beyond the bound that
 * the caller gives, whatever the block claims.
 */
public final class SnappyBlock {
  private static final int MIN_MATCH = 4;
  private static final int HASH_BITS = 14;
  private static final int MAX_OFFSET = 0xffff;
  private static final int MAX_COPY = 64;
  private static final int MAX_VARINT_BYTES = 5;

  private SnappyBlock() {}

  /**
   * The length of the content of a block, as the block claims it.
   *
   * @param length bytes of the block
   * @param maxBytes most that the content may have
   * @throws MessageTooLargeException if it has more
   * @throws MalformedMessageException if that cannot be
   */
  public static int contentLength(byte[] block, int length, int maxBytes)
      throws MalformedMessageException {
    int at = 0;
    long claimed = 0;
    int next;
    do {
      if (at == length || at == MAX_VARINT_BYTES) {
        throw new MalformedMessageException("snappy: the length of the content is damaged");
      }
      next = block[at];
      claimed |= (long) (next & 0x7f) << (7 * at++);
    } while (next < 0);
    if (claimed > maxBytes) {
      throw new MessageTooLargeException(
          "snappy: the content has " + claimed + " bytes, at most " + maxBytes + " are accepted");
    }
    // No element gives more than 64 bytes for three of its own: what claims more is a lie, and not
    // worth the memory.
    if (claimed > 22L * length) {
      throw damaged(at);
    }
    return (int) claimed;
  }

  /**
   * The content of a block.
   *
   * @param length bytes of the block
   * @param maxBytes most that the content may have
   * @throws MessageTooLargeException if it has more
   * @throws MalformedMessageException if the block is damaged
   */
  public static byte[] decode(byte[] block, int length, int maxBytes)
      throws MalformedMessageException {
    byte[] content = new byte[contentLength(block, length, maxBytes)];
    decode(block, length, content, content.length);
    return content;
  }

  /**
   * Puts the content of a block into the beginning of an array.
   *
   * @param length bytes of the block
   * @param contentLength what {@link #contentLength} says
   * @throws MalformedMessageException if the block is damaged
   */
  public static void decode(byte[] block, int length, byte[] content, int contentLength)
      throws MalformedMessageException {
    int from = 0;
    while (block[from++] < 0) {
      // The length has been read.
    }
    decode(block, from, length, content, contentLength);
  }

  private static void decode(byte[] block, int from, int end, byte[] content, int contentLength)
      throws MalformedMessageException {
    int at = from;
    int out = 0;
    while (at < end) {
      int tag = block[at++] & 0xff;
      int kind = tag & 3;
      if (kind == 0) {
        int size = (tag >>> 2) + 1;
        if (size > 60) {
          int bytes = size - 60;
          if (end - at < bytes) {
            throw damaged(at);
          }
          size = littleEndian(block, at, bytes) + 1;
          at += bytes;
        }
        if (size <= 0 || size > end - at || size > contentLength - out) {
          throw damaged(at);
        }
        System.arraycopy(block, at, content, out, size);
        at += size;
        out += size;
        continue;
      }
      int bytes = kind == 1 ? 1 : kind == 2 ? 2 : 4;
      if (end - at < bytes) {
        throw damaged(at);
      }
      int size = kind == 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      int offset = littleEndian(block, at, bytes);
      if (kind == 1) {
        offset |= (tag >>> 5) << 8;
      }
      at += bytes;
      if (offset <= 0 || offset > out || size > contentLength - out) {
        throw damaged(at);
      }
      copy(content, out, offset, size);
      out += size;
    }
    if (out != contentLength) {
      throw damaged(end);
    }
  }

  private static void copy(byte[] content, int to, int offset, int size) {
    if (offset >= size) {
      System.arraycopy(content, to - offset, content, to, size);
      return;
    }
    for (int i = 0; i < size; i++) {
      content[to + i] = content[to + i - offset];
    }
  }

  private static int littleEndian(byte[] bytes, int at, int count) {
    int value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }

  private static MalformedMessageException damaged(int at) {
    return new MalformedMessageException("snappy: the block is damaged at byte " + at);
  }

  /** A block of the first {@code length} bytes of {@code content}. */
  public static byte[] encode(byte[] content, int length) {
    byte[] out = new byte[32 + length + length / 6];
    int at = 0;
    int rest = length;
    while (rest >= 0x80) {
      out[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[at++] = (byte) rest;

    int[] seen = new int[1 << HASH_BITS];
    Arrays.fill(seen, -1);
    int literal = 0;
    int position = 0;
    while (position + MIN_MATCH <= length) {
      int word = littleEndian(content, position, MIN_MATCH);
      int slot = (word * 0x9e3779b1) >>> (32 - HASH_BITS);
      int candidate = seen[slot];
      seen[slot] = position;
      if (candidate < 0
          || position - candidate > MAX_OFFSET
          || littleEndian(content, candidate, MIN_MATCH) != word) {
        position++;
        continue;
      }
      int size = MIN_MATCH;
      while (position + size < length && content[candidate + size] == content[position + size]) {
        size++;
      }
      at = putLiteral(content, literal, position, out, at);
      at = putCopy(position - candidate, size, out, at);
      position += size;
      literal = position;
    }
    at = putLiteral(content, literal, length, out, at);
    return Arrays.copyOf(out, at);
  }

  private static int putLiteral(byte[] content, int from, int to, byte[] out, int start) {
    int at = start;
    int done = from;
    while (done < to) {
      int size = Math.min(to - done, 1 << 16);
      if (size <= 60) {
        out[at++] = (byte) ((size - 1) << 2);
      } else {
        out[at++] = (byte) (61 << 2);
        out[at++] = (byte) (size - 1);
        out[at++] = (byte) ((size - 1) >>> 8);
      }
      System.arraycopy(content, done, out, at, size);
      at += size;
      done += size;
    }
    return at;
  }

  private static int putCopy(int offset, int size, byte[] out, int start) {
    int at = start;
    int rest = size;
    while (rest > 0) {
      int piece = Math.min(rest, MAX_COPY);
      out[at++] = (byte) ((piece - 1) << 2 | 2);
      out[at++] = (byte) offset;
      out[at++] = (byte) (offset >>> 8);
      rest -= piece;
    }
    return at;
  }
}
