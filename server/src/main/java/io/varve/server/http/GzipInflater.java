package io.varve.server.http;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates a gzip body (RFC 1952) as its chunks arrive, with constant memory.
 *
 * <p>The target may refuse: then nothing more is inflated, so a body that would grow without end
 * costs no more than the limit it hits. Several members in a row count as one body. Checksums are
 * verified. For one thread; {@link #close} frees native memory.
 */
final class GzipInflater implements AutoCloseable {
  /** Takes inflated bytes; answers whether it wants more. */
  @FunctionalInterface
  interface Target {
    boolean take(byte[] bytes, int offset, int length);
  }

  /** The bytes are not gzip. */
  static final class CorruptGzipException extends Exception {
    private static final long serialVersionUID = 1L;

    CorruptGzipException(String message) {
      super(message);
    }
  }

  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;
  private static final int FIXED_HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;

  private enum State {
    FIXED_HEADER,
    EXTRA_LENGTH,
    EXTRA,
    NAME,
    COMMENT,
    HEADER_CRC,
    DATA,
    TRAILER
  }

  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] inflated = new byte[32 * 1024];
  private final Target target;

  private State state = State.FIXED_HEADER;
  private int seen;
  private int flags;
  private long number;
  private boolean anyMember;
  private boolean refused;

  GzipInflater(Target target) {
    this.target = target;
  }

  /** Inflates the next chunk; answers false once the target has refused. */
  boolean feed(byte[] bytes, int offset, int length) throws CorruptGzipException {
    int at = offset;
    int limit = offset + length;
    while (at < limit && !refused) {
      at = state == State.DATA ? inflate(bytes, at, limit) : readFrame(bytes, at);
    }
    return !refused;
  }

  /** Checks that the body did not stop in the middle. */
  void finish() throws CorruptGzipException {
    if (!anyMember || state != State.FIXED_HEADER || seen > 0) {
      throw new CorruptGzipException("unexpected EOF");
    }
  }

  @Override
  public void close() {
    inflater.end();
  }

  private int inflate(byte[] bytes, int from, int limit) throws CorruptGzipException {
    inflater.setInput(bytes, from, limit - from);
    try {
      while (true) {
        int count = inflater.inflate(inflated);
        crc.update(inflated, 0, count);
        if (count > 0 && !target.take(inflated, 0, count)) {
          refused = true;
          return limit;
        }
        if (inflater.finished()) {
          int rest = inflater.getRemaining();
          enter(State.TRAILER);
          return limit - rest;
        }
        if (inflater.needsDictionary()) {
          throw new CorruptGzipException("gzip: invalid header");
        }
        if (count == 0 && inflater.needsInput()) {
          return limit;
        }
      }
    } catch (DataFormatException e) {
      throw new CorruptGzipException("gzip: corrupt input: " + e.getMessage());
    }
  }

  private void enter(State next) {
    state = next;
    seen = 0;
    number = 0;
  }

  /** Reads one byte of what stands around the data. */
  private int readFrame(byte[] bytes, int at) throws CorruptGzipException {
    int b = bytes[at] & 0xff;
    switch (state) {
      case FIXED_HEADER -> readFixedHeader(b);
      case EXTRA_LENGTH -> {
        number |= (long) b << (8 * seen++);
        if (seen == 2) {
          long extra = number;
          enter(extra > 0 ? State.EXTRA : nextOptional(FLAG_EXTRA));
          number = extra;
        }
      }
      case EXTRA -> {
        if (--number == 0) {
          enter(nextOptional(FLAG_EXTRA));
        }
      }
      case NAME -> {
        if (b == 0) {
          enter(nextOptional(FLAG_NAME));
        }
      }
      case COMMENT -> {
        if (b == 0) {
          enter(nextOptional(FLAG_COMMENT));
        }
      }
      case HEADER_CRC -> {
        if (++seen == 2) {
          enter(State.DATA);
        }
      }
      default -> readTrailer(b);
    }
    return at + 1;
  }

  private void readFixedHeader(int b) throws CorruptGzipException {
    boolean valid =
        switch (seen) {
          case 0 -> b == 0x1f;
          case 1 -> b == 0x8b;
          case 2 -> b == 8;
          default -> true;
        };
    if (!valid) {
      throw new CorruptGzipException("gzip: invalid header");
    }
    if (seen == 3) {
      flags = b;
    }
    if (++seen == FIXED_HEADER_BYTES) {
      crc.reset();
      inflater.reset();
      enter(nextOptional(0));
    }
  }

  /** The part of the header that follows the one with the given flag. */
  private State nextOptional(int after) {
    if (after < FLAG_EXTRA && (flags & FLAG_EXTRA) != 0) {
      return State.EXTRA_LENGTH;
    }
    if (after < FLAG_NAME && (flags & FLAG_NAME) != 0) {
      return State.NAME;
    }
    if (after < FLAG_COMMENT && (flags & FLAG_COMMENT) != 0) {
      return State.COMMENT;
    }
    return (flags & FLAG_HEADER_CRC) != 0 ? State.HEADER_CRC : State.DATA;
  }

  private void readTrailer(int b) throws CorruptGzipException {
    number |= (long) b << (8 * seen++);
    if (seen == TRAILER_BYTES) {
      long expected = (inflater.getBytesWritten() << 32) | crc.getValue();
      if (number != expected) {
        throw new CorruptGzipException("gzip: invalid checksum");
      }
      anyMember = true;
      enter(State.FIXED_HEADER);
    }
  }
}
