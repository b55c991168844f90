package io.varve.storage.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes up to a fixed number of 64-bit numbers in the smallest of the ways of {@link Encoding}.
 *
 * <p>Everything a chunk holds ends here: times as offsets, floats as mantissas, integers, booleans,
 * dictionary codes and lengths. Costs are bytes before block compression, ties go to the simpler
 * form. All arithmetic is modulo 2^64, so that the extremes need no care.
 *
 * <pre>
 *   head u8: encoding (low 4 bits), factor code (high 4) | [factor uv] | parameters | residuals
 * </pre>
 *
 * For one thread.
 */
public final class LongStreamEncoder {
  /** Deltas looked at before the search for a common factor is given up. */
  private static final int FACTOR_PROBES = 16;

  private static final int MIN_DICTIONARY_VALUES = 16;
  private static final int RLE_SHARE = 16;

  private final long[] divided;
  private final long[] deltas;
  private final long[] deltas2;
  private final long[] jitter;
  private final Residuals forPlan;
  private final Residuals deltaPlan;
  private final Residuals delta2Plan;
  private final Residuals gridPlan;
  private final @Nullable Nested nested;

  private long factor;
  private long origin;
  private long gridStep;
  private int bestCost;

  /** For streams of up to {@code capacity} numbers. */
  public LongStreamEncoder(int capacity) {
    this(capacity, true);
  }

  private LongStreamEncoder(int capacity, boolean withNested) {
    divided = new long[capacity];
    deltas = new long[capacity];
    deltas2 = new long[capacity];
    jitter = new long[capacity];
    forPlan = new Residuals(capacity);
    deltaPlan = new Residuals(capacity);
    delta2Plan = new Residuals(capacity);
    gridPlan = new Residuals(capacity);
    nested = withNested ? new Nested(capacity) : null;
  }

  /** What dictionaries and runs need: they are streams of streams, one level deep. */
  private static final class Nested {
    private static final int SLOTS = 1024;

    final LongStreamEncoder encoder;
    final ByteWriter scratch = new ByteWriter();
    final long[] first;
    final long[] second;
    final int[] slots = new int[SLOTS];

    Nested(int capacity) {
      encoder = new LongStreamEncoder(capacity, false);
      first = new long[capacity];
      second = new long[capacity];
    }
  }

  /** Appends the first {@code count} values, at least one. */
  public void encode(long[] values, int count, ByteWriter out) {
    int runs = computeDeltas(values, count);
    if (runs == 1) {
      out.writeByte(Encoding.CONST);
      out.writeSignedVarint(values[0]);
      return;
    }
    if (isLinear(count)) {
      writeLinear(values[0], out);
      return;
    }
    long[] scaled = factorOut(values, count);
    int best = chooseResiduals(values, scaled, count);
    int cost = bestCost;
    if (nested != null) {
      if (runs <= count / RLE_SHARE && encodeRuns(nested, values, count) < cost) {
        out.writeBytes(nested.scratch.array(), 0, nested.scratch.length());
        return;
      }
      if (count >= MIN_DICTIONARY_VALUES && encodeDictionary(nested, values, count, cost)) {
        out.writeBytes(nested.scratch.array(), 0, nested.scratch.length());
        return;
      }
    }
    writeResiduals(best, values, scaled, count, out);
  }

  /** Fills {@link #deltas} and returns the number of runs of equal values. */
  private int computeDeltas(long[] values, int count) {
    for (int i = 1; i < count; i++) {
      deltas[i] = values[i] - values[i - 1];
    }
    long runs = 1;
    for (int i = 1; i < count; i++) {
      runs += (deltas[i] | -deltas[i]) >>> 63;
    }
    return (int) runs;
  }

  private boolean isLinear(int count) {
    for (int i = 2; i < count; i++) {
      if (deltas[i] != deltas[1]) {
        return false;
      }
    }
    return true;
  }

  private void writeLinear(long base, ByteWriter out) {
    long step = deltas[1];
    int code = 0;
    while (code < Encoding.POWERS_OF_TEN.length - 1 && step % 10 == 0) {
      step /= 10;
      code++;
    }
    out.writeByte(Encoding.LINEAR | code << 4);
    out.writeSignedVarint(base);
    out.writeSignedVarint(step);
  }

