package io.varve.query.operator;

import io.varve.query.function.AggregateFunction;
import io.varve.storage.model.FieldType;

/**
 * A call of an aggregate function.
 *
 * @param input the input column it reads
 * @param inputType a type the function accepts
 */
public record AggregateCall(AggregateFunction function, int input, FieldType inputType) {
  public FieldType type() {
    return function.resultType(inputType);
  }
}
