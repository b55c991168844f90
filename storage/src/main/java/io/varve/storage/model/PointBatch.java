package io.varve.storage.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A reusable batch of points in flat arrays: what parsers fill and the engine stores.
 *
 * <p>All bytes (canonical series keys, field names, strings) lie in one arena; rows and values are
 * numbers that point into it. Nothing is allocated per point once the arrays have grown. Rows that
 * follow each other with equal keys share the key's bytes, and {@link #sameKeyAsPrevious} tells so.
 *
 * <p>Order of calls for a row: {@link #beginRow}, any number of {@code add...}, then {@link
 * #endRow} or {@link #abandonRow}. For one thread at a time; the batch must not be changed between
 * handing it to the engine and the engine's answer.
 */
public final class PointBatch {
  /** Longest string value accepted, in bytes. */
  public static final int MAX_STRING_BYTES = 1 << 20;

  /** {@link #decimals} of a value whose decimal form is not known. */
  public static final int UNKNOWN_DECIMALS = 15;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private byte[] arena = new byte[4096];
  private int arenaLength;

  private int rowCount;
  private long[] timestampNanos = new long[64];
  private int[] keyOffset = new int[64];
  private int[] keyLength = new int[64];
  private int[] firstValue = new int[65];

  /** By row: which of the known keys it has, or {@link KnownKeys#UNKNOWN}. */
  private int[] knownKey = new int[64];

  /** By row: which of the known lists of fields it has, or {@link KnownFields#NONE}. */
  private int[] fieldList = new int[64];

  private @Nullable KnownKeys knownKeys;
  private @Nullable KnownFields knownFields;

  private int valueCount;
  private int[] nameOffset = new int[256];
  private int[] nameLength = new int[256];
  private byte[] type = new byte[256];
  private byte[] decimals = new byte[256];
  private long[] bits = new long[256];

  private int arenaLengthAtRowStart;

  /** A batch that has {@link #knownKeys} and {@link #knownFields} before it is used again. */
  public static PointBatch learning() {
    PointBatch batch = new PointBatch();
    batch.learn();
    return batch;
  }

  private void learn() {
    knownKeys = new KnownKeys();
    knownFields = new KnownFields();
  }

  /** Empties the batch and keeps its arrays, {@link #knownKeys} and {@link #knownFields}. */
  public void clear() {
    // What is used once only need not learn.
    if (knownKeys == null && rowCount > 0) {
      learn();
    } else if (knownKeys != null && knownFields != null) {
      knownKeys.beginBatch();
      if (knownFields.beginBatch()) {
        knownKeys.forgetFields();
      }
    }
    arenaLength = 0;
    rowCount = 0;
    valueCount = 0;
  }

  /**
   * The keys that were used in this batch before it was cleared for the first time or later; null
   * if it has not been and is not {@link #learning}. For who fills the batch, then for the engine.
   */
  public @Nullable KnownKeys knownKeys() {
    return knownKeys;
  }

  /** The lists of fields that were used in this batch before; null when {@link #knownKeys} is. */
  public @Nullable KnownFields knownFields() {
    return knownFields;
  }

  /** Starts a row of the series with one of {@link #knownKeys}. */
  public void beginRow(KnownKeys known, int number) {
    reserveRow();
    knownKey[rowCount] = number;
    keyLength[rowCount] = known.keyLength(number);
    keyOffset[rowCount] = known.keyOffset(number);
  }

  /**
   * Adds a whole row of the series with one of {@link #knownKeys}.
   *
   * @param list one of {@link #knownFields}, which says what the values are
   * @param bits by field, as {@link #bits(int)} gives them
   * @param decimals by field, as {@link #addFloat} wants them; 0 for integers
   */
  public void addRow(
      KnownKeys known,
      int number,
      KnownFields fields,
      int list,
      long[] bits,
      byte[] decimals,
      long timestampNanos) {
    beginRow(known, number);
    fieldList[rowCount] = list;
    int first = fields.firstField(list);
    int count = fields.fieldCount(list);
    if (fields.needsPlace(list)) {
      for (int field = first; field < first + count; field++) {
        fields.place(
            field, append(fields.text(), fields.nameStart(field), fields.nameLength(field)));
      }
    }
    while (this.bits.length - valueCount < count) {
      growValues();
    }
    fields.copyNames(first, count, nameOffset, nameLength, type, valueCount);
    if (count == 1) {
      // So common that five calls to copy one number each would be a tenth of the parser's work.
      this.bits[valueCount] = bits[0];
      this.decimals[valueCount] = decimals[0];
    } else {
      System.arraycopy(bits, 0, this.bits, valueCount, count);
      System.arraycopy(decimals, 0, this.decimals, valueCount, count);
    }
    valueCount += count;
    endRow(timestampNanos);
  }

  /** Has the fields of the last row, if they can be, expected of its series from here on. */
  public void learnFields() {
    int row = rowCount - 1;
    KnownKeys keys = knownKeys;
    KnownFields fields = knownFields;
    if (keys != null && fields != null && knownKey[row] >= 0 && keys.mayLearn(knownKey[row])) {
      keys.setFields(knownKey[row], fields.learn(this, row));
    }
  }

  /** Starts a row of the series with the given canonical key ({@link SeriesKey#toBytes}). */
  public void beginRow(byte[] key, int offset, int length) {
    reserveRow();
    knownKey[rowCount] = KnownKeys.UNKNOWN;
    keyLength[rowCount] = length;
    if (rowCount > 0
        && knownKey[rowCount - 1] == KnownKeys.UNKNOWN
        && keyLength[rowCount - 1] == length
        && Arrays.equals(
            key,
            offset,
            offset + length,
            arena,
            keyOffset[rowCount - 1],
            keyOffset[rowCount - 1] + length)) {
      keyOffset[rowCount] = keyOffset[rowCount - 1];
    } else {
      keyOffset[rowCount] = append(key, offset, length);
    }
  }

  private void reserveRow() {
    if (rowCount == timestampNanos.length) {
      int capacity = rowCount * 2;
      timestampNanos = Arrays.copyOf(timestampNanos, capacity);
      keyOffset = Arrays.copyOf(keyOffset, capacity);
      keyLength = Arrays.copyOf(keyLength, capacity);
      knownKey = Arrays.copyOf(knownKey, capacity);
      fieldList = Arrays.copyOf(fieldList, capacity);
      firstValue = Arrays.copyOf(firstValue, capacity + 1);
    }
    arenaLengthAtRowStart = arenaLength;
    firstValue[rowCount] = valueCount;
    fieldList[rowCount] = KnownFields.NONE;
  }

  /** Starts a row of a series; {@link #beginRow(byte[], int, int)} spares encoding the key. */
  public void beginRow(SeriesKey key) {
    byte[] bytes = key.toBytes();
    beginRow(bytes, 0, bytes.length);
  }

  /** Adds a float to the open row. */
  public void add(String name, double value) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    addFloat(bytes, 0, bytes.length, value, UNKNOWN_DECIMALS);
  }

  /** Adds an integer to the open row. */
  public void add(String name, long value) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    addInteger(bytes, 0, bytes.length, value);
  }

  /** Adds a boolean to the open row. */
  public void add(String name, boolean value) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    addBoolean(bytes, 0, bytes.length, value);
  }

  /** Adds a string to the open row. */
  public void add(String name, String value) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    addString(bytes, 0, bytes.length, text, 0, text.length);
  }

  /**
   * Adds a float to the open row.
   *
   * @param decimals digits after the decimal point in the shortest text that means this value, 0 to
   *     14, or {@link #UNKNOWN_DECIMALS}; a hint for the codec that need not be right
   */
  public void addFloat(byte[] name, int offset, int length, double value, int decimals) {
    add(name, offset, length, FieldType.FLOAT, Double.doubleToRawLongBits(value), decimals);
  }

  public void addInteger(byte[] name, int offset, int length, long value) {
    add(name, offset, length, FieldType.INTEGER, value, 0);
  }

  /** Adds an unsigned integer whose 64 bits are given. */
  public void addUnsigned(byte[] name, int offset, int length, long value) {
    add(name, offset, length, FieldType.UNSIGNED, value, 0);
  }

  public void addBoolean(byte[] name, int offset, int length, boolean value) {
    add(name, offset, length, FieldType.BOOLEAN, value ? 1 : 0, 0);
  }

  /** Adds a string whose UTF-8 bytes are given; they are copied. */
  public void addString(
      byte[] name, int offset, int length, byte[] value, int valueOffset, int valueLength) {
    long at = append(value, valueOffset, valueLength);
    add(name, offset, length, FieldType.STRING, at << 32 | valueLength, 0);
  }

  /** Ends the open row. */
  public void endRow(long timestampNanos) {
    this.timestampNanos[rowCount++] = timestampNanos;
    firstValue[rowCount] = valueCount;
  }

  /** Forgets the open row, as if it had never been begun. */
  public void abandonRow() {
    arenaLength = arenaLengthAtRowStart;
    valueCount = firstValue[rowCount];
  }

  public int rowCount() {
    return rowCount;
  }

  /** Heap bytes that this takes now, and keeps when it is cleared. */
  public long heapBytes() {
    return arena.length
        + 28L * timestampNanos.length
        + 18L * bits.length
        + (knownKeys == null ? 0 : knownKeys.heapBytes())
        + (knownFields == null ? 0 : knownFields.heapBytes());
  }

  /** Values in all rows together. */
  public int valueCount() {
    return valueCount;
  }

  /** The bytes that names and strings point into; valid until the next change. */
  public byte[] arena() {
    return arena;
  }

  public long timestampNanos(int row) {
    return timestampNanos[row];
  }

  /** The bytes that the key of a row lies in; valid until the next change. */
  public byte[] keyBytes(int row) {
    KnownKeys keys = knownKeys;
    return keys == null || knownKey[row] < 0 ? arena : keys.bytes();
  }

  /** Where its key begins in {@link #keyBytes}. */
  public int keyOffset(int row) {
    return keyOffset[row];
  }

  public int keyLength(int row) {
    return keyLength[row];
  }

  /** Which of {@link #knownKeys} the row has, or {@link KnownKeys#UNKNOWN}. */
  public int knownKey(int row) {
    return knownKey[row];
  }

  /** Which of {@link #knownFields} the row has, or {@link KnownFields#NONE}. */
  public int fieldList(int row) {
    return fieldList[row];
  }

  /** Whether the row is known to belong to the same series as the row before it. */
  public boolean sameKeyAsPrevious(int row) {
    return row > 0 && keyOffset[row] == keyOffset[row - 1] && knownKey[row] == knownKey[row - 1];
  }

  /** The first value of a row; its values end where the next row's begin. */
  public int firstValue(int row) {
    return firstValue[row];
  }

  /** One past the last value of a row. */
  public int endValue(int row) {
    return firstValue[row + 1];
  }

  public int nameOffset(int value) {
    return nameOffset[value];
  }

  public int nameLength(int value) {
    return nameLength[value];
  }

  public FieldType type(int value) {
    return FieldType.ofCode(type[value]);
  }

  /** The code of {@link #type}. */
  public int typeCode(int value) {
    return type[value];
  }

  /** The value's 64 bits: raw double, integer, 0 or 1; not for strings. */
  public long bits(int value) {
    return bits[value];
  }

  /** See {@link #addFloat}. */
  public int decimals(int value) {
    return decimals[value];
  }

  public int stringOffset(int value) {
    return (int) (bits[value] >>> 32);
  }

  public int stringLength(int value) {
    return (int) bits[value];
  }

  private void add(byte[] name, int offset, int length, FieldType type, long bits, int decimals) {
    if (valueCount == this.bits.length) {
      growValues();
    }
    nameOffset[valueCount] = shareNameOfPreviousRow(name, offset, length);
    nameLength[valueCount] = length;
    this.type[valueCount] = (byte) type.code();
    this.decimals[valueCount] = (byte) decimals;
    this.bits[valueCount] = bits;
    valueCount++;
  }

  private void growValues() {
    int capacity = bits.length * 2;
    nameOffset = Arrays.copyOf(nameOffset, capacity);
    nameLength = Arrays.copyOf(nameLength, capacity);
    type = Arrays.copyOf(type, capacity);
    decimals = Arrays.copyOf(decimals, capacity);
    bits = Arrays.copyOf(bits, capacity);
  }

  /** Rows of one measurement mostly repeat the same names in the same places. */
  private int shareNameOfPreviousRow(byte[] name, int offset, int length) {
    if (rowCount > 0) {
      int twin = firstValue[rowCount - 1] + (valueCount - firstValue[rowCount]);
      if (twin < firstValue[rowCount]
          && nameLength[twin] == length
          && equal(name, offset, arena, nameOffset[twin], length)) {
        return nameOffset[twin];
      }
    }
    return append(name, offset, length);
  }

  /** Names are short, too short for the general comparison to pay. */
  private static boolean equal(byte[] a, int aOffset, byte[] b, int bOffset, int length) {
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      if ((long) WORD.get(a, aOffset + at) != (long) WORD.get(b, bOffset + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (a[aOffset + at] != b[bOffset + at]) {
        return false;
      }
    }
    return true;
  }

  private int append(byte[] source, int offset, int length) {
    if (arena.length - arenaLength < length) {
      arena = Arrays.copyOf(arena, Math.max(arena.length * 2, arenaLength + length));
    }
    System.arraycopy(source, offset, arena, arenaLength, length);
    int at = arenaLength;
    arenaLength += length;
    return at;
  }
}
