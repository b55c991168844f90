package io.varve.storage.codec;

/**
 * Packs numbers of similar size: their minimum is taken off and the rest laid out in {@link Lanes}.
 *
 * <p>A few outliers (a counter reset, a spike) must not set the width for all: up to 1/32 of the
 * numbers may be patches, written apart with their position. If a sample says that this may pay,
 * {@link #plan} looks for the window [low, low + 2^width) that makes lanes plus patches smallest.
 * To do that in one pass it counts bit lengths of the distances from a typical number, upwards and
 * downwards, then gives up the farthest buckets one after the other. Width first, position second:
 * not the optimum, but within a lane step of it.
 *
 * <pre>
 *   width u8 (bit 7: patched) | [count uv, count x (index u16, residual uv)] | lanes
 * </pre>
 */
final class Residuals {
  private static final int MAX_PATCH_SHARE = 32;
  private static final int SAMPLES = 32;

  /** Fewer numbers are planned in full, as that costs no more than a sample is worth. */
  private static final int MIN_SAMPLED = 128;

  /** The cost of what was not planned. */
  static final int OUT_OF_REACH = Integer.MAX_VALUE / 2;

  private final long[] packed;
  private final int[] countAbove = new int[65];
  private final int[] countBelow = new int[65];
  private final long[] farthestAbove = new long[65];
  private final long[] farthestBelow = new long[65];

  private long low;
  private int width;

  /** Whether some numbers may lie outside of the window. */
  private boolean patched;

  private int costBytes;

  Residuals(int capacity) {
    packed = new long[capacity];
  }

  /** The number that residual 0 stands for, as of the last {@link #plan}. */
  long low() {
    return low;
  }

  /** About how many bytes {@link #write} will append. */
  int costBytes() {
    return costBytes;
  }

  /**
   * Chooses low and width for {@code values[from, to)}.
   *
   * @param limitBytes a cost that must be undercut or met: if a sample says that this is out of
   *     reach, the plan is not made and costs {@link #OUT_OF_REACH}
   */
  void plan(long[] values, int from, int to, int limitBytes) {
    int count = to - from;
    int sampleCost = sampleCost(values, from, count);
    if (count >= MIN_SAMPLED && sampleCost > limitBytes) {
      costBytes = OUT_OF_REACH;
      return;
    }
    long min = values[from];
    long max = values[from];
    for (int i = from + 1; i < to; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    patched = false;
    setWindow(min, max);
    costBytes = 1 + Lanes.lengthBytes(width, count);
    if (width > 1 && count >= MAX_PATCH_SHARE && sampleCost < Math.min(costBytes, limitBytes)) {
      planPatches(values, from, to, bitLength(max - min));
    }
  }

  /** What packing would cost if all values were as close as a sample without its extremes is. */
  private static int sampleCost(long[] values, int from, int count) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long min2 = Long.MAX_VALUE;
    long max2 = Long.MIN_VALUE;
    for (int s = 0; s < SAMPLES; s++) {
      long value = values[from + s * count / SAMPLES];
      min2 = Math.min(min2, Math.max(min, value));
      min = Math.min(min, value);
      max2 = Math.max(max2, Math.min(max, value));
      max = Math.max(max, value);
    }
    return 1 + Lanes.lengthBytes(Lanes.roundWidth(bitLength(max2 - min2)), count);
  }

  private void planPatches(long[] values, int from, int to, int fullBits) {
    int count = to - from;
    long center =
        median(values[from + count / 4], values[from + count / 2], values[from + 3 * count / 4]);
    fillHistogram(values, from, to, center);
    int patchBytes = 2 + (fullBits + 6) / 7;
    int above = 64;
    int below = 64;
    int given = 0;
    while (true) {
      while (above > 0 && countAbove[above] == 0) {
        above--;
      }
      while (below > 0 && countBelow[below] == 0) {
        below--;
      }
      long up = above == 0 ? 0 : farthestAbove[above];
      long down = below == 0 ? 0 : farthestBelow[below];
      int w = Lanes.roundWidth(bitLength(up + down));
      int cost = 1 + Lanes.lengthBytes(w, count) + (given == 0 ? 0 : 1 + given * patchBytes);
      if (given > 0 && cost < costBytes) {
        costBytes = cost;
        patched = true;
        setWindow(center - down, center + up);
      }
      if (above == 0 && below == 0) {
        return;
      }
      if (above > below || (above == below && countAbove[above] < countBelow[below])) {
        given += countAbove[above--];
      } else {
        given += countBelow[below--];
      }
      if (given > count / MAX_PATCH_SHARE) {
        return;
      }
    }
  }

  /**
   * Sets low and width. Where the width leaves a choice, low is 0 or, for numbers of both signs,
   * the least that leaves as much room above zero: then equal numbers have equal residuals in all
   * chunks, and the block compressor sees one distribution instead of many that are shifted.
   */
  private void setWindow(long min, long max) {
    low = min;
    width = Lanes.roundWidth(bitLength(max - min));
    if (width == 0 || width == 64) {
      return;
    }
    long half = 1L << (width - 1);
    if (min >= 0 && max >>> width == 0) {
      low = 0;
    } else if (min >= -half && max < half) {
      low = -half;
    }
  }

  private void fillHistogram(long[] values, int from, int to, long center) {
    for (int b = 0; b <= 64; b++) {
      countAbove[b] = 0;
      countBelow[b] = 0;
      farthestAbove[b] = 0;
      farthestBelow[b] = 0;
    }
    for (int i = from; i < to; i++) {
      long value = values[i];
      if (value >= center) {
        long distance = value - center;
        int b = bitLength(distance);
        countAbove[b]++;
        if (Long.compareUnsigned(distance, farthestAbove[b]) > 0) {
          farthestAbove[b] = distance;
        }
      } else {
        long distance = center - value;
        int b = bitLength(distance);
        countBelow[b]++;
        if (Long.compareUnsigned(distance, farthestBelow[b]) > 0) {
          farthestBelow[b] = distance;
        }
      }
    }
  }

  /** Appends the numbers last planned. */
  void write(long[] values, int from, int to, ByteWriter out) {
    int count = to - from;
    for (int i = 0; i < count; i++) {
      packed[i] = values[from + i] - low;
    }
    int patches = patched ? countPatches(count) : 0;
    if (patches == 0) {
      out.writeByte(width);
    } else {
      out.writeByte(width | Encoding.PATCHED);
      out.writeUnsignedVarint(patches);
      for (int i = 0; i < count; i++) {
        if (isPatch(packed[i])) {
          out.writeShort(i);
          out.writeUnsignedVarint(packed[i]);
        }
      }
    }
    int at = out.reserve(Lanes.lengthBytes(width, count));
    Lanes.pack(packed, count, width, out.array(), at);
  }

  private int countPatches(int count) {
    int patches = 0;
    for (int i = 0; i < count; i++) {
      patches += isPatch(packed[i]) ? 1 : 0;
    }
    return patches;
  }

  private boolean isPatch(long residual) {
    return width < 64 && residual >>> width != 0;
  }

  private static int bitLength(long value) {
    return 64 - Long.numberOfLeadingZeros(value);
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
