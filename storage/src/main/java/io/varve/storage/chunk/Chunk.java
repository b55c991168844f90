package io.varve.storage.chunk;

import io.varve.storage.ColumnStats;
import io.varve.storage.codec.ByteReader;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.codec.Decimals;
import io.varve.storage.codec.DoubleDecoder;
import io.varve.storage.codec.LongStreamDecoder;
import io.varve.storage.codec.StringDecoder;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reader of one chunk at a time: a value chunk (one column of a row group) or a time chunk.
 *
 * <p>{@link #open} verifies the checksum and reads the head; the {@code decode} methods do the rest
 * and may be called any number of times, in any order, until the next {@code open}. The bytes are
 * not copied: they must not change in between. Every method may throw {@link
 * CorruptChunkException}, and nothing worse, whatever the bytes are. For one thread.
 */
public final class Chunk {
  private static final FieldType[] TYPES = FieldType.values();

  private final Scratch scratch;
  private final ByteReader in = new ByteReader();

  private int rowCount;
  private int valueCount;
  private int typeCode;
  private int timeMode;
  private boolean hasPresence;
  private boolean hasStats;
  private int floatForm;
  private long firstTimestampNanos;
  private long lastTimestampNanos;
  private long timeNumber;
  private int timeStreamOffset;
  private int bodyOffset;
  private int statsOffset;

  /** Made when first needed: most chunks have a value in every row. */
  private long[] presence = new long[0];

  /** Working space for decoding, which all the chunks of one thread can share. */
  public static final class Scratch {
    private final CRC32C crc = new CRC32C();
    private @Nullable LongStreamDecoder streams;
    private @Nullable DoubleDecoder doubles;
    private @Nullable StringDecoder strings;

    // Made when first needed: many scans decode nothing.

    private LongStreamDecoder streams() {
      LongStreamDecoder made = streams;
      if (made == null) {
        made = new LongStreamDecoder(RowGroup.MAX_ROWS);
        streams = made;
      }
      return made;
    }

    private DoubleDecoder doubles() {
      DoubleDecoder made = doubles;
      if (made == null) {
        made = new DoubleDecoder(streams(), RowGroup.MAX_ROWS);
        doubles = made;
      }
      return made;
    }

    private StringDecoder strings() {
      StringDecoder made = strings;
      if (made == null) {
        made = new StringDecoder(streams(), RowGroup.MAX_ROWS);
        strings = made;
      }
      return made;
    }
  }

  public Chunk() {
    this(new Scratch());
  }

  /** Shares working space with other chunks of the same thread. */
  public Chunk(Scratch scratch) {
    this.scratch = scratch;
  }

  /**
   * Moves this reader to another chunk.
   *
   * @param firstTimestampNanos time of the group's first row, which is in the key only
   * @param keySalt the hash given to the encoder
   * @throws CorruptChunkException if the bytes are damaged, belong to another key, or are of an
   *     unknown version or encoding; the reader may be opened again
   */
  public void open(byte[] bytes, int offset, int length, long firstTimestampNanos, long keySalt) {
    in.reset(bytes, offset, length);
    int version = in.readByte();
    if (version != ChunkFormat.VERSION) {
      throw in.corrupt("version byte " + version, "" + ChunkFormat.VERSION);
    }
    in.skip(ChunkFormat.CRC_OFFSET - 1);
    int stored = in.readInt();
    int computed = ChunkFormat.checksum(scratch.crc, bytes, offset, length, keySalt);
    if (stored != computed) {
      throw in.corrupt("checksum " + Integer.toHexString(stored), Integer.toHexString(computed));
    }
    openAgain(bytes, offset, length, firstTimestampNanos);
  }

  /** As {@link #open}, for bytes that were opened before: does not look at their checksum. */
  public void openAgain(byte[] bytes, int offset, int length, long firstTimestampNanos) {
    in.reset(bytes, offset, length);
    this.firstTimestampNanos = firstTimestampNanos;
    int head = in.skip(ChunkFormat.HEAD_BYTES);
    int kind = bytes[head + ChunkFormat.KIND_OFFSET] & 0xff;
    int rows =
        (bytes[head + ChunkFormat.ROWS_OFFSET] & 0xff)
            | (bytes[head + ChunkFormat.ROWS_OFFSET + 1] & 0xff) << 8;
    readKind(kind, rows);
    readTimeNumber(rows >>> ChunkFormat.TIME_SCALE_SHIFT & ChunkFormat.TIME_SCALE_MASK);
    valueCount = rowCount;
    if (hasPresence) {
      readPresence();
    }
    if (typeCode == FieldType.FLOAT.code()) {
      readFloatForm();
    }
    if (hasStats) {
      statsOffset = in.offset();
      StatsCodec.skip(in);
    }
    bodyOffset = in.offset();
    if (isTimeChunk()) {
      requireEnd();
    }
  }

  private void readKind(int kind, int rows) {
    typeCode = kind & ChunkFormat.TYPE_MASK;
    timeMode = kind >>> ChunkFormat.TIME_MODE_SHIFT & ChunkFormat.TIME_MODE_MASK;
    hasPresence = (kind & ChunkFormat.HAS_PRESENCE) != 0;
    hasStats = (kind & ChunkFormat.HAS_STATS) != 0;
    boolean known =
        (kind & ChunkFormat.KIND_RESERVED) == 0
            && (rows & ChunkFormat.ROWS_RESERVED) == 0
            && timeMode <= ChunkFormat.TIMES_STREAM
            && (typeCode < TYPES.length
                ? !hasStats || typeCode != FieldType.STRING.code()
                : typeCode == ChunkFormat.TYPE_TIMES
                    && timeMode == ChunkFormat.TIMES_STREAM
                    && !hasPresence
                    && !hasStats);
    if (!known) {
      throw in.corrupt("kind " + kind + " and rows " + rows, "known flags");
    }
    rowCount = (rows & ChunkFormat.ROWS_MASK) + 1;
  }

  private void readTimeNumber(int scale) {
    if (scale > ChunkFormat.MAX_TIME_SCALE) {
      throw in.corrupt("time scale " + scale, "at most " + ChunkFormat.MAX_TIME_SCALE);
    }
    timeNumber = in.readUnsignedVarint() * (long) Decimals.power(scale);
    long steps = timeMode == ChunkFormat.TIMES_STEP ? rowCount - 1L : 1;
    lastTimestampNanos = firstTimestampNanos + timeNumber * steps;
    boolean wraps = steps > 1 && (timeNumber < 0 || Math.multiplyHigh(timeNumber, steps) != 0);
    if (wraps
        || lastTimestampNanos < firstTimestampNanos
        || (lastTimestampNanos == firstTimestampNanos) != (rowCount == 1)) {
      throw in.corrupt("time number " + timeNumber, "a last time after the first");
    }
    if (timeMode == ChunkFormat.TIMES_STREAM) {
      int length = in.readCount(1, in.remaining(), "bytes of times");
      timeStreamOffset = in.offset();
      in.skip(length);
    }
  }

  private void readPresence() {
    int bytes = (rowCount + 7) >>> 3;
    int at = in.skip(bytes);
    if (presence.length == 0) {
      presence = new long[Presence.words(RowGroup.MAX_ROWS)];
    }
    Arrays.fill(presence, 0);
    for (int i = 0; i < bytes; i++) {
      presence[i >>> 3] |= (in.array()[at + i] & 0xffL) << (8 * (i & 7));
    }
    int lastWord = (rowCount - 1) >>> 6;
    valueCount = Presence.count(presence, rowCount);
    if (valueCount == 0 || (presence[lastWord] & ~Presence.rowsOfWord(lastWord, rowCount)) != 0) {
      throw in.corrupt("a presence bitmap of no or too many rows", "1 to " + rowCount);
    }
  }

  private void readFloatForm() {
    floatForm = in.readByte();
    boolean decimal = (floatForm & Decimals.NOT_DECIMAL) != Decimals.NOT_DECIMAL;
    boolean exceptions = (floatForm & ChunkFormat.HAS_EXCEPTIONS) != 0;
    if ((floatForm & ChunkFormat.FORM_RESERVED) != 0
        || (!decimal && (exceptions || hasStats))
        || (exceptions && hasStats)) {
      throw in.corrupt("float form " + floatForm, "a known form");
    }
  }

  /** Whether this is the time chunk of a group; such a one has no type, presence or values. */
  public boolean isTimeChunk() {
    return typeCode == ChunkFormat.TYPE_TIMES;
  }

  /** Rows of the group, 1 to {@link RowGroup#MAX_ROWS}. */
  public int rowCount() {
    return rowCount;
  }

  public FieldType type() {
    if (isTimeChunk()) {
      throw new IllegalStateException("a time chunk has no type");
    }
    return TYPES[typeCode];
  }

  /** Whether {@link #decodeTimes} works; if not, the group has a time chunk. */
  public boolean hasInlineTimes() {
    return timeMode != ChunkFormat.TIMES_EXTERNAL;
  }

  public long firstTimestampNanos() {
    return firstTimestampNanos;
  }

  /** Time of the group's last row; known without decoding, wherever the times are. */
  public long lastTimestampNanos() {
    return lastTimestampNanos;
  }

  /** Whether the times are stored as a constant step. */
  public boolean isSteady() {
    return timeMode == ChunkFormat.TIMES_STEP;
  }

  /** Fills the first {@link #rowCount} entries. */
  public void decodeTimes(long[] timestampNanos) {
    switch (timeMode) {
      case ChunkFormat.TIMES_STEP -> {
        long time = firstTimestampNanos;
        for (int i = 0; i < rowCount; i++) {
          timestampNanos[i] = time;
          time += timeNumber;
        }
      }
      case ChunkFormat.TIMES_STREAM -> {
        in.seek(timeStreamOffset);
        scratch.streams().decode(in, rowCount, timestampNanos, firstTimestampNanos);
        requireAscending(timestampNanos);
      }
      default -> throw new IllegalStateException("the times are in the time chunk of the group");
    }
  }

  private void requireAscending(long[] times) {
    boolean ascends = times[0] == firstTimestampNanos && times[rowCount - 1] == lastTimestampNanos;
    for (int i = 1; i < rowCount; i++) {
      ascends &= times[i] > times[i - 1];
    }
    if (!ascends) {
      throw in.corrupt("times out of order", "ascending times from first to last");
    }
  }

  /**
   * Fills the first {@link #rowCount} entries, those without a value with anything; floats only.
   */
  public void decodeDoubles(double[] values) {
    requireType(typeCode == FieldType.FLOAT.code());
    in.seek(bodyOffset);
    int exponent = floatForm & Decimals.NOT_DECIMAL;
    boolean exceptions = (floatForm & ChunkFormat.HAS_EXCEPTIONS) != 0;
    scratch.doubles().decode(in, valueCount, exponent, exceptions, values);
    requireEnd();
    if (valueCount < rowCount) {
      for (int row = rowCount - 1, at = valueCount - 1; at >= 0; row--) {
        if (Presence.has(presence, row)) {
          values[row] = values[at--];
        }
      }
    }
  }

  /**
   * Fills the first {@link #rowCount} entries, those without a value with anything; integers,
   * unsigned integers and booleans.
   */
  public void decodeLongs(long[] values) {
    requireType(typeCode >= FieldType.INTEGER.code() && typeCode <= FieldType.BOOLEAN.code());
    in.seek(bodyOffset);
    scratch.streams().decode(in, valueCount, values, 0);
    requireEnd();
    if (valueCount < rowCount) {
      for (int row = rowCount - 1, at = valueCount - 1; at >= 0; row--) {
        if (Presence.has(presence, row)) {
          values[row] = values[at--];
        }
      }
    }
  }

  /** As the others, for strings; equal values may share an array. */
  public void decodeStrings(byte[][] values) {
    requireType(typeCode == FieldType.STRING.code());
    in.seek(bodyOffset);
    scratch.strings().decode(in, valueCount, values);
    requireEnd();
    if (valueCount < rowCount) {
      for (int row = rowCount - 1, at = valueCount - 1; at >= 0; row--) {
        if (Presence.has(presence, row)) {
          values[row] = values[at--];
        }
      }
    }
  }

  private void requireType(boolean fits) {
    if (!fits) {
      throw new IllegalStateException("asked for values of another type than " + typeCode);
    }
  }

  private void requireEnd() {
    if (in.remaining() != 0) {
      throw in.corrupt(in.remaining() + " more bytes", "the end");
    }
  }

  /**
   * Which rows have a value, as in {@link ColumnData#presence}; null: all. Valid until the next
   * {@link #open}.
   */
  public long @Nullable [] presence() {
    return valueCount < rowCount ? presence : null;
  }

  /**
   * Whether the encoding alone shows that no value is less than the one before; of floats and
   * integers with stats.
   */
  public boolean ascends() {
    if (!hasStats || typeCode > FieldType.INTEGER.code()) {
      return false;
    }
    in.seek(statsOffset);
    long first = in.readSignedVarint();
    long last = first + in.readSignedVarint();
    in.seek(bodyOffset);
    return last >= first && scratch.streams().ascends(in, valueCount);
  }

  /** Aggregates over all values of the chunk, or null if not exactly known. */
  public @Nullable ColumnStats stats() {
    if (!hasStats) {
      return null;
    }
    in.seek(statsOffset);
    return StatsCodec.read(in, valueCount, type(), floatForm & Decimals.NOT_DECIMAL);
  }
}