  /**
   * Finds the greatest common factor of all deltas and divides them by it. {@link #origin} is what
   * was taken off the values before they were divided: the first one, or 0 if the factor is 1.
   *
   * @return the values less the origin, divided by the factor
   */
  private long[] factorOut(long[] values, int count) {
    factor = commonFactor(count);
    if (factor != 1 && (mayWrap(values, count) || !divideDeltas(count))) {
      for (int i = 1; i < count; i++) {
        deltas[i] = values[i] - values[i - 1];
      }
      factor = 1;
    }
    if (factor == 1) {
      origin = 0;
      return values;
    }
    origin = values[0];
    long sum = 0;
    divided[0] = 0;
    for (int i = 1; i < count; i++) {
      sum += deltas[i];
      divided[i] = sum;
    }
    return divided;
  }

  /** The factor of the first deltas; below zero if one of them is the least number there is. */
  private long commonFactor(int count) {
    long gcd = 0;
    int probes = 0;
    for (int i = 1; i < count && gcd != 1 && probes < FACTOR_PROBES; i++) {
      if (deltas[i] != 0) {
        gcd = Divisors.greatestCommon(Math.abs(deltas[i]), gcd);
        probes++;
      }
    }
    return gcd;
  }

  /** Whether differences may have wrapped around: then division is not exact. */
  private static boolean mayWrap(long[] values, int count) {
    long min = values[0];
    long max = values[0];
    for (int i = 1; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    return Long.compareUnsigned(max - min, 1L << 62) > 0;
  }

  /** Divides all deltas by the factor, lowering it as needed; false if only 1 divides them all. */
  private boolean divideDeltas(int count) {
    long gcd = factor;
    for (int i = 1; i < count; i++) {
      long quotient = deltas[i] / gcd;
      if (quotient * gcd != deltas[i]) {
        return refineFactor(count, i, gcd);
      }
      deltas[i] = quotient;
    }
    return true;
  }

  /**
   * The first {@code done} deltas are divided by gcd already, but the next one is not divisible.
   */
  private boolean refineFactor(int count, int done, long gcd) {
    long common = gcd;
    for (int i = done; i < count && common != 1; i++) {
      common = Divisors.greatestCommon(Math.abs(deltas[i]), common);
    }
    if (common == 1) {
      return false;
    }
    for (int i = 1; i < count; i++) {
      deltas[i] = i < done ? deltas[i] * (gcd / common) : deltas[i] / common;
    }
    factor = common;
    return true;
  }

  /**
   * Plans all encodings by residuals, sets {@link #bestCost} and returns the cheapest. Deltas go
   * first: where they win, the others mostly see from a sample that they cannot.
   */
  private int chooseResiduals(long[] values, long[] scaled, int count) {
    int best = Encoding.RAW;
    bestCost = 1 + 8 * count;

    deltaPlan.plan(deltas, 1, count, bestCost);
    int cost =
        1
            + ByteWriter.signedVarintLength(values[0])
            + ByteWriter.signedVarintLength(deltaPlan.low());
    best = better(Encoding.DELTA, cost + deltaPlan.costBytes(), best);

    forPlan.plan(scaled, 0, count, bestCost);
    cost = 1 + ByteWriter.signedVarintLength(origin + factor * forPlan.low());
    best = better(Encoding.FOR, cost + forPlan.costBytes(), best);

    gridStep = step(scaled[count - 1] - scaled[0], count - 1);
    if (gridStep != 0) {
      for (int i = 0; i < count; i++) {
        jitter[i] = scaled[i] - gridStep * i;
      }
      gridPlan.plan(jitter, 0, count, bestCost);
      cost =
          1
              + ByteWriter.signedVarintLength(origin + factor * gridPlan.low())
              + ByteWriter.signedVarintLength(gridStep);
      best = better(Encoding.GRID, cost + gridPlan.costBytes(), best);
    }

    // Two values are a line, so there are three at least.
    for (int i = 2; i < count; i++) {
      deltas2[i] = deltas[i] - deltas[i - 1];
    }
    delta2Plan.plan(deltas2, 2, count, bestCost);
    cost =
        1
            + ByteWriter.signedVarintLength(values[0])
            + ByteWriter.signedVarintLength(deltas[1])
            + ByteWriter.signedVarintLength(delta2Plan.low());
    return better(Encoding.DELTA2, cost + delta2Plan.costBytes(), best);
  }

  /** Of equal costs FOR wins, which decodes fastest. */
  private int better(int encoding, int cost, int best) {
    if (cost < bestCost || (cost == bestCost && encoding == Encoding.FOR)) {
      bestCost = cost;
      return encoding;
    }
    return best;
  }

  /** The rounded quotient: rounding down would let the grid drift from the values. */
  private static long step(long span, int steps) {
    long rest = span % steps;
    return span / steps + (2 * Math.abs(rest) > steps ? Long.signum(rest) : 0);
  }

  private void writeResiduals(
      int encoding, long[] values, long[] scaled, int count, ByteWriter out) {
    if (encoding == Encoding.RAW) {
      out.writeByte(Encoding.RAW);
      int at = out.reserve(8 * count);
      Lanes.pack(values, count, 64, out.array(), at);
      return;
    }
    int code = Encoding.factorCode(factor);
    out.writeByte(encoding | code << 4);
    if (code == Encoding.EXPLICIT_FACTOR) {
      out.writeUnsignedVarint(factor);
    }
    switch (encoding) {
      case Encoding.FOR -> {
        out.writeSignedVarint(origin + factor * forPlan.low());
        forPlan.write(scaled, 0, count, out);
      }
      case Encoding.GRID -> {
        out.writeSignedVarint(origin + factor * gridPlan.low());
        out.writeSignedVarint(gridStep);
        gridPlan.write(jitter, 0, count, out);
      }
      case Encoding.DELTA -> {
        out.writeSignedVarint(values[0]);
        out.writeSignedVarint(deltaPlan.low());
        deltaPlan.write(deltas, 1, count, out);
      }
      case Encoding.DELTA2 -> {
        out.writeSignedVarint(values[0]);
        out.writeSignedVarint(deltas[1]);
        out.writeSignedVarint(delta2Plan.low());
        delta2Plan.write(deltas2, 2, count, out);
      }
      default -> throw new IllegalStateException("encoding " + encoding);
    }
  }

  /** Writes runs into the scratch buffer and returns its length. */
  private static int encodeRuns(Nested nested, long[] values, int count) {
    int runs = 0;
    int start = 0;
    for (int i = 1; i <= count; i++) {
      if (i == count || values[i] != values[start]) {
        nested.first[runs] = (long) i - start;
        nested.second[runs] = values[start];
        runs++;
        start = i;
      }
    }
    return encodePair(nested, Encoding.RLE, runs, runs);
  }

  /** Writes a dictionary into the scratch buffer; false if it does not get below the limit. */
  private static boolean encodeDictionary(Nested nested, long[] values, int count, int limit) {
    // Codes of a dictionary are as good as random: they take their full width.
    int most = Math.min(Encoding.MAX_DICTIONARY, count / 2);
    while (most > 1 && Lanes.lengthBytes(codeWidth(most), count) + most >= limit) {
      most /= 2;
    }
    if (most < 2) {
      return false;
    }
    int[] slots = nested.slots;
    Arrays.fill(slots, -1);
    int entries = 0;
    for (int i = 0; i < count; i++) {
      long value = values[i];
      int slot = (int) ((value * 0x9E3779B97F4A7C15L) >>> 54);
      while (slots[slot] >= 0 && nested.first[slots[slot]] != value) {
        slot = (slot + 1) & (Nested.SLOTS - 1);
      }
      if (slots[slot] < 0) {
        if (entries == most) {
          return false;
        }
        slots[slot] = entries;
        nested.first[entries++] = value;
      }
      nested.second[i] = slots[slot];
    }
    return encodePair(nested, Encoding.DICT, entries, count) < limit;
  }

  private static int codeWidth(int entries) {
    return Lanes.roundWidth(32 - Integer.numberOfLeadingZeros(entries - 1));
  }

  private static int encodePair(Nested nested, int encoding, int firstCount, int secondCount) {
    ByteWriter scratch = nested.scratch;
    scratch.clear();
    scratch.writeByte(encoding);
    scratch.writeUnsignedVarint(firstCount);
    nested.encoder.encode(nested.first, firstCount, scratch);
    nested.encoder.encode(nested.second, secondCount, scratch);
    return scratch.length();
  }
}
