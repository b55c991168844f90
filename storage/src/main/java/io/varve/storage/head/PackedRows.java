package io.varve.storage.head;

import io.varve.storage.codec.Decimals;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Rows in a {@link SlabLayout}, one behind the other in one array. The time of row {@code i} is
 * {@code base + i * step}, or {@code base + k * step} where the row says {@code k}; all of it
 * modulo 2^64.
 *
 * <p>One thread writes; of what it writes readers see the rows up to a count that {@link Slab}
 * publishes, and of a value set in one of those, either the old or the new one. If rows need
 * another layout or more room, there is a new object with a copy.
 */
final class PackedRows {
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  /** Object headers and fields of this and its array, with compressed references. */
  private static final int OBJECT_BYTES = 40 + 16;

  private static final long[] NO_WORDS = {};

  final SlabLayout layout;
  private final long[] words;

  /** Set before the first row is published. */
  private long base;

  /** Set before the second row is published. */
  private long step;

  private PackedRows(SlabLayout layout, long[] words, long base, long step) {
    this.layout = layout;
    this.words = words;
    this.base = base;
    this.step = step;
  }

  /** No rows, and room for none, so that any number of slabs may begin with it. */
  static PackedRows empty(SlabLayout layout) {
    return new PackedRows(layout, NO_WORDS, 0, 0);
  }

  // Writer.

  /** For how many rows there is room. */
  int capacity() {
    return (int) ((long) words.length * Long.SIZE / layout.rowBits);
  }

  /** The same rows with more room. */
  PackedRows withCapacity(int rows) {
    return new PackedRows(layout, Arrays.copyOf(words, wordsOf(layout, rows)), base, step);
  }

  /**
   * The same rows in another layout, which has the columns of this one, possibly some more behind
   * them, and room for what is in them.
   *
   * @param count how many rows there are
   * @param times how it tells times
   */
  PackedRows convert(SlabLayout to, TimeScale times, int count, int capacity) {
    PackedRows result =
        new PackedRows(to, new long[wordsOf(to, capacity)], times.base(), times.step());
    for (int row = 0; row < count; row++) {
      int at = (row * to.rowBits) >>> 6;
      if (layout.presenceWords > 0) {
        System.arraycopy(
            words, (row * layout.rowBits) >>> 6, result.words, at, layout.presenceWords);
      } else if (to.presenceWords > 0) {
        setAll(result.words, at, layout.columns.size());
      }
      if (to.timeBits != SlabLayout.BY_STEP) {
        result.setTime(row, timestamp(row));
      }
    }
    for (int column = 0; column < layout.columns.size(); column++) {
      convertColumn(column, count, result);
    }
    return result;
  }

  private void convertColumn(int column, int count, PackedRows to) {
    SlabLayout target = to.layout;
    boolean toBits = layout.isScaled(column) && !target.isScaled(column);
    int moreDecimals = toBits ? 0 : target.decimals(column) - layout.decimals(column);
    long factor =
        layout.isScaled(column) && moreDecimals > 0 ? (long) Decimals.power(moreDecimals) : 1;
    int in = layout.offset(column);
    int out = target.offset(column);
    for (int row = 0; row < count; row++, in += layout.rowBits, out += target.rowBits) {
      long value = number(in, layout.bits(column)) * factor;
      if (toBits) {
        value = toDoubleBits(value, layout.decimals(column));
      }
      int at = out >>> 6;
      to.words[at] = SlabLayout.with(to.words[at], out, target.bits(column), value);
    }
  }

  /**
   * Writes a row behind the others, with a value, not a string, for every column in order; there
   * has to be room.
   *
   * @return false if something does not fit this layout; nothing is changed then
   */
  boolean append(int row, long timestampNanos, long[] bits, byte[] decimals) {
    int bit = row * layout.rowBits;
    if (layout.presenceWords > 0) {
      setAll(words, bit >>> 6, layout.columns.size());
    }
    return layout.packRow(bits, decimals, words, bit) && appendTime(row, timestampNanos);
  }

  /** Begins a row behind the others, without values; there has to be room, and the time to fit. */
  void begin(int row, long timestampNanos) {
    int bit = row * layout.rowBits;
    int at = bit >>> 6;
    if (layout.rowBits < Long.SIZE) {
      WORD.setOpaque(words, at, SlabLayout.with(words[at], bit, layout.rowBits, 0));
    } else {
      Arrays.fill(words, at, at + layout.rowBits / Long.SIZE, 0);
    }
    if (!appendTime(row, timestampNanos)) {
      throw new IllegalStateException("a row is begun whose time does not fit");
    }
  }

