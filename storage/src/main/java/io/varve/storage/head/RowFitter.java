package io.varve.storage.head;

import io.varve.storage.codec.Decimals;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the narrowest layout for the rows of a slab and what is to come: {@link #start}, then the
 * values and the time, then {@link #finish}. Writer.
 */
final class RowFitter {
  /** Most columns of all layouts shared between slabs; further ones belong to one slab each. */
  private static final int MAX_SHARED_COLUMNS = 1 << 16;

  private final Map<SlabLayout, SlabLayout> layouts = new HashMap<>();
  private int sharedColumns;

  private byte[] bits = new byte[16];
  private boolean[] scaled = new boolean[16];
  private byte[] decimals = new byte[16];
  private @Nullable SlabLayout layout;
  private boolean changed;

  /** What a slab without rows has. */
  PackedRows noRows(ColumnSet columns, boolean sparse) {
    int index = sparse ? 1 : 0;
    PackedRows known = columns.noRows[index];
    if (known == null) {
      known = PackedRows.empty(share(SlabLayout.narrowest(columns, sparse)));
      columns.noRows[index] = known;
    }
    return known;
  }

  /** A layout with presence bits and possibly more columns, for the same rows. */
  SlabLayout widen(SlabLayout from, ColumnSet columns) {
    int before = from.columns.size();
    int size = columns.size();
    byte[] widths = new byte[size];
    boolean[] mantissas = new boolean[size];
    byte[] digits = new byte[size];
    for (int column = 0; column < size; column++) {
      boolean isNew = column >= before;
      int narrow = columns.isString(column) ? Long.SIZE : Byte.SIZE;
      widths[column] = (byte) (isNew ? narrow : from.bits(column));
      mantissas[column] = isNew || from.isScaled(column);
      digits[column] = (byte) (isNew ? 0 : from.decimals(column));
    }
    return share(new SlabLayout(columns, true, from.timeBits, widths, mantissas, digits));
  }

  /** Starts with the layout of a slab. */
  void start(Slab slab) {
    SlabLayout its = slab.rows().layout;
    int count = its.columns.size();
    if (bits.length < count) {
      bits = new byte[count * 2];
      scaled = new boolean[count * 2];
      decimals = new byte[count * 2];
    }
    for (int column = 0; column < count; column++) {
      bits[column] = (byte) its.bits(column);
      scaled[column] = its.isScaled(column);
      decimals[column] = (byte) its.decimals(column);
    }
    layout = its;
    changed = false;
  }

  /** Makes room for values, one for every column in order. */
  void addAll(long[] values, byte[] digits) {
    for (int column = 0; column < now().columns.size(); column++) {
      add(column, values[column], digits[column]);
    }
  }

  /**
   * Makes room for a value.
   *
   * @param digits as {@link io.varve.storage.model.PointBatch#decimals}
   */
  void add(int column, long value, int digits) {
    if (now().columns.isFloat(column)) {
      addFloat(column, value, digits);
    } else {
      widen(column, value);
    }
  }

  private void addFloat(int column, long value, int digits) {
    if (scaled[column]) {
      double number = Double.longBitsToDouble(value);
      long mantissa = Decimals.mantissaOf(number, decimals[column]);
      if (mantissa == Decimals.NO_MANTISSA
          && digits > decimals[column]
          && digits <= Decimals.MAX_EXPONENT) {
        mantissa = Decimals.mantissaOf(number, digits);
        if (mantissa != Decimals.NO_MANTISSA) {
          decimals[column] = (byte) digits;
          changed = true;
        }
      }
      if (mantissa != Decimals.NO_MANTISSA) {
        widen(column, mantissa);
        return;
      }
      toBits(column);
    }
    if (digits > decimals[column]) {
      decimals[column] = (byte) Math.min(digits, Decimals.NOT_DECIMAL);
      changed = true;
    }
  }

  private void toBits(int column) {
    scaled[column] = false;
    bits[column] = Long.SIZE;
    changed = true;
  }

  private void widen(int column, long value) {
    while (bits[column] < Long.SIZE && value << -bits[column] >> -bits[column] != value) {
      bits[column] = (byte) (bits[column] * 2);
      changed = true;
    }
  }

  /**
   * Puts the slab that this was started with into the layout that was found.
   *
   * @param merged whether the values go into the last row, which has its time
   * @param timestampNanos of the row
   * @return by how many bytes the slab has grown
   */
  int finish(Slab slab, boolean merged, long timestampNanos) {
    PackedRows from = slab.rows();
    TimeScale times = from.times();
    if (!merged && !from.fitsTime(slab.openRow(), timestampNanos)) {
      times = times.with(timestampNanos, from.mostSteps(slab.openRow()));
      changed = true;
    }
    return apply(slab, times);
  }

  private int apply(Slab slab, TimeScale times) {
    if (!changed) {
      return 0;
    }
    SlabLayout from = now();
    int count = from.columns.size();
    TimeScale to = times;
    if (slab.isOftenConverted()) {
      Arrays.fill(bits, 0, count, (byte) Long.SIZE);
      Arrays.fill(scaled, 0, count, false);
      Arrays.fill(decimals, 0, count, (byte) Decimals.NOT_DECIMAL);
      to = TimeScale.EXACT;
    } else {
      rescale(slab.rows(), slab.openRow());
    }
    return slab.convert(
        share(new SlabLayout(from.columns, from.isSparse(), to.bits(), bits, scaled, decimals)),
        to);
  }

  /** Makes room for mantissas that get more digits. */
  private void rescale(PackedRows from, int rowCount) {
    for (int column = 0; column < from.layout.columns.size(); column++) {
      int more = decimals[column] - from.layout.decimals(column);
      if (!scaled[column] || more == 0) {
        continue;
      }
      double greatest = from.greatestAmount(column, rowCount) * Decimals.power(more);
      if (greatest < Decimals.MANTISSA_LIMIT) {
        widen(column, (long) greatest);
      } else {
        toBits(column);
      }
    }
  }

  private SlabLayout now() {
    if (layout == null) {
      throw new IllegalStateException("not started");
    }
    return layout;
  }

  private SlabLayout share(SlabLayout one) {
    SlabLayout known = layouts.get(one);
    if (known != null) {
      return known;
    }
    int columns = one.columns.size();
    if (sharedColumns + columns <= MAX_SHARED_COLUMNS) {
      sharedColumns += columns;
      one.shared = true;
      layouts.put(one, one);
    }
    return one;
  }
}
