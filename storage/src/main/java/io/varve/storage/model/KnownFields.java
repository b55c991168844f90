package io.varve.storage.model;

import java.util.Arrays;

/**
 * The lists of fields that the sender of a batch has used before: the measurement, and the names
 * and types of the fields in the order in which they came.
 *
 * <p>Series send the same fields row after row. Who reads their text compares it with the names
 * expected, where it would else look for their ends, see which are equal, and copy them; and the
 * engine finds out once per batch which fields the names of a list are, where it would else do so
 * row by row when measurements come in turn.
 *
 * <p>Only numbers, and names that are spelt as they are, can be in a list. Bounds: {@link
 * #MAX_LISTS}, {@link #MAX_FIELDS} in each, {@link #MAX_TEXT_BYTES}. When they are reached, it
 * starts anew with the next batch if it was of use so far, and else learns no more. For one thread
 * at a time, with the batch.
 */
public final class KnownFields {
  /** In place of the number of a list. */
  public static final int NONE = -1;

  /** Most fields of a list. */
  public static final int MAX_FIELDS = 256;

  static final int MAX_LISTS = 4096;
  static final int MAX_TEXT_BYTES = 1 << 20;

  /** Readable bytes of {@link #text} behind the last name, for who reads words. */
  private static final int PADDING = Long.BYTES;

  private static final int MAX_PROBES = 16;

  /** For each list its measurement, then for each field {@code name=}. */
  private byte[] text = new byte[1024];

  private int textLength;
  private int count;
  private int[] hash = new int[16];
  private int[] measurementStart = new int[16];
  private int[] measurementLength = new int[16];
  private int[] firstField = new int[17];

  /** The batch whose arena has the names. */
  private long[] placedIn = new long[16];

  private int[] nameStart = new int[64];
  private int[] nameLength = new int[64];
  private byte[] type = new byte[64];
  private int[] place = new int[64];

  /** Numbers + 1 by hash. */
  private int[] slots = new int[64];

  private long batchNumber = 1;
  private boolean full;
  private boolean useless;
  private long hits;

  /** A batch begins; answers whether numbers of lists are of no meaning any more. */
  boolean beginBatch() {
    batchNumber++;
    if (!full || useless) {
      return false;
    }
    useless = hits < 4L * count;
    textLength = 0;
    count = 0;
    hits = 0;
    full = false;
    Arrays.fill(slots, 0);
    if (useless) {
      text = new byte[0];
    }
    return true;
  }

  /** The number of the list of a row with one of the known keys, or {@link #NONE}. */
  int learn(PointBatch batch, int row) {
    int first = batch.firstValue(row);
    int fields = batch.endValue(row) - first;
    if (useless || fields == 0 || fields > MAX_FIELDS || !areListable(batch, first, fields)) {
      return NONE;
    }
    int hashed = hash(batch, row);
    int mask = slots.length - 1;
    int slot = -1;
    for (int i = 0; i < MAX_PROBES && slot < 0; i++) {
      int at = (hashed + i) & mask;
      int number = slots[at] - 1;
      if (number < 0) {
        slot = at;
      } else if (hash[number] == hashed && isListOf(number, batch, row)) {
        return number;
      }
    }
    return full || slot < 0 ? NONE : add(batch, row, hashed, slot);
  }

  private static boolean areListable(PointBatch batch, int first, int fields) {
    byte[] arena = batch.arena();
    for (int value = first; value < first + fields; value++) {
      FieldType type = batch.type(value);
      if (type == FieldType.STRING || type == FieldType.BOOLEAN) {
        return false;
      }
      int start = batch.nameOffset(value);
      for (int at = start; at < start + batch.nameLength(value); at++) {
        byte b = arena[at];
        if (b == ',' || b == '=' || b == ' ' || b == '\\' || b == '"' || b == '\n') {
          return false;
        }
      }
    }
    return true;
  }

  private int add(PointBatch batch, int row, int hashed, int slot) {
    int first = batch.firstValue(row);
    int fields = batch.endValue(row) - first;
    int bytes = measurementLength(batch, row);
    int start = textLength;
    for (int value = first; value < first + fields; value++) {
      bytes += batch.nameLength(value) + 1;
    }
    if (count == MAX_LISTS || textLength + bytes > MAX_TEXT_BYTES) {
      full = true;
      return NONE;
    }
    reserve(bytes, fields);
    measurementStart[count] = start;
    measurementLength[count] = measurementLength(batch, row);
    append(batch.keyBytes(row), measurementStart(batch, row), measurementLength[count]);
    int field = firstField[count];
    for (int value = first; value < first + fields; value++, field++) {
      nameStart[field] = textLength;
      nameLength[field] = batch.nameLength(value);
      type[field] = (byte) batch.typeCode(value);
      append(batch.arena(), batch.nameOffset(value), nameLength[field]);
      text[textLength++] = '=';
    }
    firstField[count + 1] = field;
    hash[count] = hashed;
    placedIn[count] = 0;
    slots[slot] = ++count;
    if (count * 4 > slots.length) {
      growSlots();
    }
    return count - 1;
  }

  private void append(byte[] from, int offset, int length) {
    System.arraycopy(from, offset, text, textLength, length);
    textLength += length;
  }

