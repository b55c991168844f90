package io.varve.storage.log;

import io.varve.storage.codec.ByteWriter;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes the rows of one commit into one record.
 *
 * <pre>
 * record = version u8, crc32c u32 of what follows, row*
 * row    = uvarint shape number + 1, or 0 and a new shape; zigzag series id delta; zigzag time
 *          delta; value*
 * shape  = uvarint policy id, uvarint field count, (uvarint field id, type u8)*
 * </pre>
 *
 * <p>Rows of one shape (policy and fields) share its description, and numbers are written as the
 * difference to the row of that shape before: a handful of bytes per row, at a few nanoseconds per
 * value. Floats are written as decimals where that is exact, as nearly all of them come from text.
 * Order of calls: {@link #begin}, {@link #add} for each row, {@link #finish}. For one thread.
 */
public final class LogRecordEncoder {
  private static final int FLOAT = FieldType.FLOAT.code();
  private static final int BOOLEAN = FieldType.BOOLEAN.code();

  /** Records are a megabyte long when there is much to do, and what one more batch takes. */
  private static final int MAX_KEPT_BYTES = 4 << 20;

  private final ByteWriter out = new ByteWriter(MAX_KEPT_BYTES);
  private final CRC32C checksum = new CRC32C();
  private final List<LogShape> shapes = new ArrayList<>();
  private LogShape last = new LogShape(-1, -1, new int[0], new byte[0]);
  private int[] fields = new int[64];
  private byte[] types = new byte[64];
  private int[] values = new int[64];
  private int rowCount;
  private int seriesId;
  private long timestampNanos;

  /** Starts a record. */
  public void begin() {
    out.clear();
    out.writeByte(LogFormat.VERSION);
    out.writeInt(0);
    shapes.clear();
    last = new LogShape(-1, -1, new int[0], new byte[0]);
    rowCount = 0;
    seriesId = 0;
    timestampNanos = 0;
  }

  /** Rows added since {@link #begin}. */
  public int rowCount() {
    return rowCount;
  }

  /** Bytes written since {@link #begin}. */
  public int lengthBytes() {
    return out.length();
  }

  /**
   * Adds one row of a batch.
   *
   * @param fieldIds ids of the row's values, the first at index 0; values with id 0 or less are
   *     left out. At least one is more
   */
  public void add(int policyId, int seriesId, PointBatch batch, int row, int[] fieldIds) {
    int first = batch.firstValue(row);
    int width = batch.endValue(row) - first;
    if (last.isNumeric && isOfLastShape(policyId, batch, first, width, fieldIds)) {
      addNumbers(seriesId, batch, row);
    } else {
      addAny(policyId, seriesId, batch, row, fieldIds);
    }
    rowCount++;
  }

  /** Whether a row has a value for each field of the last shape, and no others. */
  private boolean isOfLastShape(
      int policyId, PointBatch batch, int first, int width, int[] fieldIds) {
    LogShape shape = last;
    if (shape.policyId != policyId || shape.fieldIds.length != width) {
      return false;
    }
    for (int i = 0; i < width; i++) {
      if (shape.fieldIds[i] != fieldIds[i] || shape.types[i] != batch.typeCode(first + i)) {
        return false;
      }
    }
    return true;
  }

  /** Adds a row of the last shape, with room for all of it made once. */
  private void addNumbers(int seriesId, PointBatch batch, int row) {
    LogShape shape = last;
    int count = shape.fieldIds.length;
    int at = out.reserve((count + 3) * (ByteWriter.MAX_VARINT_BYTES + 1));
    byte[] to = out.array();
    long time = batch.timestampNanos(row);
    at = ByteWriter.putUnsignedVarint(to, at, shape.number + 1L);
    at = ByteWriter.putSignedVarint(to, at, (long) seriesId - this.seriesId);
    at = ByteWriter.putSignedVarint(to, at, time - timestampNanos);
    this.seriesId = seriesId;
    timestampNanos = time;
    int first = batch.firstValue(row);
    long[] previous = shape.previous;
    for (int i = 0; i < count; i++) {
      int type = shape.types[i];
      long bits = batch.bits(first + i);
      if (type == FLOAT) {
        at = putFloat(to, at, previous, i, bits, batch.decimals(first + i));
      } else if (type == BOOLEAN) {
        to[at++] = (byte) bits;
      } else {
        at = ByteWriter.putSignedVarint(to, at, bits - previous[i]);
        previous[i] = bits;
      }
    }
    out.endAt(at);
  }

  private void addAny(int policyId, int seriesId, PointBatch batch, int row, int[] fieldIds) {
    int count = 0;
    int first = batch.firstValue(row);
    int width = batch.endValue(row) - first;
    if (width > fields.length) {
      fields = new int[width * 2];
      types = new byte[width * 2];
      values = new int[width * 2];
    }
    for (int i = 0; i < width; i++) {
      if (fieldIds[i] > 0) {
        fields[count] = fieldIds[i];
        types[count] = (byte) batch.typeCode(first + i);
        values[count++] = first + i;
      }
    }
    LogShape shape = shape(policyId, count);
    out.writeSignedVarint((long) seriesId - this.seriesId);
    out.writeSignedVarint(batch.timestampNanos(row) - timestampNanos);
    this.seriesId = seriesId;
    timestampNanos = batch.timestampNanos(row);
    for (int i = 0; i < count; i++) {
      writeValue(shape, i, batch, values[i]);
    }
  }

  /**
   * Finishes the record.
   *
   * @return an array whose first {@link #lengthBytes} it is, until the next {@link #begin}
   */
  public byte[] finish() {
    checksum.reset();
    checksum.update(out.array(), LogFormat.HEADER_BYTES, out.length() - LogFormat.HEADER_BYTES);
    out.setInt(1, (int) checksum.getValue());
    return out.array();
  }

  private LogShape shape(int policyId, int count) {
    if (!matches(last, policyId, count)) {
      last = findShape(policyId, count);
    } else {
      out.writeUnsignedVarint(last.number + 1L);
    }
    return last;
  }

  private LogShape findShape(int policyId, int count) {
    for (LogShape shape : shapes) {
      if (matches(shape, policyId, count)) {
        out.writeUnsignedVarint(shape.number + 1L);
        return shape;
      }
    }
    out.writeUnsignedVarint(0);
    out.writeUnsignedVarint(policyId);
    out.writeUnsignedVarint(count);
    for (int i = 0; i < count; i++) {
      out.writeUnsignedVarint(fields[i]);
      out.writeByte(types[i]);
    }
    LogShape shape =
        new LogShape(
            shapes.size(), policyId, Arrays.copyOf(fields, count), Arrays.copyOf(types, count));
    // A bounded list keeps the search short; later shapes are written anew each time.
    if (shapes.size() < LogRecordDecoder.MAX_SHAPES) {
      shapes.add(shape);
      return shape;
    }
    return new LogShape(-1, -1, shape.fieldIds, shape.types);
  }

  private boolean matches(LogShape shape, int policyId, int count) {
    return shape.policyId == policyId
        && Arrays.equals(shape.fieldIds, 0, shape.fieldIds.length, fields, 0, count)
        && Arrays.equals(shape.types, 0, shape.types.length, types, 0, count);
  }

  private void writeValue(LogShape shape, int index, PointBatch batch, int value) {
    switch (FieldType.ofCode(shape.types[index])) {
      case FLOAT -> writeFloat(shape, index, batch.bits(value), batch.decimals(value));
      case INTEGER, UNSIGNED -> {
        long bits = batch.bits(value);
        out.writeSignedVarint(bits - shape.previous[index]);
        shape.previous[index] = bits;
      }
      case BOOLEAN -> out.writeByte((int) batch.bits(value));
      case STRING -> {
        int length = batch.stringLength(value);
        out.writeUnsignedVarint(length);
        out.writeBytes(batch.arena(), batch.stringOffset(value), length);
      }
    }
  }

  private void writeFloat(LogShape shape, int index, long bits, int decimals) {
    int at = out.reserve(1 + ByteWriter.MAX_VARINT_BYTES);
    out.endAt(putFloat(out.array(), at, shape.previous, index, bits, decimals));
  }

  /** Writes a float where there is room for a byte and a varint; answers where it ends. */
  private static int putFloat(
      byte[] to, int at, long[] previous, int index, long bits, int decimals) {
    if (decimals < LogFormat.POWERS_OF_TEN.length) {
      double power = LogFormat.POWERS_OF_TEN[decimals];
      double scaled = Math.rint(Double.longBitsToDouble(bits) * power);
      if (Math.abs(scaled) < LogFormat.MAX_MANTISSA
          && Double.doubleToRawLongBits((long) scaled / power) == bits) {
        long mantissa = (long) scaled;
        to[at] = (byte) decimals;
        int end = ByteWriter.putSignedVarint(to, at + 1, mantissa - previous[index]);
        previous[index] = mantissa;
        return end;
      }
    }
    to[at] = (byte) (LogFormat.RAW_FLOAT | decimals);
    ByteWriter.putLong(to, at + 1, bits);
    return at + 1 + Long.BYTES;
  }
}
