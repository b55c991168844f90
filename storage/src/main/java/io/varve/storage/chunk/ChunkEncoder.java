package io.varve.storage.chunk;

import io.varve.storage.codec.ByteWriter;
import io.varve.storage.codec.Decimals;
import io.varve.storage.codec.DoubleEncoder;
import io.varve.storage.codec.LongStreamEncoder;
import io.varve.storage.codec.StringEncoder;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Turns the columns of a {@link RowGroup} into chunks, choosing every encoding from the data.
 *
 * <p>Order of calls for a row group: {@link #times}, then, unless {@link #timesInline}, once {@link
 * #encodeTimes}, then {@link #encode} for each column. Buffers are reused from group to group; for
 * one thread.
 */
public final class ChunkEncoder {
  /** The field id under which the time chunk of a row group is stored if it has one. */
  public static final int TIME_FIELD_ID = 0;

  /** About what a chunk of its own costs in key, head and index. */
  private static final int SEPARATE_CHUNK_BYTES = 48;

  private final LongStreamEncoder streams = new LongStreamEncoder(RowGroup.MAX_ROWS);
  private final DoubleEncoder doubles = new DoubleEncoder(RowGroup.MAX_ROWS);
  private final StringEncoder strings = new StringEncoder(RowGroup.MAX_ROWS);
  private final CRC32C crc = new CRC32C();

  private final ByteWriter out = new ByteWriter();
  private final ByteWriter timeStream = new ByteWriter();
  private final long[] dense = new long[RowGroup.MAX_ROWS];
  private final byte[][] denseStrings = new byte[RowGroup.MAX_ROWS][];

  private int rowCount;
  private int timeMode;
  private int timeScale;

  /** Step or span, in units of 10^timeScale. */
  private long timeNumber;

  /**
   * Starts a row group of 1 to {@link RowGroup#MAX_ROWS} rows at strictly ascending times, of which
   * nothing is known about the number of its columns.
   */
  public void times(long[] timestampNanos, int rowCount) {
    times(timestampNanos, rowCount, 8);
  }

  /**
   * Starts a row group of 1 to {@link RowGroup#MAX_ROWS} rows at strictly ascending times.
   *
   * @param columnCount columns that will follow; a single one always carries its times
   */
  public void times(long[] timestampNanos, int rowCount, int columnCount) {
    if (rowCount < 1 || rowCount > RowGroup.MAX_ROWS) {
      throw new IllegalStateException(rowCount + " rows in a row group");
    }
    this.rowCount = rowCount;
    timeStream.clear();
    long first = timestampNanos[0];
    long step = rowCount > 1 ? timestampNanos[1] - first : 0;
    boolean constant = true;
    for (int i = 1; i < rowCount; i++) {
      if (timestampNanos[i] <= timestampNanos[i - 1]) {
        throw new IllegalStateException("times of a row group do not ascend at row " + i);
      }
      dense[i] = timestampNanos[i] - first;
      constant &= timestampNanos[i] - timestampNanos[i - 1] == step;
    }
    if (constant) {
      timeMode = ChunkFormat.TIMES_STEP;
      setTimeNumber(step);
      return;
    }
    dense[0] = 0;
    streams.encode(dense, rowCount, timeStream);
    setTimeNumber(dense[rowCount - 1]);
    boolean inline = (long) timeStream.length() * (columnCount - 1) <= SEPARATE_CHUNK_BYTES;
    timeMode = inline ? ChunkFormat.TIMES_STREAM : ChunkFormat.TIMES_EXTERNAL;
  }

  private void setTimeNumber(long nanos) {
    timeNumber = nanos;
    timeScale = 0;
    while (timeNumber > 0 && timeNumber % 10 == 0 && timeScale < ChunkFormat.MAX_TIME_SCALE) {
      timeNumber /= 10;
      timeScale++;
    }
  }

  /**
   * Whether each value chunk of the group carries the times itself because that takes next to no
   * space; else the chunk of {@link #encodeTimes} has to be stored beside them.
   */
  public boolean timesInline() {
    return timeMode != ChunkFormat.TIMES_EXTERNAL;
  }

  /**
   * The time chunk of the group; only if not {@link #timesInline}.
   *
   * @param keySalt a hash of the key under which the bytes will be stored; goes into the checksum
   */
  public byte[] encodeTimes(long keySalt) {
    if (timesInline()) {
      throw new IllegalStateException("the times of this group are in its value chunks");
    }
    writeHead(ChunkFormat.TYPE_TIMES, ChunkFormat.TIMES_STREAM);
    return finish(keySalt);
  }

  /**
   * The chunk of one column of the group; the column must have at least one value.
   *
   * @param keySalt a hash of the key under which the bytes will be stored; goes into the checksum
   */
  public byte[] encode(ColumnData column, long keySalt) {
    long[] presence = column.presence;
    int count = presence == null ? rowCount : Presence.count(presence, rowCount);
    if (count == 0) {
      throw new IllegalStateException("field " + column.fieldId + " has no value in its row group");
    }
    writeHead(column.type.code(), timeMode);
    if (presence != null && count < rowCount) {
      addKind(ChunkFormat.HAS_PRESENCE);
      writePresence(presence);
    }
    if (column.type == FieldType.STRING) {
      encodeStrings(column, count);
    } else {
      long[] values = column.bits;
      if (count < rowCount && presence != null) {
        int at = 0;
        for (int row = 0; row < rowCount; row++) {
          if (Presence.has(presence, row)) {
            dense[at++] = values[row];
          }
        }
        values = dense;
      }
      if (column.type == FieldType.FLOAT) {
        encodeDoubles(values, count, column.decimals);
      } else {
        encodeLongs(values, count, column.type);
      }
    }
    return finish(keySalt);
  }

  private void writeHead(int type, int mode) {
    out.clear();
    out.writeByte(ChunkFormat.VERSION);
    out.writeByte(type | mode << ChunkFormat.TIME_MODE_SHIFT);
    out.writeShort((rowCount - 1) | timeScale << ChunkFormat.TIME_SCALE_SHIFT);
    out.writeInt(0);
    out.writeUnsignedVarint(timeNumber);
    if (mode == ChunkFormat.TIMES_STREAM) {
      out.writeUnsignedVarint(timeStream.length());
      out.writeBytes(timeStream.array(), 0, timeStream.length());
    }
  }

  private void addKind(int flag) {
    out.array()[1] |= (byte) flag;
  }

  private void writePresence(long[] presence) {
    for (int i = 0; i < rowCount; i += 8) {
      int word = i >>> 6;
      out.writeByte((int) ((presence[word] & Presence.rowsOfWord(word, rowCount)) >>> (i & 63)));
    }
  }

  private void encodeDoubles(long[] bits, int count, int hint) {
    int exponent = doubles.split(bits, count, hint);
    if (exponent == Decimals.NOT_DECIMAL) {
      out.writeByte(exponent);
      streams.encode(bits, count, out);
      return;
    }
    int exceptions = doubles.exceptionCount();
    if (exceptions == 0) {
      out.writeByte(exponent);
      addKind(ChunkFormat.HAS_STATS);
      StatsCodec.write(doubles.mantissas(), count, FieldType.FLOAT, out);
    } else {
      out.writeByte(exponent | ChunkFormat.HAS_EXCEPTIONS);
      out.writeUnsignedVarint(exceptions);
      for (int e = 0; e < exceptions; e++) {
        int index = doubles.exceptions()[e];
        out.writeShort(index);
        out.writeLong(bits[index]);
      }
    }
    streams.encode(doubles.mantissas(), count, out);
  }

  private void encodeLongs(long[] values, int count, FieldType type) {
    addKind(ChunkFormat.HAS_STATS);
    StatsCodec.write(values, count, type, out);
    streams.encode(values, count, out);
  }

  private void encodeStrings(ColumnData column, int count) {
    long[] presence = column.presence;
    int at = 0;
    for (int row = 0; row < rowCount; row++) {
      if (presence == null || Presence.has(presence, row)) {
        denseStrings[at++] = column.strings[row];
      }
    }
    strings.encode(denseStrings, count, out);
    Arrays.fill(denseStrings, 0, count, null);
  }

  private byte[] finish(long keySalt) {
    int checksum = ChunkFormat.checksum(crc, out.array(), 0, out.length(), keySalt);
    out.setInt(ChunkFormat.CRC_OFFSET, checksum);
    return out.toByteArray();
  }
}
