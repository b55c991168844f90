package io.varve.storage.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One measurement: its fields, its postings, the blocks of ids its series have, and where their
 * keys are. One writer; readers take no lock.
 *
 * <p>Series are counted through by an ordinal: the n-th id of the n/4096-th block.
 */
final class Measurement {
  static final int BLOCK_BITS = 12;
  static final int BLOCK_SERIES = 1 << BLOCK_BITS;

  final int id;
  final String name;
  final byte[] nameBytes;
  final FieldTable fields = new FieldTable();

  /** Block numbers in the order in which they were handed out. */
  private int[] blocks = new int[0];

  private int nextOrdinal;

  /** Location + 1 in the key arena by ordinal; 0 if there is no such series. */
  private volatile long[] locations = new long[4];

  final TagDictionaries dictionaries = new TagDictionaries();
  private volatile Postings postings = new Postings(dictionaries);

  Measurement(int id, byte[] nameBytes) {
    this.id = id;
    this.nameBytes = nameBytes;
    this.name = new String(nameBytes, StandardCharsets.UTF_8);
  }

  Postings postings() {
    return postings;
  }

  /** Replaces the postings after a removal. Writer. */
  void setPostings(Postings postings) {
    this.postings = postings;
  }

  /** Whether the next series needs another block. Writer. */
  boolean blocksAreFull() {
    return nextOrdinal == blocks.length << BLOCK_BITS;
  }

  /** Takes a block; the answer is the ordinal of its first id. Writer. */
  int addBlock(int block) {
    blocks = Arrays.copyOf(blocks, blocks.length + 1);
    blocks[blocks.length - 1] = block;
    return (blocks.length - 1) << BLOCK_BITS;
  }

  /** The ordinal that the next new series gets. Writer. */
  int nextOrdinal() {
    return nextOrdinal;
  }

  /** Ids below this ordinal are not handed out any more. Writer. */
  void reserveBelow(int ordinal) {
    nextOrdinal = Math.max(nextOrdinal, ordinal);
  }

  /** The series id of an ordinal. Writer. */
  int seriesId(int ordinal) {
    return blocks[ordinal >>> BLOCK_BITS] << BLOCK_BITS | (ordinal & (BLOCK_SERIES - 1));
  }

  /** Notes where the key of a series is. Writer, before the series is in the postings. */
  void setLocation(int ordinal, long location) {
    long[] grown = locations;
    if (ordinal >= grown.length) {
      grown = Arrays.copyOf(grown, Math.max(ordinal + 1, grown.length * 2));
    }
    grown[ordinal] = location + 1;
    locations = grown;
    reserveBelow(ordinal + 1);
  }

  /** The location of a key in the arena, or -1. */
  long location(int ordinal) {
    long[] known = locations;
    return ordinal < known.length ? known[ordinal] - 1 : -1;
  }

  /** The value of this measurement's record. Writer. */
  byte[] encode() {
    byte[] value = new byte[8 + 4 * blocks.length + nameBytes.length];
    BigEndian.putInt(value, 0, nextOrdinal);
    BigEndian.putInt(value, 4, blocks.length);
    for (int i = 0; i < blocks.length; i++) {
      BigEndian.putInt(value, 8 + 4 * i, blocks[i]);
    }
    System.arraycopy(nameBytes, 0, value, 8 + 4 * blocks.length, nameBytes.length);
    return value;
  }
}
