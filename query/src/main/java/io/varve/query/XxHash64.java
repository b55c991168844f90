package io.varve.query;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash xxHash64 with seed 0, for what others hash, too: sketches, and the labels of series.
 *
 * <p>Source: Collet, "xxHash fast digest algorithm", 0.1.1.
 */
public final class XxHash64 {
  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  /** The sum of the first two, mod 2^64. */
  private static final long LANE_1 = 0x60EA27EEADC0B5D6L;

  private static final int STRIPE_BYTES = 32;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private XxHash64() {}

  /** The hash of the eight bytes of a number, the highest first. */
  public static long ofBigEndian(long value) {
    return finish(withLong(PRIME_5 + Long.BYTES, Long.reverseBytes(value)));
  }

  /** The hash of a single byte. */
  public static long ofByte(int value) {
    return finish(withByte(PRIME_5 + 1, value));
  }

  public static long of(byte[] bytes) {
    int length = bytes.length;
    int at = 0;
    long hash = PRIME_5;
    if (length >= STRIPE_BYTES) {
      long lane1 = LANE_1;
      long lane2 = PRIME_2;
      long lane3 = 0;
      long lane4 = -PRIME_1;
      for (; at <= length - STRIPE_BYTES; at += STRIPE_BYTES) {
        lane1 = round(lane1, (long) LONGS.get(bytes, at));
        lane2 = round(lane2, (long) LONGS.get(bytes, at + 8));
        lane3 = round(lane3, (long) LONGS.get(bytes, at + 16));
        lane4 = round(lane4, (long) LONGS.get(bytes, at + 24));
      }
      hash =
          Long.rotateLeft(lane1, 1)
              + Long.rotateLeft(lane2, 7)
              + Long.rotateLeft(lane3, 12)
              + Long.rotateLeft(lane4, 18);
      hash = join(hash, lane1);
      hash = join(hash, lane2);
      hash = join(hash, lane3);
      hash = join(hash, lane4);
    }
    hash += length;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      hash = withLong(hash, (long) LONGS.get(bytes, at));
    }
    if (at <= length - Integer.BYTES) {
      hash ^= Integer.toUnsignedLong((int) INTS.get(bytes, at)) * PRIME_1;
      hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
      at += Integer.BYTES;
    }
    for (; at < length; at++) {
      hash = withByte(hash, bytes[at]);
    }
    return finish(hash);
  }

  private static long round(long lane, long input) {
    return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
  }

  private static long join(long hash, long lane) {
    return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
  }

  private static long withLong(long hash, long input) {
    return Long.rotateLeft(hash ^ round(0, input), 27) * PRIME_1 + PRIME_4;
  }

  private static long withByte(long hash, int input) {
    return Long.rotateLeft(hash ^ (input & 0xFF) * PRIME_5, 11) * PRIME_1;
  }

  private static long finish(long hash) {
    long mixed = (hash ^ (hash >>> 33)) * PRIME_2;
    mixed = (mixed ^ (mixed >>> 29)) * PRIME_3;
    return mixed ^ (mixed >>> 32);
  }
}
