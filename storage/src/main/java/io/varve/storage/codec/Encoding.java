package io.varve.storage.codec;

/**
 * How a stream of n numbers is written. Codes are on disk: never renumber.
 *
 * <p>All arithmetic is modulo 2^64. {@code r} are packed residuals, {@code f} is the common factor:
 *
 * <pre>
 *   CONST    v[i] = base
 *   LINEAR   v[i] = base + f * step * i
 *   FOR      v[i] = base + f * r[i]
 *   DELTA    v[0] = base, v[i] = v[i-1] + f * (low + r[i-1])
 *   DELTA2   v[0] = base, v[1] = v[0] + f * first, then the deltas grow by (low + r[i-2])
 *   GRID     v[i] = base + f * (step * i + r[i])
 *   RAW      eight byte planes
 *   DICT     distinct values, then a code for each value; both streams
 *   RLE      lengths of runs, then their values; both streams
 * </pre>
 */
final class Encoding {
  static final int CONST = 0;
  static final int LINEAR = 1;
  static final int FOR = 2;
  static final int DELTA = 3;
  static final int DELTA2 = 4;
  static final int GRID = 5;
  static final int RAW = 6;
  static final int DICT = 7;
  static final int RLE = 8;

  /** Factor codes 0 to 14 mean that power of ten, this one an explicit number. */
  static final int EXPLICIT_FACTOR = 15;

  /** Set in the width byte if patches follow. */
  static final int PATCHED = 0x80;

  /** Most entries of a dictionary. */
  static final int MAX_DICTIONARY = 256;

  static final long[] POWERS_OF_TEN = new long[15];

  static {
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
    }
  }

  private Encoding() {}

  /** The code of a factor: its power of ten, or {@link #EXPLICIT_FACTOR}. */
  static int factorCode(long factor) {
    for (int i = 0; i < POWERS_OF_TEN.length; i++) {
      if (POWERS_OF_TEN[i] == factor) {
        return i;
      }
    }
    return EXPLICIT_FACTOR;
  }
}
