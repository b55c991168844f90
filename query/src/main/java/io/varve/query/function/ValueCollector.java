package io.varve.query.function;

import io.varve.storage.model.FieldType;
import java.util.Arrays;

/**
 * The state of functions that must see all values of a window at once: median, mode, percentile and
 * the number of distinct values.
 *
 * <p>Values are appended as 64 sortable bits, whatever their type; a run of one window is one entry
 * of a chain that starts at the window's slot. So adding copies, and only {@link #read} sorts: n
 * log n for the values of a window. Memory is reserved before it is taken, and kept for the next
 * group.
 */
abstract class ValueCollector extends Accumulator {
  private static final int NONE = 0;
  private static final int INITIAL_VALUES = 64;
  private static final byte[][] NO_STRINGS = new byte[0][];

  private final FieldType input;
  private final boolean keepsTime;
  private final StateMemory memory;

  private long[] keys = new long[0];
  private long[] times = new long[0];
  private byte[][] strings = NO_STRINGS;
  private int size;

  /** Chains of runs; run 0 is the end of each chain. */
  private int[] runStart = new int[1];

  private int[] runEnd = new int[1];
  private int[] runNext = new int[1];
  private int runs = 1;
  private int[] firstRun = new int[0];

  /** The values of the window read last: unsorted with their times, and sorted. */
  private long[] gathered = new long[0];

  private long[] gatheredTimes = new long[0];
  private byte[][] dictionary = NO_STRINGS;

  ValueCollector(FieldType input, boolean keepsTime, StateMemory memory) {
    this.input = input;
    this.keepsTime = keepsTime;
    this.memory = memory;
  }

  final FieldType input() {
    return input;
  }

  @Override
  public void add(DenseColumn column, WindowSpan span) {
    ensure(size + column.size());
    append(column);
    int[] start = column.runStart();
    for (int r = 0; r < column.runCount(); r++) {
      int slot = span.slot(column.runWindow()[r]);
      chain(slot, size + start[r], size + start[r + 1]);
      counts[slot] += start[r + 1] - start[r];
    }
    size += column.size();
  }

  private void append(DenseColumn column) {
    int n = column.size();
    switch (input) {
      case FLOAT -> {
        double[] from = column.doubles();
        for (int i = 0; i < n; i++) {
          keys[size + i] = SortableBits.ofDouble(from[i]);
        }
      }
      case STRING -> {
        byte[][] from = column.strings();
        for (int i = 0; i < n; i++) {
          memory.reserve(from[i].length + 16L);
          strings[size + i] = from[i].clone();
        }
      }
      case UNSIGNED -> {
        long[] from = column.longs();
        for (int i = 0; i < n; i++) {
          keys[size + i] = from[i] ^ Long.MIN_VALUE;
        }
      }
      default -> System.arraycopy(column.longs(), 0, keys, size, n);
    }
    if (keepsTime) {
      for (int i = 0; i < n; i++) {
        times[size + i] = column.timestampNanos(i);
      }
    }
  }

  private void chain(int slot, int start, int end) {
    if (runs == runStart.length) {
      int capacity = Math.max(INITIAL_VALUES, runs * 2);
      memory.reserve(3L * Integer.BYTES * (capacity - runs));
      runStart = Arrays.copyOf(runStart, capacity);
      runEnd = Arrays.copyOf(runEnd, capacity);
      runNext = Arrays.copyOf(runNext, capacity);
    }
    runStart[runs] = start;
    runEnd[runs] = end;
    runNext[runs] = firstRun[slot];
    firstRun[slot] = runs++;
  }

  private void ensure(int needed) {
    int capacity = Math.max(keys.length, strings.length);
    if (needed < 0) {
      memory.reserve(Long.MAX_VALUE / 2);
    }
    if (needed <= capacity) {
      return;
    }
    int wanted = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(INITIAL_VALUES, needed * 2L));
    // Reading a window gathers it once more.
    memory.reserve((keepsTime ? 4L : 2L) * Long.BYTES * (wanted - capacity));
    if (input == FieldType.STRING) {
      strings = Arrays.copyOf(strings, wanted);
    } else {
      keys = Arrays.copyOf(keys, wanted);
    }
    if (keepsTime) {
      times = Arrays.copyOf(times, wanted);
    }
  }

  /** Collects the values of a slot; afterwards {@link #sorted} and the like answer for it. */
  final int gather(int slot) {
    int count = (int) counts[slot];
    if (gathered.length < count) {
      gathered = new long[count];
      gatheredTimes = new long[keepsTime ? count : 0];
    }
    byte[][] texts = input == FieldType.STRING ? new byte[count][] : NO_STRINGS;
    int at = 0;
    for (int run = firstRun[slot]; run != NONE; run = runNext[run]) {
      int length = runEnd[run] - runStart[run];
      if (input == FieldType.STRING) {
        System.arraycopy(strings, runStart[run], texts, at, length);
      } else {
        System.arraycopy(keys, runStart[run], gathered, at, length);
      }
      if (keepsTime) {
        System.arraycopy(times, runStart[run], gatheredTimes, at, length);
      }
      at += length;
    }
    if (input == FieldType.STRING) {
      rank(texts, count);
    }
    return count;
  }

  /** Replaces strings by their positions among all of the window in order. */
  private void rank(byte[][] texts, int count) {
    dictionary = texts.clone();
    LongSort.sort(dictionary, memory::checkCancelled);
    for (int i = 0; i < count; i++) {
      if (i % LongSort.PIECE == 0) {
        memory.checkCancelled();
      }
      gathered[i] = lowest(texts[i]);
    }
  }

  private int lowest(byte[] text) {
    int low = 0;
    int high = dictionary.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(dictionary[middle], text) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The gathered values in the order in which they came, as sortable bits. */
  final long[] gathered() {
    return gathered;
  }

  /** When the gathered values were measured. */
  final long[] gatheredTimes() {
    return gatheredTimes;
  }

  /** A sorted copy of the gathered values. */
  final long[] sorted(int count) {
    long[] sorted = Arrays.copyOf(gathered, count);
    LongSort.sort(sorted, count, memory::checkCancelled);
    return sorted;
  }

  /** Writes a gathered value as it was. */
  final void write(long key, Vector into, int row) {
    switch (input) {
      case FLOAT -> into.setDouble(row, SortableBits.toDouble(key));
      case STRING -> into.setString(row, dictionary[(int) key]);
      case UNSIGNED -> into.setLong(row, key ^ Long.MIN_VALUE);
      default -> into.setLong(row, key);
    }
  }

  @Override
  public void clear(int used) {
    super.clear(used);
    Arrays.fill(firstRun, 0, used, NONE);
    Arrays.fill(strings, null);
    size = 0;
    runs = 1;
  }

  @Override
  void move(int used, int shift, int capacity) {
    super.move(used, shift, capacity);
    int[] target = firstRun.length < capacity ? new int[capacity] : firstRun;
    System.arraycopy(firstRun, 0, target, shift, used);
    Arrays.fill(target, 0, shift, NONE);
    firstRun = target;
  }

  @Override
  public int bytesPerWindow() {
    return Long.BYTES + Integer.BYTES;
  }
}
