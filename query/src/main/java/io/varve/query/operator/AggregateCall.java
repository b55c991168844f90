package io.varve.query.operator;

import io.varve.query.function.AggregateFunction;
import io.varve.storage.model.FieldType;

/**
 * A call of an aggregate function.
 *
 * @param input the input column it reads
 * @param inputType a type the function accepts
 * @param parameter what the function takes beside the field; 0 without
 * @param filled whether {@code fill()} stands for what it does not have; false for most functions
 *     of a field that nobody has
 */
public record AggregateCall(
    AggregateFunction function, int input, FieldType inputType, double parameter, boolean filled) {
  public FieldType type() {
    return function.resultType(inputType);
  }
}
