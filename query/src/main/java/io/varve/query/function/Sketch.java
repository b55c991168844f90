package io.varve.query.function;

import java.util.Arrays;

/**
 * How many different values were seen, roughly: a HyperLogLog++ sketch of 65,536 registers, as
 * InfluxDB keeps it, so that texts of sketches ({@link SketchText}) may be exchanged with it.
 *
 * <p>A hash falls into the register of its upper 16 bits, which keeps the longest run of zeros seen
 * behind them. Few values are kept apart as entries of 25 bits of the hash instead, and counted all
 * but exactly; once their compressed list would be longer than the registers, those take over.
 * Which of the two it is follows from the set of values alone, whatever their order and however
 * sketches were merged. Adding costs constant time, on average; memory is at most 260 KB.
 *
 * <p>Sources: Heule, Nunkesser, Hall, "HyperLogLog in Practice", 2013. Between the ranges in which
 * that counts empty registers (up to 50,000) and in which the plain estimate is free of bias
 * (beyond five times the registers), it needs tables of measured bias; here stands the estimate of
 * Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, which has no bias
 * to correct.
 */
final class Sketch {
  /** Number of upper bits of a hash that choose a register. */
  static final int PRECISION = 16;

  static final int REGISTERS = 1 << PRECISION;

  /** Number of upper bits of a hash that an entry keeps. */
  private static final int ENTRY_PRECISION = 25;

  private static final int MAX_RANK = Long.SIZE - PRECISION + 1;
  private static final int INITIAL_ENTRIES = 32;
  private static final long COUNT_BY_EMPTY_REGISTERS = 50_000;
  private static final double ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

  private final StateMemory memory;

  /** Entries: first {@code sorted} different ones in unsigned order, then any. */
  private int[] entries = new int[0];

  private int sorted;
  private int size;
  private byte[] registers = new byte[0];
  private boolean dense;

  Sketch(StateMemory memory) {
    this.memory = memory;
  }

  /** Forgets all values; the memory stays. */
  void clear() {
    sorted = 0;
    size = 0;
    if (dense) {
      Arrays.fill(registers, (byte) 0);
      dense = false;
    }
  }

  /** Adds a value by its hash. */
  void add(long hash) {
    if (dense) {
      raise((int) (hash >>> (Long.SIZE - PRECISION)), rank(hash << PRECISION, PRECISION));
    } else {
      addEntry(entry(hash));
    }
  }

  /** Zeros in front of the first one, plus 1, of a hash shifted up by so many bits. */
  private static int rank(long shifted, int bits) {
    return Math.min(Long.SIZE - bits, Long.numberOfLeadingZeros(shifted)) + 1;
  }

  /**
   * What an entry keeps of a hash: its upper 25 bits; and, where those behind the register are all
   * zero, how many zeros follow, with the lowest bit set. Never 0.
   */
  private static int entry(long hash) {
    int index = (int) (hash >>> (Long.SIZE - ENTRY_PRECISION));
    if ((index & ((1 << (ENTRY_PRECISION - PRECISION)) - 1)) != 0) {
      return index << 1;
    }
    return index << 7 | rank(hash << ENTRY_PRECISION, ENTRY_PRECISION) << 1 | 1;
  }

  /** Adds an entry, of this sketch or another. */
  void addEntry(int entry) {
    if (dense) {
      raise(entry);
      return;
    }
    if (size == entries.length) {
      makeRoom();
      addEntry(entry);
      return;
    }
    entries[size++] = entry;
  }

  /** The register of an entry becomes as high as the entry says. */
  private void raise(int entry) {
    if ((entry & 1) == 1) {
      int rank = (entry >>> 1 & 0x3F) + ENTRY_PRECISION - PRECISION;
      raise(entry >>> (Integer.SIZE - PRECISION), rank);
    } else {
      int zeros =
          Integer.numberOfLeadingZeros(entry << (Integer.SIZE - 1 - ENTRY_PRECISION + PRECISION));
      raise(entry >>> (ENTRY_PRECISION - PRECISION + 1) & (REGISTERS - 1), zeros + 1);
    }
  }

  /** Makes a register of a dense sketch at least so high. */
  void raise(int register, int rank) {
    if (registers[register] < rank) {
      registers[register] = (byte) Math.min(rank, MAX_RANK);
    }
  }

