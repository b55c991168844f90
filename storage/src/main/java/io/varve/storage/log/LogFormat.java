package io.varve.storage.log;

/** Numbers shared by encoder and decoder; on disk, never change. */
final class LogFormat {
  static final int VERSION = 1;

  /** Version and checksum. */
  static final int HEADER_BYTES = 5;

  /** Value forms of a float: 0 to 14 is a decimal of so many digits, this is 64 raw bits. */
  static final int RAW_FLOAT = 0x10;

  /** The largest mantissa for which {@code m / 10^k} is one rounding away from exact. */
  static final long MAX_MANTISSA = 1L << 53;

  static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14
  };

  private LogFormat() {}
}
