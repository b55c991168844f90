package io.varve.storage.codec;

/**
 * Reads what {@link LongStreamEncoder} writes.
 *
 * <p>Lanes are unpacked into ints first, by loops that C2 vectorises; a scalar pass then adds them
 * up. Whatever the bytes are, this ends in time and space proportional to the count, with values or
 * a {@link CorruptChunkException}. For one thread.
 */
public final class LongStreamDecoder {
  /** What a step may be so that 1,024 of them do not wrap around. */
  private static final long SHORT_STEP = 1L << 53;

  private final int[] low;
  private final int[] high;
  private final long[] residuals;
  private final long[] first;
  private final long[] second;

  private int width;
  private int patchCount;
  private final int[] patchIndexes;
  private final long[] patchResiduals;

  /** For streams of up to {@code capacity} numbers. */
  public LongStreamDecoder(int capacity) {
    low = new int[capacity];
    high = new int[capacity];
    residuals = new long[capacity];
    first = new long[capacity];
    second = new long[capacity];
    patchIndexes = new int[capacity];
    patchResiduals = new long[capacity];
  }

  /**
   * Reads one stream of {@code count} numbers, at least one, and adds {@code bias} to each: time
   * zero, or a constant that turns mantissas into doubles, comes for free here.
   */
  public void decode(ByteReader in, int count, long[] out, long bias) {
    int head = in.readByte();
    switch (head & 0xf) {
      case Encoding.DICT -> decodeDictionary(in, head, count, out, bias);
      case Encoding.RLE -> decodeRuns(in, head, count, out, bias);
      default -> decodeFlat(in, head, count, out, bias);
    }
  }

  /**
   * Whether the head of a stream shows that no number is less than the one before, if the last is
   * not less than the first: all steps then are 0 to 2^53, too short to wrap around and pass the
   * first again. Moves the reader.
   *
   * @param count of a stream of at most 1,024 numbers
   */
  public boolean ascends(ByteReader in, int count) {
    int head = in.readByte();
    int encoding = head & 0xf;
    int code = head >>> 4;
    long factor =
        code == Encoding.EXPLICIT_FACTOR ? in.readUnsignedVarint() : Encoding.POWERS_OF_TEN[code];
    return switch (encoding) {
      case Encoding.CONST -> true;
      case Encoding.LINEAR -> {
        in.readSignedVarint();
        yield isShort(factor, in.readSignedVarint());
      }
      case Encoding.DELTA -> {
        in.readSignedVarint();
        long low = in.readSignedVarint();
        long most = mostResidual(in, count - 1);
        yield isShort(factor, low) && most >= 0 && isShort(factor, low + most);
      }
      case Encoding.GRID -> {
        in.readSignedVarint();
        long step = in.readSignedVarint();
        long most = mostResidual(in, count);
        yield most >= 0 && isShort(factor, step - most) && isShort(factor, step + most);
      }
      default -> false;
    };
  }

  /** Whether a step is neither negative nor long. */
  private static boolean isShort(long factor, long step) {
    return factor > 0
        && step >= 0
        && Math.multiplyHigh(factor, step) == 0
        && factor * step >= 0
        && factor * step <= SHORT_STEP;
  }

  /** No residual is above this; -1 if that says nothing. */
  private static long mostResidual(ByteReader in, int count) {
    int b = in.readByte();
    int laneWidth = b & ~Encoding.PATCHED;
    if (laneWidth > 32) {
      return -1;
    }
    long most = (1L << laneWidth) - 1;
    if ((b & Encoding.PATCHED) != 0) {
      int patches = in.readCount(1, count, "patches");
      for (int i = 0; i < patches; i++) {
        in.readShort();
        long residual = in.readUnsignedVarint();
        if (residual < 0 || residual > SHORT_STEP) {
          return -1;
        }
        most = Math.max(most, residual);
      }
    }
    return most;
  }

  private void decodeNested(ByteReader in, int count, long[] out) {
    decodeFlat(in, in.readByte(), count, out, 0);
  }

  private void decodeDictionary(ByteReader in, int head, int count, long[] out, long bias) {
    requireNoFactor(in, head);
    int entries = in.readCount(1, Math.min(count, Encoding.MAX_DICTIONARY), "dictionary entries");
    decodeNested(in, entries, first);
    decodeNested(in, count, second);
    for (int i = 0; i < count; i++) {
      long code = second[i];
      if (code < 0 || code >= entries) {
        throw in.corrupt("dictionary code " + code, "less than " + entries);
      }
      out[i] = first[(int) code] + bias;
    }
  }

  private void decodeRuns(ByteReader in, int head, int count, long[] out, long bias) {
    requireNoFactor(in, head);
    int runs = in.readCount(1, count, "runs");
    decodeNested(in, runs, first);
    decodeNested(in, runs, second);
    int done = 0;
    for (int run = 0; run < runs; run++) {
      long length = first[run];
      if (length < 1 || length > count - done) {
        throw in.corrupt("a run of " + length, "1 to " + (count - done));
      }
      long value = second[run] + bias;
      int end = done + (int) length;
      for (; done < end; done++) {
        out[done] = value;
      }
    }
    if (done != count) {
      throw in.corrupt("runs of " + done + " values", count + " values");
    }
  }

