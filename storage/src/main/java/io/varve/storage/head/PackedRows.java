package io.varve.storage.head;

import io.varve.storage.codec.Decimals;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Rows in a {@link RowLayout}, one behind the other in one array. The time of row {@code i} is
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

  final RowLayout layout;
  private final long[] words;

  /** Set before the first row is published. */
  private long base;

  /** Set before the second row is published. */
  private long step;

  private PackedRows(RowLayout layout, long[] words, long base, long step) {
    this.layout = layout;
    this.words = words;
    this.base = base;
    this.step = step;
  }

  /** No rows, and room for none, so that any number of slabs may begin with it. */
  static PackedRows empty(RowLayout layout) {
    return new PackedRows(layout, NO_WORDS, 0, 0);
  }

  // Writer.

  /** For how many rows there is room. */
  int capacity() {
    return words.length / layout.stride;
  }

  /** The same rows with more room. */
  PackedRows withCapacity(int rows) {
    return new PackedRows(layout, Arrays.copyOf(words, rows * layout.stride), base, step);
  }

  /**
   * The same rows in another layout, which has the columns of this one, possibly some more behind
   * them, and room for what is in them.
   *
   * @param count how many rows there are
   * @param times how it tells times
   */
  PackedRows convert(RowLayout to, TimeScale times, int count, int capacity) {
    PackedRows result =
        new PackedRows(to, new long[capacity * to.stride], times.base(), times.step());
    for (int row = 0; row < count; row++) {
      int at = row * to.stride;
      if (layout.presenceWords > 0) {
        System.arraycopy(words, row * layout.stride, result.words, at, layout.presenceWords);
      } else if (to.presenceWords > 0) {
        setAll(result.words, at, layout.columns.size());
      }
      if (to.timeBits != RowLayout.BY_STEP) {
        result.setTime(row, timestamp(row));
      }
    }
    for (int column = 0; column < layout.columns.size(); column++) {
      convertColumn(column, count, result);
    }
    return result;
  }

  private void convertColumn(int column, int count, PackedRows to) {
    RowLayout target = to.layout;
    boolean toBits = layout.isScaled(column) && !target.isScaled(column);
    int moreDecimals = toBits ? 0 : target.decimals(column) - layout.decimals(column);
    long factor =
        layout.isScaled(column) && moreDecimals > 0 ? (long) Decimals.power(moreDecimals) : 1;
    int in = layout.word(column);
    int out = target.word(column);
    for (int row = 0; row < count; row++, in += layout.stride, out += target.stride) {
      long value = layout.unpack(column, words[in]) * factor;
      if (toBits) {
        value = toDoubleBits(value, layout.decimals(column));
      }
      to.words[out] = target.pack(column, to.words[out], value);
    }
  }

  /**
   * Writes a row behind the others, with a value, not a string, for every column in order; there
   * has to be room.
   *
   * @return false if something does not fit this layout; nothing is changed then
   */
  boolean append(int row, long timestampNanos, long[] bits, byte[] decimals) {
    int at = row * layout.stride;
    if (layout.presenceWords > 0) {
      setAll(words, at, layout.columns.size());
    }
    return layout.packRow(bits, decimals, words, at + layout.presenceWords)
        && appendTime(row, timestampNanos);
  }

  /** Begins a row behind the others, without values; there has to be room, and the time to fit. */
  void begin(int row, long timestampNanos) {
    int at = row * layout.stride;
    Arrays.fill(words, at, at + layout.stride, 0);
    if (!appendTime(row, timestampNanos)) {
      throw new IllegalStateException("a row is begun whose time does not fit");
    }
  }

  private boolean appendTime(int row, long timestampNanos) {
    if (layout.timeBits == RowLayout.BY_STEP) {
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
      case RowLayout.BY_STEP -> row < 2 || timestampNanos == base + row * step;
      case Integer.SIZE -> {
        long steps = (timestampNanos - base) / step;
        yield (int) steps == steps && base + steps * step == timestampNanos;
      }
      default -> true;
    };
  }

  private void setTime(int row, long timestampNanos) {
    int at = row * layout.stride + layout.timeWord;
    if (layout.timeBits == Long.SIZE) {
      words[at] = timestampNanos;
    } else {
      long steps = (timestampNanos - base) / step;
      words[at] = (layout.timeSharesWord ? words[at] & 0xffff_ffffL : 0) | steps << Integer.SIZE;
    }
  }

  /** Sets a value, which fits the layout, of a row that was begun or published. */
  void set(int row, int column, long bits) {
    int start = row * layout.stride;
    int at = start + layout.word(column);
    long value = bits;
    if (layout.isScaled(column)) {
      value = Decimals.mantissaOf(Double.longBitsToDouble(bits), layout.decimals(column));
    }
    WORD.setRelease(words, at, layout.pack(column, words[at], value));
    if (layout.presenceWords > 0) {
      int word = start + (column >>> 6);
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
    int at = layout.word(column);
    for (int row = 0; row < count; row++, at += layout.stride) {
      greatest = Math.max(greatest, Math.abs(layout.unpack(column, words[at])));
    }
    return greatest;
  }

  /** The greatest amount of steps from the base to the time of a row. */
  long mostSteps(int count) {
    long most = layout.timeBits == RowLayout.BY_STEP ? count : 0;
    if (layout.timeBits == Integer.SIZE) {
      for (int row = 0; row < count; row++) {
        most = Math.max(most, Math.abs(steps(row)));
      }
    }
    return most;
  }

  /** Words of a row and of where the next goes, read so that the processor has them. */
  long touch(int nextRow) {
    int next = nextRow * layout.stride;
    return words.length == 0
        ? 0
        : words[Math.min(next, words.length - 1)] ^ words[Math.max(0, next - layout.stride)];
  }

  // Any thread, of rows that are published.

  long timestamp(int row) {
    return switch (layout.timeBits) {
      case RowLayout.BY_STEP -> base + row * step;
      case Integer.SIZE -> base + steps(row) * step;
      default -> words[row * layout.stride + layout.timeWord];
    };
  }

  private long steps(int row) {
    return words[row * layout.stride + layout.timeWord] >> Integer.SIZE;
  }

  void copyTimestamps(int from, int count, long[] to) {
    if (layout.timeBits == RowLayout.BY_STEP) {
      long first = base + from * step;
      for (int row = 0; row < count; row++) {
        to[row] = first + row * step;
      }
      return;
    }
    boolean narrow = layout.timeBits == Integer.SIZE;
    int right = narrow ? Integer.SIZE : 0;
    long factor = narrow ? step : 1;
    long first = narrow ? base : 0;
    int stride = layout.stride;
    int at = from * stride + layout.timeWord;
    for (int row = 0; row < count; row++, at += stride) {
      to[row] = first + (words[at] >> right) * factor;
    }
  }

  boolean has(int row, int column) {
    return layout.presenceWords == 0
        || ((long) WORD.getAcquire(words, row * layout.stride + (column >>> 6)) & 1L << column)
            != 0;
  }

  /** Raw double bits, an integer, 0 or 1, or what stands for a string. */
  long bits(int row, int column) {
    long word = (long) WORD.getAcquire(words, row * layout.stride + layout.word(column));
    long value = layout.unpack(column, word);
    return layout.isScaled(column) ? toDoubleBits(value, layout.decimals(column)) : value;
  }

  /** Copies a column, not of strings, whether rows have values in it or not; floats as bits. */
  void copyBits(int from, int count, int column, long[] to) {
    int stride = layout.stride;
    int left = layout.leftShift(column);
    int right = Long.SIZE - layout.bits(column);
    int at = from * stride + layout.word(column);
    if (layout.isScaled(column)) {
      double power = Decimals.power(layout.decimals(column));
      for (int row = 0; row < count; row++, at += stride) {
        to[row] = Double.doubleToRawLongBits((words[at] << left >> right) / power);
      }
    } else {
      for (int row = 0; row < count; row++, at += stride) {
        to[row] = words[at] << left >> right;
      }
    }
  }

  /** Copies a column of floats. */
  void copyDoubles(int from, int count, int column, double[] to) {
    int stride = layout.stride;
    int left = layout.leftShift(column);
    int right = Long.SIZE - layout.bits(column);
    int at = from * stride + layout.word(column);
    if (!layout.isScaled(column)) {
      for (int row = 0; row < count; row++, at += stride) {
        to[row] = Double.longBitsToDouble(words[at]);
      }
    } else if (layout.decimals(column) == 0) {
      for (int row = 0; row < count; row++, at += stride) {
        to[row] = words[at] << left >> right;
      }
    } else {
      double power = Decimals.power(layout.decimals(column));
      for (int row = 0; row < count; row++, at += stride) {
        to[row] = (words[at] << left >> right) / power;
      }
    }
  }

  /** Heap bytes. */
  long bytes() {
    return OBJECT_BYTES + (long) words.length * Long.BYTES + (layout.shared ? 0 : layout.bytes());
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
