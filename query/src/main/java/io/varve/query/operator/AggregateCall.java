package io.varve.query.operator;

import io.varve.query.function.AggregateFunction;
import io.varve.storage.model.FieldType;

/**
 * A call of an aggregate function.
 *
 * @param input the input column it reads
 * @param inputType a type the function accepts
 * @param parameter what the function takes beside the field; 0 without
 */
public record AggregateCall(
    AggregateFunction function, int input, FieldType inputType, double parameter) {
  public FieldType type() {
    return function.resultType(inputType);
  }
}