  private static void requireNoFactor(ByteReader in, int head) {
    if (head >>> 4 != 0) {
      throw in.corrupt("encoding byte " + head, "no factor");
    }
  }

  private void decodeFlat(ByteReader in, int head, int count, long[] out, long bias) {
    int encoding = head & 0xf;
    int code = head >>> 4;
    if (encoding == Encoding.CONST || encoding == Encoding.RAW) {
      requireNoFactor(in, head);
    }
    long factor =
        code == Encoding.EXPLICIT_FACTOR ? in.readUnsignedVarint() : Encoding.POWERS_OF_TEN[code];
    switch (encoding) {
      case Encoding.CONST -> fillLine(out, count, in.readSignedVarint() + bias, 0);
      case Encoding.LINEAR -> {
        long base = in.readSignedVarint() + bias;
        fillLine(out, count, base, factor * in.readSignedVarint());
      }
      case Encoding.FOR -> {
        long base = in.readSignedVarint() + bias;
        readResiduals(in, count);
        addToLine(out, count, base, 0, factor);
      }
      case Encoding.GRID -> {
        long base = in.readSignedVarint() + bias;
        long step = in.readSignedVarint() * factor;
        readResiduals(in, count);
        addToLine(out, count, base, step, factor);
      }
      case Encoding.DELTA -> {
        long base = in.readSignedVarint() + bias;
        long step = in.readSignedVarint() * factor;
        readResiduals(in, count - 1);
        addUp(out, count - 1, base, step, factor);
      }
      case Encoding.DELTA2 -> decodeDelta2(in, count, out, bias, factor);
      case Encoding.RAW -> {
        width = 64;
        patchCount = 0;
        unpack(in, count);
        addToLine(out, count, bias, 0, 1);
      }
      default -> throw in.corrupt("encoding " + encoding, "a known one");
    }
  }

  private void decodeDelta2(ByteReader in, int count, long[] out, long bias, long factor) {
    if (count < 2) {
      throw in.corrupt("second differences of " + count + " value", "at least 2 values");
    }
    long value = in.readSignedVarint() + bias;
    long delta = in.readSignedVarint() * factor;
    long step = in.readSignedVarint() * factor;
    readResiduals(in, count - 2);
    widen(count - 2);
    out[0] = value;
    value += delta;
    out[1] = value;
    for (int i = 2; i < count; i++) {
      delta += step + factor * residuals[i - 2];
      value += delta;
      out[i] = value;
    }
  }

  private static void fillLine(long[] out, int count, long base, long step) {
    long value = base;
    for (int i = 0; i < count; i++) {
      out[i] = value;
      value += step;
    }
  }

  private void readResiduals(ByteReader in, int count) {
    int b = in.readByte();
    width = b & ~Encoding.PATCHED;
    if (!Lanes.isWidth(width)) {
      throw in.corrupt("width " + width, "a lane width");
    }
    patchCount = 0;
    if ((b & Encoding.PATCHED) != 0) {
      int patches = in.readCount(1, count, "patches");
      for (int i = 0; i < patches; i++) {
        int index = in.readShort();
        if (index >= count) {
          throw in.corrupt("a patch at " + index, "less than " + count);
        }
        patchIndexes[i] = index;
        patchResiduals[i] = in.readUnsignedVarint();
      }
      patchCount = patches;
    }
    unpack(in, count);
  }

  private void unpack(ByteReader in, int count) {
    int at = in.skip(Lanes.lengthBytes(width, count));
    Lanes.unpack(in.array(), at, count, width, low, high);
  }

  /** Moves the residuals of any width into {@link #residuals} and applies the patches. */
  private void widen(int count) {
    if (width <= 32) {
      for (int i = 0; i < count; i++) {
        residuals[i] = low[i] & 0xffffffffL;
      }
    } else {
      for (int i = 0; i < count; i++) {
        residuals[i] = (low[i] & 0xffffffffL) | (long) high[i] << 32;
      }
    }
    for (int i = 0; i < patchCount; i++) {
      residuals[patchIndexes[i]] = patchResiduals[i];
    }
  }

  private boolean fitInts() {
    return width <= 32 && patchCount == 0;
  }

  /** {@code out[i] = base + step * i + factor * r[i]}. */
  private void addToLine(long[] out, int count, long base, long step, long factor) {
    long line = base;
    if (fitInts()) {
      for (int i = 0; i < count; i++) {
        out[i] = line + factor * (low[i] & 0xffffffffL);
        line += step;
      }
    } else {
      widen(count);
      for (int i = 0; i < count; i++) {
        out[i] = line + factor * residuals[i];
        line += step;
      }
    }
  }

  /** {@code out[0] = base, out[i + 1] = out[i] + step + factor * r[i]} for count residuals. */
  private void addUp(long[] out, int count, long base, long step, long factor) {
    long value = base;
    out[0] = value;
    if (fitInts()) {
      for (int i = 0; i < count; i++) {
        value += step + factor * (low[i] & 0xffffffffL);
        out[i + 1] = value;
      }
    } else {
      widen(count);
      for (int i = 0; i < count; i++) {
        value += step + factor * residuals[i];
        out[i + 1] = value;
      }
    }
  }
}
