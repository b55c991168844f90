package io.varve.storage.read;

import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * Arrays for the values of one column in one batch, made when first needed and then kept. The array
 * that fits the type holds the values.
 */
final class ColumnValues {
  private static final double[] NO_DOUBLES = {};
  private static final long[] NO_LONGS = {};
  private static final byte[][] NO_STRINGS = {};

  FieldType type = FieldType.FLOAT;
  double[] doubles = NO_DOUBLES;
  long[] longs = NO_LONGS;
  byte[][] strings = NO_STRINGS;

  /** As in {@link io.varve.storage.Column#presence}. */
  long @Nullable [] presence;

  /** Sets the type and makes the array for it. */
  void prepare(FieldType newType, int capacity) {
    type = newType;
    switch (newType) {
      case FLOAT -> doubles = doubles.length < capacity ? new double[capacity] : doubles;
      case STRING -> strings = strings.length < capacity ? new byte[capacity][] : strings;
      default -> longs = longs.length < capacity ? new long[capacity] : longs;
    }
  }

  void prepare(FieldType newType) {
    prepare(newType, ColumnBatch.MAX_ROWS);
  }

  /** Copies rows, not their presence, from values of the same type. */
  void copyRows(ColumnValues from, int fromRow, int toRow, int count) {
    switch (type) {
      case FLOAT -> System.arraycopy(from.doubles, fromRow, doubles, toRow, count);
      case STRING -> System.arraycopy(from.strings, fromRow, strings, toRow, count);
      default -> System.arraycopy(from.longs, fromRow, longs, toRow, count);
    }
  }

  void copyRow(ColumnValues from, int fromRow, int toRow) {
    switch (type) {
      case FLOAT -> doubles[toRow] = from.doubles[fromRow];
      case STRING -> strings[toRow] = from.strings[fromRow];
      default -> longs[toRow] = from.longs[fromRow];
    }
  }
}
