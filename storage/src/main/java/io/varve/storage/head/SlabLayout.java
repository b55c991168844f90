package io.varve.storage.head;

import io.varve.storage.chunk.RowGroup;
import io.varve.storage.codec.Decimals;
import io.varve.storage.model.FieldType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Where the rows of a slab have what: presence bits in words of their own, unless every row has
 * every column, then the columns in order, each in 8, 16, 32 or 64 bits of one word, then the time
 * if it needs room. A row takes whole words, or else an eighth, a quarter or half of one. Columns
 * of floats hold decimal mantissas if all values are decimals, else bits. Immutable; slabs of the
 * same shape share one.
 */
final class SlabLayout {
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  /** Bits of the time if times have equal steps. */
  static final int BY_STEP = 0;

  private static final int FLOAT = 1 << 16;
  private static final int SCALED = 1 << 17;
  private static final int LAST_OF_WORD = 1 << 18;

  /** Object headers and fields of this and its arrays, with compressed references. */
  private static final int OBJECT_BYTES = 48 + 2 * 16;

  final ColumnSet columns;

  /** Words of presence bits per row; 0 if every row has every column. */
  final int presenceWords;

  /** Bits of the time: 32, 64 or {@link #BY_STEP}. */
  final int timeBits;

  /** Bits per row: 8, 16, 32 or a multiple of 64. */
  final int rowBits;

  /** Most rows of a slab. */
  final int maxRows;

  /** The bit of a row at which the time begins, if it has one. */
  final int timeOffset;

  /**
   * By column: how far its value is shifted left to lose what is not its own, and right to lose
   * other columns', in 6 bits each; decimals in 4 bits; flags.
   */
  private final int[] slots;

  /** By column: the bit of a row at which it begins. */
  private final int[] offsets;

  /** Whether this is shared, so that no slab counts its bytes. */
  boolean shared;

  /**
   * @param bits by column: 8, 16, 32 or 64
   * @param scaled by column: whether it holds mantissas
   * @param decimals by column: digits after the point of mantissas; else the most seen
   */
  SlabLayout(
      ColumnSet columns,
      boolean sparse,
      int timeBits,
      byte[] bits,
      boolean[] scaled,
      byte[] decimals) {
    int count = columns.size();
    this.columns = columns;
    this.presenceWords = sparse ? (count + 63) >>> 6 : 0;
    this.timeBits = timeBits;
    this.slots = new int[count];
    this.offsets = new int[count];
    int word = presenceWords;
    int used = 0;
    for (int column = 0; column < count; column++) {
      int width = bits[column];
      used = (used + width - 1) / width * width;
      if (used + width > Long.SIZE) {
        slots[column - 1] |= LAST_OF_WORD;
        word++;
        used = 0;
      }
      int left = Long.SIZE - width;
      slots[column] = left | (left - used) << 6 | decimals[column] << 12;
      if (columns.types[column] == FieldType.FLOAT.code()) {
        slots[column] |= FLOAT | (scaled[column] ? SCALED : 0);
      }
      offsets[column] = word * Long.SIZE + used;
      used += width;
    }
    slots[count - 1] |= LAST_OF_WORD;
    boolean timeInLastWord = timeBits == Integer.SIZE && used <= Integer.SIZE;
    timeOffset = timeInLastWord ? word * Long.SIZE + Integer.SIZE : (word + 1) * Long.SIZE;
    if (timeBits != BY_STEP) {
      rowBits = (timeOffset / Long.SIZE + 1) * Long.SIZE;
    } else if (word == 0 && used <= Integer.SIZE) {
      rowBits = used <= Byte.SIZE ? Byte.SIZE : used <= Short.SIZE ? Short.SIZE : Integer.SIZE;
    } else {
      rowBits = (word + 1) * Long.SIZE;
    }
    maxRows =
        Math.min(RowGroup.MAX_ROWS, Math.max(1, Slab.MAX_VALUES / valuesPerRow(columns, sparse)));
  }

