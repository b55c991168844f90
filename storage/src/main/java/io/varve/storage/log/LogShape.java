package io.varve.storage.log;

import io.varve.storage.model.FieldType;

/**
 * What rows of one measurement have in common: policy, fields, types; and the values of the last
 * such row, against which the next one is written.
 */
final class LogShape {
  final int number;
  final int policyId;
  final int[] fieldIds;
  final byte[] types;

  /** Whether values have a bound on their length: none is a string. */
  final boolean isNumeric;

  /** Per field the integer or decimal mantissa written last, 0 before the first. */
  final long[] previous;

  LogShape(int number, int policyId, int[] fieldIds, byte[] types) {
    this.number = number;
    this.policyId = policyId;
    this.fieldIds = fieldIds;
    this.types = types;
    this.previous = new long[fieldIds.length];
    boolean numeric = true;
    for (byte type : types) {
      numeric &= type != FieldType.STRING.code();
    }
    this.isNumeric = numeric;
  }
}
