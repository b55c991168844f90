package io.varve.storage.head;

import io.varve.storage.model.FieldType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which fields the columns of a slab are, in the order in which writers send them; series of the
 * same shape share one. Immutable but for what it remembers.
 */
final class ColumnSet {
  private static final int LINEAR_SEARCH = 8;
  private static final int[] NO_TABLE = {};

  final int[] fieldIds;

  /** Codes of {@link FieldType}. */
  final byte[] types;

  final boolean hasStrings;

  /** By whether rows may lack values: what {@link RowFitter} starts slabs with. Writer. */
  final @Nullable PackedRows[] noRows = new PackedRows[2];

  /** For many columns: open addressing, column + 1 by field id. */
  private final int[] table;

  ColumnSet(int[] fieldIds, byte[] types) {
    this.fieldIds = fieldIds;
    this.types = types;
    boolean strings = false;
    for (byte type : types) {
      strings |= type == FieldType.STRING.code();
    }
    hasStrings = strings;
    table = fieldIds.length > LINEAR_SEARCH ? buildTable(fieldIds) : NO_TABLE;
  }

  int size() {
    return fieldIds.length;
  }

  boolean isString(int column) {
    return types[column] == FieldType.STRING.code();
  }

  boolean isFloat(int column) {
    return types[column] == FieldType.FLOAT.code();
  }

  /** Whether the first {@code count} ids are exactly these columns in this order. */
  boolean isExactly(int[] ids, int count) {
    int[] own = fieldIds;
    if (own.length != count) {
      return false;
    }
    for (int i = 0; i < own.length; i++) {
      if (own[i] != ids[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the first {@code count} types are those of the columns, in this order. */
  boolean hasTypes(byte[] codes, int count) {
    return Arrays.equals(types, 0, types.length, codes, 0, count);
  }

  /** The column of a field, or -1; costs least if the guess is right or one too low. */
  int indexOf(int fieldId, int guess) {
    if (guess < fieldIds.length && fieldIds[guess] == fieldId) {
      return guess;
    }
    if (guess + 1 < fieldIds.length && fieldIds[guess + 1] == fieldId) {
      return guess + 1;
    }
    if (table.length == 0) {
      for (int i = 0; i < fieldIds.length; i++) {
        if (fieldIds[i] == fieldId) {
          return i;
        }
      }
      return -1;
    }
    int mask = table.length - 1;
    for (int slot = slot(fieldId, mask); table[slot] != 0; slot = (slot + 1) & mask) {
      int column = table[slot] - 1;
      if (fieldIds[column] == fieldId) {
        return column;
      }
    }
    return -1;
  }

  /** These columns and some more. */
  ColumnSet plus(int[] moreIds, byte[] moreTypes, int count) {
    int[] ids = Arrays.copyOf(fieldIds, fieldIds.length + count);
    byte[] codes = Arrays.copyOf(types, fieldIds.length + count);
    System.arraycopy(moreIds, 0, ids, fieldIds.length, count);
    System.arraycopy(moreTypes, 0, codes, fieldIds.length, count);
    return new ColumnSet(ids, codes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ColumnSet set
        && Arrays.equals(fieldIds, set.fieldIds)
        && Arrays.equals(types, set.types);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(fieldIds) + Arrays.hashCode(types);
  }

  private static int[] buildTable(int[] fieldIds) {
    int[] slots = new int[Integer.highestOneBit(fieldIds.length) * 4];
    int mask = slots.length - 1;
    for (int column = 0; column < fieldIds.length; column++) {
      int slot = slot(fieldIds[column], mask);
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = column + 1;
    }
    return slots;
  }

  private static int slot(int fieldId, int mask) {
    return ((fieldId * 0x9e3779b9) >>> 16) & mask;
  }
}
