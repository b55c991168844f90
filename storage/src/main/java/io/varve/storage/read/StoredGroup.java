package io.varve.storage.read;

import io.varve.storage.ColumnStats;
import io.varve.storage.chunk.Chunk;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/** The chunks of one row group that a scan wants, opened but not decoded. */
final class StoredGroup extends RowSource {
  private final long firstTimestampNanos;
  private final long sequence;
  private final @Nullable Chunk[] columns;
  private @Nullable Chunk times;
  private int rowCount;
  private long lastTimestampNanos;
  private boolean lacksTimes;
  private final Tally tally;

  /** The first 64 columns that have been decoded; of others each decoding is counted. */
  private long decoded;

  StoredGroup(long firstTimestampNanos, long sequence, int columnCount, Tally tally) {
    this.firstTimestampNanos = firstTimestampNanos;
    this.sequence = sequence;
    this.tally = tally;
    columns = new Chunk[columnCount];
  }

  /** Orders groups as their keys do. */
  int compareKey(long otherFirst, long otherSequence) {
    int order = Long.compare(firstTimestampNanos, otherFirst);
    return order != 0 ? order : Long.compare(sequence, otherSequence);
  }

  /** Adds the opened chunk of a column; false if it cannot belong to the others. */
  boolean addColumn(int column, Chunk chunk) {
    if (rowCount != 0 && !fits(chunk)) {
      return false;
    }
    rowCount = chunk.rowCount();
    lastTimestampNanos = chunk.lastTimestampNanos();
    columns[column] = chunk;
    if (chunk.hasInlineTimes()) {
      times = chunk;
    } else {
      lacksTimes = true;
    }
    return true;
  }

  /** Whether a time chunk is needed. */
  boolean lacksTimes() {
    return lacksTimes && times == null;
  }

  /** Adds the opened time chunk; false if it cannot belong to the others. */
  boolean addTimes(Chunk chunk) {
    if (!chunk.isTimeChunk() || !fits(chunk)) {
      return false;
    }
    times = chunk;
    return true;
  }

  private boolean fits(Chunk chunk) {
    return chunk.rowCount() == rowCount && chunk.lastTimestampNanos() == lastTimestampNanos;
  }

  @Override
  long rank() {
    return sequence;
  }

  @Override
  long firstTimestampNanos() {
    return firstTimestampNanos;
  }

  @Override
  long lastTimestampNanos() {
    return lastTimestampNanos;
  }

  @Override
  int rowCount() {
    return rowCount;
  }

  @Override
  void readTimes(long[] into) {
    if (times == null) {
      throw new IllegalStateException("a row group without times");
    }
    times.decodeTimes(into);
  }

  @Override
  boolean standsAlone() {
    return true;
  }

  @Override
  boolean isSteady() {
    return times != null && times.isSteady();
  }

  @Override
  @Nullable FieldType type(int column) {
    Chunk chunk = columns[column];
    return chunk == null ? null : chunk.type();
  }

  @Override
  void readColumn(int column, ColumnValues into) {
    Chunk chunk = chunk(column);
    long bit = column < Long.SIZE ? 1L << column : 0;
    if ((decoded & bit) == 0) {
      decoded |= bit;
      tally.decodedChunks++;
    }
    into.prepare(chunk.type());
    switch (chunk.type()) {
      case FLOAT -> chunk.decodeDoubles(into.doubles);
      case STRING -> chunk.decodeStrings(into.strings);
      default -> chunk.decodeLongs(into.longs);
    }
    into.presence = chunk.presence();
  }

  @Override
  long @Nullable [] presence(int column) {
    return chunk(column).presence();
  }

  @Override
  @Nullable ColumnStats stats(int column) {
    return chunk(column).stats();
  }

  @Override
  boolean ascends(int column) {
    return chunk(column).ascends();
  }

  private Chunk chunk(int column) {
    Chunk chunk = columns[column];
    if (chunk == null) {
      throw new IllegalStateException("column " + column + " is absent");
    }
    return chunk;
  }
}
