package io.varve.storage.codec;

/**
 * Bit packing in lanes: 1, 2, 4 or 8 bits a value, and whole byte planes above.
 *
 * <p>Below 8 bits a lane of {@code s} bytes is cut lengthwise: byte {@code i} holds the values
 * {@code i}, {@code i + s}, {@code i + 2s}, ... from its low bits up. Unlike neighbours in one byte
 * this unpacks by plain strided loops that C2 turns into vector code, and general compressors like
 * it as much. From 8 bits up every full byte of the values is a plane of its own, low bytes first;
 * a rest of 1, 2 or 4 bits follows as a lane. Other widths are rounded up: 3 bits as 2 + 1 hide
 * from the compressor what belongs together.
 */
final class Lanes {
  private Lanes() {}

  /** The least width that can be packed and holds so many bits, 0 to 64. */
  static int roundWidth(int bits) {
    int rest = bits & 7;
    return (bits & ~7) + (rest <= 2 ? rest : rest <= 4 ? 4 : 8);
  }

  static boolean isWidth(int width) {
    return width >= 0 && width <= 64 && roundWidth(width) == width;
  }

  static int lengthBytes(int width, int count) {
    return (width >>> 3) * count + ((width & 7) * count + 7) / 8;
  }

  /** Packs the low bits of each value; all higher bits are ignored. */
  static void pack(long[] values, int count, int width, byte[] out, int offset) {
    int at = offset;
    int shift = 0;
    for (; shift + 8 <= width; shift += 8) {
      for (int i = 0; i < count; i++) {
        out[at + i] = (byte) (values[i] >>> shift);
      }
      at += count;
    }
    int bits = width & 7;
    if (bits == 0) {
      return;
    }
    int stride = (bits * count + 7) / 8;
    int mask = (1 << bits) - 1;
    for (int i = 0; i < stride; i++) {
      out[at + i] = (byte) ((values[i] >>> shift) & mask);
    }
    for (int j = 1; j * stride < count; j++) {
      int from = j * stride;
      int n = Math.min(stride, count - from);
      int position = j * bits;
      for (int i = 0; i < n; i++) {
        out[at + i] |= (byte) (((values[from + i] >>> shift) & mask) << position);
      }
    }
  }

  /** Unpacks into the low 32 bits of each value and, for widths above 32 only, the high ones. */
  static void unpack(byte[] in, int offset, int count, int width, int[] low, int[] high) {
    int lowWidth = Math.min(width, 32);
    unpackInts(in, offset, count, lowWidth, low);
    if (width > 32) {
      unpackInts(in, offset + 4 * count, count, width - 32, high);
    }
  }

  private static void unpackInts(byte[] in, int offset, int count, int width, int[] out) {
    if (width == 4) {
      unpackNibbles(in, offset, count, out);
      return;
    }
    int at = offset;
    int planes = width >>> 3;
    if (planes == 0) {
      for (int i = 0; i < count; i++) {
        out[i] = 0;
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[i] = in[at + i] & 0xff;
      }
      at += count;
    }
    for (int plane = 1; plane < planes; plane++) {
      int shift = 8 * plane;
      for (int i = 0; i < count; i++) {
        out[i] |= (in[at + i] & 0xff) << shift;
      }
      at += count;
    }
    int bits = width & 7;
    if (bits == 0) {
      return;
    }
    int shift = 8 * planes;
    int stride = (bits * count + 7) / 8;
    int mask = (1 << bits) - 1;
    for (int j = 0; j * stride < count; j++) {
      int to = j * stride;
      int n = Math.min(stride, count - to);
      int position = j * bits;
      for (int i = 0; i < n; i++) {
        out[to + i] |= ((in[at + i] >> position) & mask) << shift;
      }
    }
  }

  /** The commonest width, with shifts that C2 sees as constants. */
  private static void unpackNibbles(byte[] in, int offset, int count, int[] out) {
    int stride = (count + 1) >>> 1;
    int rest = count - stride;
    for (int i = 0; i < stride; i++) {
      out[i] = in[offset + i] & 0xf;
    }
    for (int i = 0; i < rest; i++) {
      out[stride + i] = (in[offset + i] >> 4) & 0xf;
    }
  }
}