  private boolean appendTime(int row, long timestampNanos) {
    if (layout.timeBits == SlabLayout.BY_STEP) {
      if (row == 0) {
        base = timestampNanos;
      } else if (row == 1) {
        step = timestampNanos - base;
      }
    } else if (!fitsTime(row, timestampNanos)) {
      return false;
    } else {
      setTime(row, timestampNanos);
      return true;
    }
    return timestampNanos == base + row * step;
  }

  /** Whether a time can be that of a row behind the others. */
  boolean fitsTime(int row, long timestampNanos) {
    return switch (layout.timeBits) {
      case SlabLayout.BY_STEP -> row < 2 || timestampNanos == base + row * step;
      case Integer.SIZE -> {
        long steps = (timestampNanos - base) / step;
        yield (int) steps == steps && base + steps * step == timestampNanos;
      }
      default -> true;
    };
  }

  private void setTime(int row, long timestampNanos) {
    int bit = row * layout.rowBits + layout.timeOffset;
    int at = bit >>> 6;
    words[at] =
        layout.timeBits == Long.SIZE
            ? timestampNanos
            : SlabLayout.with(words[at], bit, Integer.SIZE, (timestampNanos - base) / step);
  }

  /** Sets a value, which fits the layout, of a row that was begun or published. */
  void set(int row, int column, long bits) {
    int start = row * layout.rowBits;
    int bit = start + layout.offset(column);
    int at = bit >>> 6;
    long value = bits;
    if (layout.isScaled(column)) {
      value = Decimals.mantissaOf(Double.longBitsToDouble(bits), layout.decimals(column));
    }
    WORD.setRelease(words, at, SlabLayout.with(words[at], bit, layout.bits(column), value));
    if (layout.presenceWords > 0) {
      int word = (start >>> 6) + (column >>> 6);
      WORD.setRelease(words, word, words[word] | 1L << column);
    }
  }

  /** How rows tell their times. */
  TimeScale times() {
    return new TimeScale(layout.timeBits, base, step);
  }

  /** The greatest amount of the values of a column in their narrow form. */
  long greatestAmount(int column, int count) {
    long greatest = 0;
    int bit = layout.offset(column);
    for (int row = 0; row < count; row++, bit += layout.rowBits) {
      greatest = Math.max(greatest, Math.abs(number(bit, layout.bits(column))));
    }
    return greatest;
  }

  /** The greatest amount of steps from the base to the time of a row. */
  long mostSteps(int count) {
    long most = layout.timeBits == SlabLayout.BY_STEP ? count : 0;
    if (layout.timeBits == Integer.SIZE) {
      for (int row = 0; row < count; row++) {
        most = Math.max(most, Math.abs(steps(row)));
      }
    }
    return most;
  }

  /** Words of a row and of where the next goes, read so that the processor has them. */
  long touch(int nextRow) {
    if (words.length == 0) {
      return 0;
    }
    int next = (nextRow * layout.rowBits) >>> 6;
    int last = (Math.max(0, nextRow - 1) * layout.rowBits) >>> 6;
    return words[Math.min(next, words.length - 1)] ^ words[last];
  }

  // Any thread, of rows that are published.

  long timestamp(int row) {
    return switch (layout.timeBits) {
      case SlabLayout.BY_STEP -> base + row * step;
      case Integer.SIZE -> base + steps(row) * step;
      default -> words[(row * layout.rowBits + layout.timeOffset) >>> 6];
    };
  }

  /** Whether all rows lie the same time apart because of how it tells times. */
  boolean isSteady() {
    return layout.timeBits == SlabLayout.BY_STEP;
  }

  private long steps(int row) {
    return number(row * layout.rowBits + layout.timeOffset, Integer.SIZE);
  }

  void copyTimestamps(int from, int count, long[] to) {
    if (layout.timeBits == SlabLayout.BY_STEP) {
      long first = base + from * step;
      for (int row = 0; row < count; row++) {
        to[row] = first + row * step;
      }
      return;
    }
    int width = layout.timeBits;
    long factor = width == Integer.SIZE ? step : 1;
    long first = width == Integer.SIZE ? base : 0;
    int rowBits = layout.rowBits;
    int bit = from * rowBits + layout.timeOffset;
    for (int row = 0; row < count; row++, bit += rowBits) {
      to[row] = first + SlabLayout.number(words[bit >>> 6], bit, width) * factor;
    }
  }

