package io.varve.storage.log;

import io.varve.storage.StorageException;
import io.varve.storage.codec.ByteReader;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads the records of {@link LogRecordEncoder}.
 *
 * <p>Whatever the bytes are, the worst that happens is a {@link StorageException} of kind
 * CORRUPTION, and memory stays within a small multiple of the record. Order of calls: {@link
 * #open}, then {@link #next} until it answers false; the getters tell about the current row, and
 * their arrays belong to this decoder and hold until the next call of {@code next}. For one thread.
 */
public final class LogRecordDecoder {
  /** Most shapes that a record numbers. */
  static final int MAX_SHAPES = 1024;

  private final ByteReader in = new ByteReader();
  private final CRC32C checksum = new CRC32C();
  private final List<LogShape> shapes = new ArrayList<>();
  private LogShape shape = new LogShape(-1, -1, new int[0], new byte[0]);
  private int seriesId;
  private long timestampNanos;
  private long[] bits = new long[64];
  private byte[] decimals = new byte[64];

  /** Starts a record and verifies its checksum. */
  public void open(byte[] record) {
    shapes.clear();
    seriesId = 0;
    timestampNanos = 0;
    in.reset(record, 0, record.length);
    try {
      int version = in.readByte();
      if (version != LogFormat.VERSION) {
        throw in.corrupt("version " + version, "version " + LogFormat.VERSION);
      }
      int expected = in.readInt();
      checksum.reset();
      checksum.update(record, LogFormat.HEADER_BYTES, record.length - LogFormat.HEADER_BYTES);
      if ((int) checksum.getValue() != expected) {
        throw in.corrupt("other bytes", "a matching checksum");
      }
    } catch (CorruptChunkException e) {
      throw corrupt(e);
    }
  }

  /** Moves to the next row; false after the last. */
  public boolean next() {
    if (in.remaining() == 0) {
      return false;
    }
    try {
      readRow();
      return true;
    } catch (CorruptChunkException e) {
      throw corrupt(e);
    }
  }

  public int policyId() {
    return shape.policyId;
  }

  public int seriesId() {
    return seriesId;
  }

  public long timestampNanos() {
    return timestampNanos;
  }

  /** Number of values of the row. */
  public int valueCount() {
    return shape.fieldIds.length;
  }

  public int[] fieldIds() {
    return shape.fieldIds;
  }

  /** Codes of {@link FieldType}. */
  public byte[] types() {
    return shape.types;
  }

  /** Raw doubles, integers, 0 or 1; for strings {@code offset << 32 | length} in {@link #arena}. */
  public long[] bits() {
    return bits;
  }

  /** As {@link io.varve.storage.model.PointBatch#decimals}. */
  public byte[] decimals() {
    return decimals;
  }

  /** The bytes that strings point into. */
  public byte[] arena() {
    return in.array();
  }

  private void readRow() {
    int reference = in.readCount(0, shapes.size(), "as shape");
    shape = reference == 0 ? readShape() : shapes.get(reference - 1);
    seriesId = (int) (seriesId + in.readSignedVarint());
    timestampNanos += in.readSignedVarint();
    for (int i = 0; i < shape.fieldIds.length; i++) {
      readValue(i);
    }
  }

  private LogShape readShape() {
    int policyId = in.readCount(0, 0xffff, "as policy id");
    // Two bytes a field at least: no count makes us allocate more than the record is long.
    int count = in.readCount(1, in.remaining() / 2, "fields");
    int[] fieldIds = new int[count];
    byte[] types = new byte[count];
    for (int i = 0; i < count; i++) {
      fieldIds[i] = in.readCount(1, 0xfffe, "as field id");
      types[i] = (byte) in.readByte();
      if (types[i] < 0 || types[i] > FieldType.STRING.code()) {
        throw in.corrupt("type " + types[i], "a field type");
      }
    }
    LogShape result = new LogShape(shapes.size(), policyId, fieldIds, types);
    if (shapes.size() < MAX_SHAPES) {
      shapes.add(result);
    }
    if (bits.length < count) {
      bits = new long[count * 2];
      decimals = new byte[count * 2];
    }
    return result;
  }

  private void readValue(int index) {
    switch (FieldType.ofCode(shape.types[index])) {
      case FLOAT -> readFloat(index);
      case INTEGER, UNSIGNED -> {
        shape.previous[index] += in.readSignedVarint();
        bits[index] = shape.previous[index];
      }
      case BOOLEAN -> {
        int value = in.readByte();
        if (value > 1) {
          throw in.corrupt("boolean " + value, "0 or 1");
        }
        bits[index] = value;
      }
      case STRING -> {
        int length = in.readCount(0, in.remaining(), "bytes of string");
        long at = in.skip(length);
        bits[index] = at << 32 | length;
      }
    }
  }

  private void readFloat(int index) {
    int form = in.readByte();
    if (form < LogFormat.POWERS_OF_TEN.length) {
      long mantissa = shape.previous[index] + in.readSignedVarint();
      shape.previous[index] = mantissa;
      bits[index] = Double.doubleToRawLongBits(mantissa / LogFormat.POWERS_OF_TEN[form]);
      decimals[index] = (byte) form;
    } else if ((form & ~0xf) == LogFormat.RAW_FLOAT) {
      bits[index] = in.readLong();
      decimals[index] = (byte) (form & 0xf);
    } else {
      throw in.corrupt("float form " + form, "0 to 14 or 16 to 31");
    }
  }

  private static StorageException corrupt(CorruptChunkException cause) {
    String message = cause.getMessage();
    return new StorageException(
        StorageException.Kind.CORRUPTION,
        message == null ? "corrupt log record" : message.replace("chunk", "log record"),
        cause);
  }
}
