package io.varve.storage.kv;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Tells a log file that was damaged from one that merely ends in the middle of a record.
 *
 * <p>RocksDB replays a log up to the first record it cannot read and takes that for the end. After
 * a crash this is right. But where whole records follow, something that was written has been
 * changed, and what follows is lost: worth telling. A log is a row of blocks of 32 KiB; a record is
 * one fragment or several, none across blocks, each with a length, a type and a CRC32C. One block
 * is in memory at a time.
 */
final class KvLogScan {
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 7;
  private static final int FULL = 1;
  private static final int FIRST = 2;
  private static final int MIDDLE = 3;
  private static final int LAST = 4;

  /** The highest of the types that records of reused log files have; ours are never reused. */
  private static final int LAST_RECYCLED = 8;

  private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C checksum = new CRC32C();
  private long damagedAt = -1;
  private int recordsBehind;
  private boolean inRecord;
  private boolean looksRecycled;

  private KvLogScan() {}

  static KvLogScan of(Path log) throws IOException {
    KvLogScan scan = new KvLogScan();
    try (FileChannel file = FileChannel.open(log)) {
      for (long at = 0; at < file.size(); at += BLOCK_BYTES) {
        scan.block.clear();
        while (scan.block.hasRemaining() && file.read(scan.block) > 0) {
          // Until the block is full or the file ends.
        }
        scan.block.flip();
        scan.scanBlock(at);
      }
    }
    return scan;
  }

  /** Offset of the first fragment that cannot be read, or -1. */
  long damagedAt() {
    return damagedAt;
  }

  /** Whether RocksDB (11.8) would not come to an end with the fragment that cannot be read. */
  boolean stallsReplay() {
    return looksRecycled;
  }

  /** Whether the end is that of a whole record. */
  boolean endsWhole() {
    return damagedAt < 0 && !inRecord;
  }

  /** Whole records behind it. */
  int recordsBehind() {
    return recordsBehind;
  }

  private void scanBlock(long blockAt) {
    while (block.remaining() >= HEADER_BYTES) {
      int at = block.position();
      int stored = block.getInt();
      int length = Short.toUnsignedInt(block.getShort());
      int type = Byte.toUnsignedInt(block.get());
      if (length > block.remaining() || stored != masked(at + HEADER_BYTES - 1, length + 1)) {
        if (damagedAt < 0) {
          damagedAt = blockAt + at;
          looksRecycled = type > LAST && type <= LAST_RECYCLED;
        }
        inRecord = false;
        return;
      }
      block.position(block.position() + length);
      if (damagedAt >= 0 && (type == FULL || (type == LAST && inRecord))) {
        recordsBehind++;
      }
      inRecord = type == FIRST || (type == MIDDLE && inRecord);
    }
    if (block.hasRemaining() && block.limit() < BLOCK_BYTES && damagedAt < 0) {
      damagedAt = blockAt + block.position();
    }
  }

  private int masked(int from, int length) {
    checksum.reset();
    checksum.update(block.array(), from, length);
    int crc = (int) checksum.getValue();
    return Integer.rotateRight(crc, 15) + 0xa282ead8;
  }
}
