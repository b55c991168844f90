package io.varve.storage;

import java.util.Arrays;

/**
 * All chunks of one series and field in one shard whose row groups start in a stretch of time, as
 * they are in the store: by first timestamp, then by sequence. Immutable.
 */
final class ChunkRun {
  /** First timestamp, sequence and {@link #OPENED}, salt. */
  private static final int NUMBERS = 3;

  /** In the number with the sequence, which has 32 bits: the checksum has been found right. */
  private static final long OPENED = 1L << 32;

  /** By count of the fields and headers of this object and its arrays. */
  private static final long OVERHEAD_BYTES = 104;

  private static final long OVERHEAD_BYTES_PER_CHUNK = 48;

  private final int fieldId;
  private final long fromNanos;
  private final long toNanos;
  private final long version;
  private final long[] numbers;
  private final byte[][] values;

  private ChunkRun(
      int fieldId, long fromNanos, long toNanos, long version, long[] numbers, byte[][] values) {
    this.fieldId = fieldId;
    this.fromNanos = fromNanos;
    this.toNanos = toNanos;
    this.version = version;
    this.numbers = numbers;
    this.values = values;
  }

  /** Collects the chunks of a run as they are read; for one thread. */
  static final class Builder {
    /** More than one scan reads at a time is not kept. */
    private static final int MAX_CHUNKS = 64;

    private static final int MAX_BYTES = 256 << 10;

    private final long[] numbers = new long[MAX_CHUNKS * NUMBERS];
    private final byte[][] values = new byte[MAX_CHUNKS][];
    private int count;
    private int bytes;

    void clear() {
      Arrays.fill(values, 0, count, null);
      count = 0;
      bytes = 0;
    }

    /** Adds the next chunk; false if the run becomes too long. */
    boolean add(long firstNanos, long sequence, long salt, boolean opened, byte[] value) {
      if (count == MAX_CHUNKS || bytes + value.length > MAX_BYTES) {
        return false;
      }
      numbers[count * NUMBERS] = firstNanos;
      numbers[count * NUMBERS + 1] = sequence | (opened ? OPENED : 0);
      numbers[count * NUMBERS + 2] = salt;
      values[count++] = value;
      bytes += value.length;
      return true;
    }

    /** The chunk that was added last. */
    byte[] lastValue() {
      return values[count - 1];
    }

    /** The run of what was added, which is all there is from one time to another, inclusive. */
    ChunkRun build(int fieldId, long fromNanos, long toNanos, long version) {
      return new ChunkRun(
          fieldId,
          fromNanos,
          toNanos,
          version,
          Arrays.copyOf(numbers, count * NUMBERS),
          Arrays.copyOf(values, count));
    }
  }

  int fieldId() {
    return fieldId;
  }

  /** The time from which on it tells all there is. */
  long fromNanos() {
    return fromNanos;
  }

  int count() {
    return values.length;
  }

  /**
   * Whether the run tells all there is of a field from one time to another, inclusive, as of a
   * {@link ChunkCache#version}.
   */
  boolean covers(int wantedFieldId, long from, long to, long asOfVersion) {
    return fieldId == wantedFieldId && version <= asOfVersion && fromNanos <= from && to <= toNanos;
  }

  /** The first chunk at or behind a time; {@link #count} if there is none. */
  int ceiling(long nanos) {
    int low = 0;
    int high = values.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (firstTimestampNanos(middle) < nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  long firstTimestampNanos(int index) {
    return numbers[index * NUMBERS];
  }

  long sequence(int index) {
    return numbers[index * NUMBERS + 1] & ~OPENED;
  }

  boolean isOpened(int index) {
    return (numbers[index * NUMBERS + 1] & OPENED) != 0;
  }

  long salt(int index) {
    return numbers[index * NUMBERS + 2];
  }

  /** Must not be changed. */
  byte[] value(int index) {
    return values[index];
  }

  /** Heap bytes. */
  long bytes() {
    long bytes = OVERHEAD_BYTES + OVERHEAD_BYTES_PER_CHUNK * values.length;
    for (byte[] value : values) {
      bytes += value.length;
    }
    return bytes;
  }

  /**
   * This run and what another of the same field has outside of it, if they touch; else this run.
   *
   * @param other one that still holds
   */
  ChunkRun with(ChunkRun other) {
    if (other.version > version || !touches(other)) {
      return this;
    }
    int before = other.fromNanos < fromNanos ? other.ceiling(fromNanos) : 0;
    int behind = other.toNanos > toNanos ? other.ceiling(toNanos + 1) : other.count();
    if (before + other.count() - behind + count() > Builder.MAX_CHUNKS) {
      return this;
    }
    return new ChunkRun(
        fieldId,
        Math.min(fromNanos, other.fromNanos),
        Math.max(toNanos, other.toNanos),
        version,
        joined(other, before, behind),
        joinedValues(other, before, behind));
  }

  /** Whether this run and another overlap, or one begins where the other ends. */
  boolean touches(ChunkRun other) {
    return !isBefore(other) && !other.isBefore(this);
  }

  /** Whether there is time between the end of this run and another, of which neither tells. */
  private boolean isBefore(ChunkRun other) {
    return toNanos < other.fromNanos && toNanos + 1 < other.fromNanos;
  }

  private long[] joined(ChunkRun other, int before, int behind) {
    int after = (other.count() - behind) * NUMBERS;
    long[] all = Arrays.copyOf(other.numbers, before * NUMBERS + numbers.length + after);
    System.arraycopy(numbers, 0, all, before * NUMBERS, numbers.length);
    System.arraycopy(other.numbers, behind * NUMBERS, all, all.length - after, after);
    return all;
  }

  private byte[][] joinedValues(ChunkRun other, int before, int behind) {
    int after = other.count() - behind;
    byte[][] all = Arrays.copyOf(other.values, before + count() + after);
    System.arraycopy(values, 0, all, before, count());
    System.arraycopy(other.values, behind, all, all.length - after, after);
    return all;
  }
}
