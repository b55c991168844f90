package io.varve.storage.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The series keys that the sender of a batch has used before: as it spells them, in canonical form,
 * which series they were found to be, and which fields they last had ({@link KnownFields}).
 *
 * <p>Senders send the same series in the same order time after time. So each key remembers which
 * one came after it, and a row costs one comparison with the text expected next, where it would
 * else be cut into tags, sorted, hashed, and looked up in an index that no cache holds. A text that
 * was not expected is looked up by its hash.
 *
 * <p>Text and canonical form lie side by side in the order of their first use. Bounds: {@link
 * #MAX_KEYS} and {@link #MAX_BYTES}. When they are reached, it starts anew with the next batch if
 * it was of use so far, and else learns no more. For one thread at a time, with the batch.
 */
public final class KnownKeys {
  /** In place of the number of a key, or of a series id. */
  public static final int UNKNOWN = -1;

  static final int MAX_KEYS = 1 << 15;
  static final int MAX_BYTES = 6 << 20;

  /** A series whose fields are others more often than this is not asked about them any more. */
  private static final int MAX_FIELD_CHANGES = 16;

  /** Slots looked at of a table at most a quarter full; no choice of texts makes it slow. */
  private static final int MAX_PROBES = 16;

  private static final long MIX = 0x9e3779b97f4a7c15L;
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private byte[] bytes = new byte[4096];
  private int length;
  private int count;
  private int[] start = new int[64];
  private int[] textLength = new int[64];
  private int[] keyLength = new int[64];
  private int[] follower = new int[64];
  private int[] seriesIds = new int[64];

  /** Which list of {@link KnownFields} is expected next. */
  private int[] fields = new int[64];

  /** How often another was learned. */
  private byte[] fieldChanges = new byte[64];

  /** Numbers + 1 by hash of the text. */
  private int[] slots = new int[256];

  private int last = UNKNOWN;

  /** What came after the last one. Kept, so that a first row takes no branch of its own. */
  private int next = UNKNOWN;

  private boolean full;
  private boolean useless;
  private long hits;
  private long generation;

  /** A batch begins; numbers of earlier batches are of no meaning any more. */
  void beginBatch() {
    if (full && !useless) {
      useless = hits < 4L * count;
      length = 0;
      count = 0;
      hits = 0;
      last = UNKNOWN;
      next = UNKNOWN;
      full = false;
      Arrays.fill(slots, 0);
      if (useless) {
        bytes = new byte[0];
        slots = new int[0];
      }
    }
  }

  /**
   * The number of the key whose text begins at {@code from} and is followed by a space, or {@link
   * #UNKNOWN}.
   */
  public int find(byte[] line, int from, int limit) {
    int guess = expect(line, from, limit);
    if (guess >= 0) {
      take(guess);
      return guess;
    }
    int found = useless ? UNKNOWN : findByHash(line, from, limit);
    if (found >= 0) {
      if (last >= 0) {
        follower[last] = found;
      }
      take(found);
    }
    return found;
  }

  /**
   * The number of the key that came after the one before, if its text and a space are here, or
   * {@link #UNKNOWN}. Changes nothing; {@link #take} goes on.
   */
  public int expect(byte[] line, int from, int limit) {
    int guess = next;
    return guess >= 0 && isAt(guess, line, from, limit) ? guess : UNKNOWN;
  }

  /** Goes on to the key that is expected, in place of {@link #find}. */
  public void take(int expected) {
    last = expected;
    next = follower[expected];
    hits++;
  }

  private int findByHash(byte[] line, int from, int limit) {
    int end = from + 1;
    while (end < limit && (line[end] != ' ' || line[end - 1] == '\\')) {
      end++;
    }
    int mask = slots.length - 1;
    int at = hash(line, from, end - from) & mask;
    for (int i = 0; i < MAX_PROBES; i++) {
      int number = slots[(at + i) & mask] - 1;
      if (number < 0) {
        return UNKNOWN;
      }
      if (textLength[number] == end - from && isAt(number, line, from, limit)) {
        return number;
      }
    }
    return UNKNOWN;
  }

  private boolean isAt(int number, byte[] line, int from, int limit) {
    int text = textLength[number];
    return limit - from > text
        && line[from + text] == ' '
        && Arrays.equals(line, from, from + text, bytes, start[number], start[number] + text);
  }

  /**
   * Learns a key that {@link #find} did not know.
   *
   * @param from where its text begins, to {@code to}; it has no space that is not escaped, and does
   *     not end in a backslash
   * @return its number, or {@link #UNKNOWN} if there is no room
   */
  public int add(byte[] line, int from, int to, byte[] key, int keyBytes) {
    int text = to - from;
    if (useless || full) {
      return UNKNOWN;
    }
    if (count == MAX_KEYS || length + text + keyBytes > MAX_BYTES) {
      full = true;
      return UNKNOWN;
    }
    if (count * 4 == slots.length) {
      growSlots();
    }
    int slot = freeSlot(slots, hash(line, from, text));
    if (slot < 0) {
      return UNKNOWN;
    }
    reserve(text + keyBytes);
    slots[slot] = count + 1;
    start[count] = length;
    textLength[count] = text;
    keyLength[count] = keyBytes;
    follower[count] = UNKNOWN;
    seriesIds[count] = UNKNOWN;
    fields[count] = KnownFields.NONE;
    fieldChanges[count] = 0;
    System.arraycopy(line, from, bytes, length, text);
    System.arraycopy(key, 0, bytes, length + text, keyBytes);
    length += text + keyBytes;
    if (last >= 0) {
      follower[last] = count;
    }
    last = count;
    next = UNKNOWN;
    return count++;
  }

  /** Length of the text of a key, which a space follows. */
  public int textLength(int number) {
    return textLength[number];
  }

  /** What {@link #keyOffset} points into, until the next change. */
  byte[] bytes() {
    return bytes;
  }

  int keyOffset(int number) {
    return start[number] + textLength[number];
  }

  int keyLength(int number) {
    return keyLength[number];
  }

  /**
   * Says by which index series ids are meant from here on.
   *
   * @param generation differs whenever an id may mean another series, or none
   */
  public void useIndex(long generation) {
    if (this.generation != generation) {
      this.generation = generation;
      Arrays.fill(seriesIds, 0, count, UNKNOWN);
    }
  }

  /** What {@link #setSeriesId} said of a key since the index is the same, or {@link #UNKNOWN}. */
  public int seriesId(int number) {
    return seriesIds[number];
  }

  /** Notes which series a key is. */
  public void setSeriesId(int number, int seriesId) {
    seriesIds[number] = seriesId;
  }

  /**
   * Which list of {@link KnownFields} the last row of a series had, or {@link KnownFields#NONE}.
   */
  public int fields(int number) {
    return fields[number];
  }

  /** Whether another list would be of use. */
  boolean mayLearn(int number) {
    return fieldChanges[number] < MAX_FIELD_CHANGES;
  }

  void setFields(int number, int list) {
    if (list != fields[number] || list == KnownFields.NONE) {
      fieldChanges[number]++;
      fields[number] = mayLearn(number) ? list : KnownFields.NONE;
    }
  }

  void forgetFields() {
    Arrays.fill(fields, 0, count, KnownFields.NONE);
  }

  /** Heap bytes in use. */
  long heapBytes() {
    return bytes.length + 25L * start.length + 4L * slots.length;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 3 / 2, length + more));
    }
    if (count == start.length) {
      int capacity = count * 2;
      start = Arrays.copyOf(start, capacity);
      textLength = Arrays.copyOf(textLength, capacity);
      keyLength = Arrays.copyOf(keyLength, capacity);
      follower = Arrays.copyOf(follower, capacity);
      seriesIds = Arrays.copyOf(seriesIds, capacity);
      fields = Arrays.copyOf(fields, capacity);
      fieldChanges = Arrays.copyOf(fieldChanges, capacity);
    }
  }

  private void growSlots() {
    int[] grown = new int[slots.length * 2];
    for (int number = 0; number < count; number++) {
      int slot = freeSlot(grown, hash(bytes, start[number], textLength[number]));
      if (slot >= 0) {
        grown[slot] = number + 1;
      }
    }
    slots = grown;
  }

  private static int freeSlot(int[] slots, int hash) {
    int mask = slots.length - 1;
    for (int i = 0; i < MAX_PROBES; i++) {
      int at = (hash + i) & mask;
      if (slots[at] == 0) {
        return at;
      }
    }
    return -1;
  }

  private static int hash(byte[] text, int from, int length) {
    long hash = length * MIX;
    int end = from + length;
    int at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = (hash ^ (long) WORD.get(text, at)) * MIX;
      hash ^= hash >>> 32;
    }
    for (; at < end; at++) {
      hash = (hash ^ text[at]) * MIX;
    }
    return (int) (((hash ^ hash >>> 29) * MIX) >>> 32);
  }
}