  private void reserve(int bytes, int fields) {
    if (text.length - textLength < bytes + PADDING) {
      text = Arrays.copyOf(text, Math.max(text.length * 2, textLength + bytes + PADDING));
    }
    if (count == hash.length) {
      int capacity = count * 2;
      hash = Arrays.copyOf(hash, capacity);
      measurementStart = Arrays.copyOf(measurementStart, capacity);
      measurementLength = Arrays.copyOf(measurementLength, capacity);
      firstField = Arrays.copyOf(firstField, capacity + 1);
      placedIn = Arrays.copyOf(placedIn, capacity);
    }
    int end = firstField[count] + fields;
    if (end > nameStart.length) {
      int capacity = Math.max(end, nameStart.length * 2);
      nameStart = Arrays.copyOf(nameStart, capacity);
      nameLength = Arrays.copyOf(nameLength, capacity);
      type = Arrays.copyOf(type, capacity);
      place = Arrays.copyOf(place, capacity);
    }
  }

  private void growSlots() {
    int[] grown = new int[slots.length * 2];
    int mask = grown.length - 1;
    for (int number = 0; number < count; number++) {
      for (int i = 0; i < MAX_PROBES; i++) {
        int at = (hash[number] + i) & mask;
        if (grown[at] == 0) {
          grown[at] = number + 1;
          break;
        }
      }
    }
    slots = grown;
  }

  private boolean isListOf(int number, PointBatch batch, int row) {
    int first = batch.firstValue(row);
    int fields = batch.endValue(row) - first;
    int measurement = measurementStart(batch, row);
    if (fieldCount(number) != fields
        || !Arrays.equals(
            text,
            measurementStart[number],
            measurementStart[number] + measurementLength[number],
            batch.keyBytes(row),
            measurement,
            measurement + measurementLength(batch, row))) {
      return false;
    }
    for (int i = 0; i < fields; i++) {
      int field = firstField[number] + i;
      int name = batch.nameOffset(first + i);
      if (type[field] != batch.typeCode(first + i)
          || !Arrays.equals(
              text,
              nameStart[field],
              nameStart[field] + nameLength[field],
              batch.arena(),
              name,
              name + batch.nameLength(first + i))) {
        return false;
      }
    }
    return true;
  }

  private static int hash(PointBatch batch, int row) {
    int start = measurementStart(batch, row);
    int hash = hash(1, batch.keyBytes(row), start, measurementLength(batch, row));
    for (int value = batch.firstValue(row); value < batch.endValue(row); value++) {
      hash = hash * 31 + batch.typeCode(value);
      hash = hash(hash, batch.arena(), batch.nameOffset(value), batch.nameLength(value));
    }
    return hash ^ hash >>> 15;
  }

  private static int hash(int seed, byte[] bytes, int start, int length) {
    int hash = seed;
    for (int i = start; i < start + length; i++) {
      hash = hash * 31 + bytes[i];
    }
    return hash * 0x9e3779b9;
  }

  /** A canonical key begins with the measurement, behind its length as a varint. */
  private static int measurementStart(PointBatch batch, int row) {
    byte[] key = batch.keyBytes(row);
    int at = batch.keyOffset(row);
    while (key[at] < 0) {
      at++;
    }
    return at + 1;
  }

  private static int measurementLength(PointBatch batch, int row) {
    byte[] key = batch.keyBytes(row);
    int at = batch.keyOffset(row);
    int length = 0;
    int shift = 0;
    for (; key[at] < 0; at++, shift += 7) {
      length |= (key[at] & 0x7f) << shift;
    }
    return length | key[at] << shift;
  }

  /** Lists there are; their numbers are below. */
  public int count() {
    return count;
  }

  /** The first field of a list; the others follow. */
  public int firstField(int list) {
    return firstField[list];
  }

  public int fieldCount(int list) {
    return firstField[list + 1] - firstField[list];
  }

  /** What {@link #nameStart} points into; eight bytes more than needed can be read. */
  public byte[] text() {
    return text;
  }

  /** Where the name of a field begins in {@link #text}; a {@code =} follows it there. */
  public int nameStart(int field) {
    return nameStart[field];
  }

  public int nameLength(int field) {
    return nameLength[field];
  }

  /** The code of the type of a field: that of a number. */
  public int typeCode(int field) {
    return type[field];
  }

  /** Whether the names of a list are not in the arena yet; {@link #place} has to follow. */
  boolean needsPlace(int list) {
    hits++;
    if (placedIn[list] == batchNumber) {
      return false;
    }
    placedIn[list] = batchNumber;
    return true;
  }

  /** Says where in the arena the name of a field is. */
  void place(int field, int offset) {
    place[field] = offset;
  }

  /** Copies what a batch keeps of the fields from {@code first} on. */
  void copyNames(int first, int fields, int[] offsets, int[] lengths, byte[] types, int to) {
    if (fields == 1) {
      offsets[to] = place[first];
      lengths[to] = nameLength[first];
      types[to] = type[first];
      return;
    }
    System.arraycopy(place, first, offsets, to, fields);
    System.arraycopy(nameLength, first, lengths, to, fields);
    System.arraycopy(type, first, types, to, fields);
  }

  /** Heap bytes in use. */
  long heapBytes() {
    return text.length + 24L * hash.length + 13L * nameStart.length + 4L * slots.length;
  }
}
