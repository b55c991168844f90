package io.varve.storage.log;

/**
 * What rows of one measurement have in common: policy, fields, types; and the values of the last
 * such row, against which the next one is written.
 */
final class LogShape {
  final int number;
  final int policyId;
  final int[] fieldIds;
  final byte[] types;

  /** Per field the integer or decimal mantissa written last, 0 before the first. */
  final long[] previous;

  LogShape(int number, int policyId, int[] fieldIds, byte[] types) {
    this.number = number;
    this.policyId = policyId;
    this.fieldIds = fieldIds;
    this.types = types;
    this.previous = new long[fieldIds.length];
  }
}
