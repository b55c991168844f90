package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The hash of labels that decides what {@code limit_ratio} takes, so that it takes what Prometheus
 * would: XXH64 (Y. Collet, "xxHash fast digest algorithm") of all names and values in turn, each
 * behind its length.
 */
final class LabelsHash {
  private static final long PRIME_1 = 0x9e3779b185ebca87L;
  private static final long PRIME_2 = 0xc2b2ae3d27d4eb4fL;
  private static final long PRIME_3 = 0x165667b19e3779f9L;
  private static final long PRIME_4 = 0x85ebca77c2b2ae63L;
  private static final long PRIME_5 = 0x27d4eb2f165667c5L;

  /** Lengths from here on are this byte and three more, the lowest first. */
  private static final int LONG = 255;

  private LabelsHash() {}

  static long of(Labels labels) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < labels.size(); i++) {
      append(labels.name(i), bytes);
      append(labels.value(i), bytes);
    }
    return xxh64(bytes.toByteArray());
  }

  private static void append(String text, ByteArrayOutputStream out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < LONG) {
      out.write(bytes.length);
    } else {
      out.write(LONG);
      out.write(bytes.length);
      out.write(bytes.length >>> 8);
      out.write(bytes.length >>> 16);
    }
    out.write(bytes, 0, bytes.length);
  }

  /** With the seed 0. */
  static long xxh64(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long hash = bytes.length < 32 ? PRIME_5 : stripes(in);
    hash += bytes.length;
    while (in.remaining() >= 8) {
      hash ^= round(0, in.getLong());
      hash = Long.rotateLeft(hash, 27) * PRIME_1 + PRIME_4;
    }
    if (in.remaining() >= 4) {
      hash ^= Integer.toUnsignedLong(in.getInt()) * PRIME_1;
      hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
    }
    while (in.hasRemaining()) {
      hash ^= Byte.toUnsignedLong(in.get()) * PRIME_5;
      hash = Long.rotateLeft(hash, 11) * PRIME_1;
    }
    hash = (hash ^ hash >>> 33) * PRIME_2;
    hash = (hash ^ hash >>> 29) * PRIME_3;
    return hash ^ hash >>> 32;
  }

  private static long stripes(ByteBuffer in) {
    long a = PRIME_1 + PRIME_2;
    long b = PRIME_2;
    long c = 0;
    long d = -PRIME_1;
    while (in.remaining() >= 32) {
      a = round(a, in.getLong());
      b = round(b, in.getLong());
      c = round(c, in.getLong());
      d = round(d, in.getLong());
    }
    long hash =
        Long.rotateLeft(a, 1)
            + Long.rotateLeft(b, 7)
            + Long.rotateLeft(c, 12)
            + Long.rotateLeft(d, 18);
    hash = merge(hash, a);
    hash = merge(hash, b);
    hash = merge(hash, c);
    return merge(hash, d);
  }

  private static long round(long state, long input) {
    return Long.rotateLeft(state + input * PRIME_2, 31) * PRIME_1;
  }

  private static long merge(long hash, long state) {
    return (hash ^ round(0, state)) * PRIME_1 + PRIME_4;
  }
}
