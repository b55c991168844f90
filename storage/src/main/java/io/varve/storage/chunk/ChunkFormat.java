package io.varve.storage.chunk;

import java.util.zip.CRC32C;

/**
 * The layout of a chunk, version 1; {@code docs/format/chunk.md} has it in full.
 *
 * <pre>
 *   version u8 | kind u8 | rows u16 | crc u32 | time | [presence] | [float form] | [stats] | values
 *   kind: type (3 bits), time mode (2), presence, stats, 0
 *   rows: count - 1 (10 bits), time scale (4), 0 (2)
 * </pre>
 */
final class ChunkFormat {
  static final int VERSION = 0xA1;
  static final int HEAD_BYTES = 8;
  static final int KIND_OFFSET = 1;
  static final int ROWS_OFFSET = 2;
  static final int CRC_OFFSET = 4;

  static final int TYPE_MASK = 7;

  /** Beside the codes of {@link io.varve.storage.model.FieldType}: the time chunk. */
  static final int TYPE_TIMES = 5;

  static final int TIME_MODE_SHIFT = 3;
  static final int TIME_MODE_MASK = 3;

  /** Equal steps; the time number is the step. */
  static final int TIMES_STEP = 0;

  /** In the time chunk of the group; the time number is last less first. */
  static final int TIMES_EXTERNAL = 1;

  /** A stream follows the time number, which is last less first. */
  static final int TIMES_STREAM = 2;

  static final int HAS_PRESENCE = 1 << 5;
  static final int HAS_STATS = 1 << 6;
  static final int KIND_RESERVED = 1 << 7;

  static final int ROWS_MASK = 0x3ff;
  static final int TIME_SCALE_SHIFT = 10;
  static final int TIME_SCALE_MASK = 0xf;
  static final int MAX_TIME_SCALE = 14;
  static final int ROWS_RESERVED = 0xc000;

  /** In the float form byte, beside the exponent in the low 4 bits. */
  static final int HAS_EXCEPTIONS = 1 << 4;

  static final int FORM_RESERVED = 0xe0;

  private ChunkFormat() {}

  /** The checksum over everything but itself, so mixed with the key that no other key matches. */
  static int checksum(CRC32C crc, byte[] bytes, int offset, int length, long keySalt) {
    crc.reset();
    crc.update(bytes, offset, CRC_OFFSET);
    crc.update(bytes, offset + HEAD_BYTES, length - HEAD_BYTES);
    return (int) crc.getValue() ^ (int) (keySalt ^ keySalt >>> 32);
  }
}