  boolean has(int row, int column) {
    return layout.presenceWords == 0
        || ((long) WORD.getAcquire(words, ((row * layout.rowBits) >>> 6) + (column >>> 6))
                & 1L << column)
            != 0;
  }

  /** Raw double bits, an integer, 0 or 1, or what stands for a string. */
  long bits(int row, int column) {
    int bit = row * layout.rowBits + layout.offset(column);
    long word = (long) WORD.getAcquire(words, bit >>> 6);
    long value = SlabLayout.number(word, bit, layout.bits(column));
    return layout.isScaled(column) ? toDoubleBits(value, layout.decimals(column)) : value;
  }

  /** Copies a column, not of strings, whether rows have values in it or not; floats as bits. */
  void copyBits(int from, int count, int column, long[] to) {
    int rowBits = layout.rowBits;
    int width = layout.bits(column);
    int bit = from * rowBits + layout.offset(column);
    if (layout.hasWholeWords()) {
      int left = -(bit + width);
      int at = bit >>> 6;
      for (int row = 0; row < count; row++, at += rowBits >>> 6) {
        to[row] = words[at] << left >> -width;
      }
    } else {
      for (int row = 0; row < count; row++, bit += rowBits) {
        to[row] = SlabLayout.number(words[bit >>> 6], bit, width);
      }
    }
    if (layout.isScaled(column)) {
      toDoubleBits(to, count, column);
    }
  }

  private void toDoubleBits(long[] mantissas, int count, int column) {
    double power = Decimals.power(layout.decimals(column));
    for (int i = 0; i < count; i++) {
      mantissas[i] = Double.doubleToRawLongBits(mantissas[i] / power);
    }
  }

  /** The same for some rows, counted from one of them. */
  void copyBits(int from, int[] some, int count, int column, long[] to) {
    int rowBits = layout.rowBits;
    int width = layout.bits(column);
    int first = from * rowBits + layout.offset(column);
    for (int i = 0; i < count; i++) {
      int bit = first + some[i] * rowBits;
      to[i] = SlabLayout.number(words[bit >>> 6], bit, width);
    }
    if (layout.isScaled(column)) {
      toDoubleBits(to, count, column);
    }
  }

  /** Copies a column of floats. */
  void copyDoubles(int from, int count, int column, double[] to) {
    int rowBits = layout.rowBits;
    int width = layout.bits(column);
    int bit = from * rowBits + layout.offset(column);
    if (!layout.isScaled(column)) {
      for (int row = 0; row < count; row++, bit += rowBits) {
        to[row] = Double.longBitsToDouble(words[bit >>> 6]);
      }
    } else if (layout.hasWholeWords()) {
      int left = -(bit + width);
      int at = bit >>> 6;
      for (int row = 0; row < count; row++, at += rowBits >>> 6) {
        to[row] = words[at] << left >> -width;
      }
    } else {
      for (int row = 0; row < count; row++, bit += rowBits) {
        to[row] = SlabLayout.number(words[bit >>> 6], bit, width);
      }
    }
    if (layout.isScaled(column) && layout.decimals(column) > 0) {
      double power = Decimals.power(layout.decimals(column));
      for (int row = 0; row < count; row++) {
        to[row] /= power;
      }
    }
  }

  /** Heap bytes. */
  long bytes() {
    return OBJECT_BYTES + (long) words.length * Long.BYTES + (layout.shared ? 0 : layout.bytes());
  }

  private long number(int firstBit, int bits) {
    return SlabLayout.number(words[firstBit >>> 6], firstBit, bits);
  }

  private static int wordsOf(SlabLayout layout, int rows) {
    return (rows * layout.rowBits + Long.SIZE - 1) >>> 6;
  }

  private static long toDoubleBits(long mantissa, int decimals) {
    return Double.doubleToRawLongBits(mantissa / Decimals.power(decimals));
  }

  private static void setAll(long[] words, int from, int count) {
    int word = from;
    for (int rest = count; rest > 0; rest -= 64) {
      words[word++] = rest >= 64 ? -1L : (1L << rest) - 1;
    }
  }
}