  private void makeRoom() {
    sort();
    // A list has five bytes per entry at most.
    if (size > REGISTERS / 5 && SketchText.listBytes(entries, size) > REGISTERS) {
      makeDense();
    } else if (size > entries.length / 4 * 3 || entries.length == 0) {
      int capacity = Math.max(INITIAL_ENTRIES, entries.length / 2 * 3);
      // The text of a sketch takes as much again.
      memory.reserve(2L * Integer.BYTES * (capacity - entries.length));
      entries = Arrays.copyOf(entries, capacity);
    }
  }

  /** Puts all entries in order, each once. */
  private void sort() {
    if (sorted == size) {
      return;
    }
    for (int i = 0; i < size; i++) {
      entries[i] ^= Integer.MIN_VALUE;
    }
    Arrays.sort(entries, 0, size);
    int different = 0;
    for (int i = 0; i < size; i++) {
      int entry = entries[i] ^ Integer.MIN_VALUE;
      if (different == 0 || entries[different - 1] != entry) {
        entries[different++] = entry;
      }
    }
    size = different;
    sorted = different;
  }

  /** Lets the registers take over. */
  void makeDense() {
    if (dense) {
      return;
    }
    if (registers.length == 0) {
      memory.reserve(REGISTERS + SketchText.MAX_LENGTH);
      registers = new byte[REGISTERS];
    }
    dense = true;
    for (int i = 0; i < size; i++) {
      raise(entries[i]);
    }
    size = 0;
    sorted = 0;
  }

  /** Puts the entries in order, or makes the registers take over if there are too many. */
  void settle() {
    sort();
    if (size > REGISTERS / 5 && SketchText.listBytes(entries, size) > REGISTERS) {
      makeDense();
    }
  }

  /** Adds what another sketch has seen. */
  void merge(Sketch other) {
    if (other.dense) {
      makeDense();
      for (int register = 0; register < REGISTERS; register++) {
        raise(register, other.registers[register]);
      }
    } else {
      for (int i = 0; i < other.size; i++) {
        addEntry(other.entries[i]);
      }
    }
  }

  boolean isDense() {
    return dense;
  }

  /** The entries of a settled sketch that is not dense, the first {@link #entryCount}. */
  int[] entries() {
    return entries;
  }

  int entryCount() {
    return size;
  }

  /** The registers of a dense sketch. */
  byte[] registers() {
    return registers;
  }

  /** The number of different values. */
  long count() {
    settle();
    if (!dense) {
      double places = 1L << ENTRY_PRECISION;
      return (long) (places * Math.log(places / (places - size)));
    }
    int[] heights = new int[MAX_RANK + 1];
    for (byte register : registers) {
      heights[register]++;
    }
    if (heights[0] > 0) {
      double byEmpty = REGISTERS * Math.log((double) REGISTERS / heights[0]);
      if (byEmpty <= COUNT_BY_EMPTY_REGISTERS) {
        return (long) byEmpty;
      }
    }
    double sum = 0;
    for (int rank = MAX_RANK; rank >= 0; rank--) {
      sum += Math.scalb((double) heights[rank], -rank);
    }
    double plain = ALPHA * REGISTERS * REGISTERS / sum;
    return (long) (plain > 5.0 * REGISTERS ? plain : withoutBias(heights));
  }

  private static double withoutBias(int[] heights) {
    double z = REGISTERS * saturated(1 - (double) heights[MAX_RANK] / REGISTERS);
    for (int rank = MAX_RANK - 1; rank >= 1; rank--) {
      z = 0.5 * (z + heights[rank]);
    }
    z += REGISTERS * empty((double) heights[0] / REGISTERS);
    return REGISTERS / (2 * Math.log(2)) * REGISTERS / z;
  }

  /** What registers without a value add to the sum: the function sigma of the paper. */
  private static double empty(double share) {
    if (share == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double power = share;
    double factor = 1;
    double sum = share;
    double before = -1;
    while (sum != before) {
      before = sum;
      power *= power;
      sum += power * factor;
      factor += factor;
    }
    return sum;
  }

  /** What registers of the greatest height add to the sum: the function tau of the paper. */
  private static double saturated(double share) {
    if (share == 0 || share == 1) {
      return 0;
    }
    double root = share;
    double factor = 1;
    double sum = 1 - share;
    double before = -1;
    while (sum != before) {
      before = sum;
      root = Math.sqrt(root);
      factor *= 0.5;
      sum -= (1 - root) * (1 - root) * factor;
    }
    return sum / 3;
  }
}
