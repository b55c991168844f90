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
 * is in memory at a time. Behind damage, the next fragment is looked for byte by byte, as lengths
 * cannot be trusted there; so what is counted is exact but for records that lie wholly in it.
 *
 * <p>A record of a log begins with the number of its first change and how many it has: by these the
 * next log continues this one, or does not.
 */
final class KvLogScan {
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 7;

  /** What a record begins with: the number of its first change, and their count. */
  private static final int RECORD_HEADER_BYTES = 12;

  private static final int FULL = 1;
  private static final int FIRST = 2;
  private static final int MIDDLE = 3;
  private static final int LAST = 4;

  private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C checksum = new CRC32C();
  private long damagedAt = -1;
  private int records;
  private int recordsBehind;
  private long firstChange = -1;
  private long nextChange = -1;
  private boolean inRecord;
  private boolean looksRecycled;

  /** The number that follows the changes of the record begun last. */
  private long following = -1;

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

  /** Whole records. */
  int records() {
    return records;
  }

  /** The number of the first change, or -1. */
  long firstChange() {
    return firstChange;
  }

  /** The number that follows the last change before what cannot be read, or -1. */
  long nextChange() {
    return nextChange;
  }

  /** Whole records behind it. */
  int recordsBehind() {
    return recordsBehind;
  }

  private void scanBlock(long blockAt) {
    while (block.remaining() >= HEADER_BYTES) {
      int at = block.position();
      if (!isFragment(at)) {
        if (damagedAt < 0) {
          damagedAt = blockAt + at;
          looksRecycled = isRecycled(typeAt(at));
        }
        inRecord = false;
        int next = at + 1;
        while (next + HEADER_BYTES <= block.limit() && !isOurs(next)) {
          next++;
        }
        if (next + HEADER_BYTES > block.limit()) {
          return;
        }
        block.position(next);
      } else {
        takeFragment(at);
      }
    }
    if (block.hasRemaining() && block.limit() < BLOCK_BYTES && damagedAt < 0) {
      damagedAt = blockAt + block.position();
    }
  }

  private void takeFragment(int at) {
    int length = lengthAt(at);
    int type = typeAt(at);
    if ((type == FULL || type == FIRST) && length >= RECORD_HEADER_BYTES) {
      long change = block.getLong(at + HEADER_BYTES);
      firstChange = firstChange < 0 ? change : firstChange;
      following = change + block.getInt(at + HEADER_BYTES + Long.BYTES);
    }
    if (type == FULL || (type == LAST && inRecord)) {
      records++;
      if (damagedAt < 0) {
        nextChange = following;
      } else {
        recordsBehind++;
      }
    }
    inRecord = type == FIRST || (type == MIDDLE && inRecord);
    block.position(at + HEADER_BYTES + length);
  }

  private boolean isFragment(int at) {
    int length = lengthAt(at);
    return length <= block.limit() - at - HEADER_BYTES
        && block.getInt(at) == masked(at + HEADER_BYTES - 1, length + 1);
  }

  /** As {@link #isFragment}, of the types that we write: cheap for most bytes. */
  private boolean isOurs(int at) {
    int type = typeAt(at);
    return type >= FULL && type <= LAST && isFragment(at);
  }

  /** Whether records of reused log files have this type; ours are never reused. */
  private static boolean isRecycled(int type) {
    return (type > LAST && type <= 8) || type == 11 || type == 131;
  }

  private int lengthAt(int at) {
    return Short.toUnsignedInt(block.getShort(at + Integer.BYTES));
  }

  private int typeAt(int at) {
    return Byte.toUnsignedInt(block.get(at + HEADER_BYTES - 1));
  }

  private int masked(int from, int length) {
    checksum.reset();
    checksum.update(block.array(), from, length);
    int crc = (int) checksum.getValue();
    return Integer.rotateRight(crc, 15) + 0xa282ead8;
  }
}