  /** A layout for values that need as little room as there is. */
  static SlabLayout narrowest(ColumnSet columns, boolean sparse) {
    byte[] bits = new byte[columns.size()];
    boolean[] scaled = new boolean[columns.size()];
    Arrays.fill(scaled, true);
    for (int column = 0; column < bits.length; column++) {
      bits[column] = (byte) (columns.isString(column) ? Long.SIZE : Byte.SIZE);
    }
    return new SlabLayout(columns, sparse, BY_STEP, bits, scaled, new byte[bits.length]);
  }

  /** Values in a row, where 64 presence bits count as one and the time, too. */
  static int valuesPerRow(ColumnSet columns, boolean sparse) {
    return 1 + columns.size() + (sparse ? (columns.size() + 63) >>> 6 : 0);
  }

  boolean isSparse() {
    return presenceWords > 0;
  }

  /** Whether rows take whole words, so that a column has the same bits of a word in each. */
  boolean hasWholeWords() {
    return rowBits >= Long.SIZE;
  }

  int bits(int column) {
    return Long.SIZE - (slots[column] & 63);
  }

  boolean isScaled(int column) {
    return (slots[column] & SCALED) != 0;
  }

  int decimals(int column) {
    return slots[column] >>> 12 & 15;
  }

  /** The bit of a row at which a column begins. */
  int offset(int column) {
    return offsets[column];
  }

  /**
   * Packs a row with a value, not a string, for every column in order.
   *
   * @param row its first bit
   * @return false if one does not fit; what is written then means nothing
   */
  boolean packRow(long[] bits, byte[] decimals, long[] to, int row) {
    int next = (row >>> 6) + presenceWords;
    long word = 0;
    long misfit = 0;
    for (int column = 0; column < slots.length; column++) {
      int slot = slots[column];
      long value = bits[column];
      if ((slot & FLOAT) != 0) {
        int digits = slot >>> 12 & 15;
        if ((slot & SCALED) == 0) {
          misfit |= (digits - decimals[column]) >> 31;
        } else {
          value = Decimals.mantissaOf(Double.longBitsToDouble(value), digits);
          if (value == Decimals.NO_MANTISSA) {
            return false;
          }
        }
      }
      long packed = value << slot;
      misfit |= packed >> slot ^ value;
      word |= packed >>> (slot >>> 6);
      if ((slot & LAST_OF_WORD) != 0) {
        if (rowBits < Long.SIZE) {
          WORD.setOpaque(to, next, with(to[next], row, rowBits, word));
        } else {
          to[next] = word;
        }
        next++;
        word = 0;
      }
    }
    return misfit == 0;
  }

  /** Whether a value of a column has room. */
  boolean fits(int column, long value, int digits) {
    int slot = slots[column];
    long narrow = value;
    if ((slot & SCALED) != 0) {
      narrow = Decimals.mantissaOf(Double.longBitsToDouble(value), slot >>> 12 & 15);
      if (narrow == Decimals.NO_MANTISSA) {
        return false;
      }
    } else if ((slot & FLOAT) != 0) {
      return digits <= (slot >>> 12 & 15);
    }
    return narrow << slot >> slot == narrow;
  }

  /** The signed number in some bits of a word, of which the first is given modulo 64. */
  static long number(long word, int firstBit, int bits) {
    return word << -(firstBit + bits) >> -bits;
  }

  /** A word with another number in some bits. */
  static long with(long word, int firstBit, int bits, long number) {
    long mask = -1L >>> -bits;
    return (word & ~(mask << firstBit)) | ((number & mask) << firstBit);
  }

  /** Heap bytes of this. */
  long bytes() {
    return OBJECT_BYTES + 8L * slots.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SlabLayout layout
        && timeBits == layout.timeBits
        && presenceWords == layout.presenceWords
        && Arrays.equals(slots, layout.slots)
        && columns.equals(layout.columns);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(slots) + presenceWords) + timeBits + columns.hashCode();
  }
}
