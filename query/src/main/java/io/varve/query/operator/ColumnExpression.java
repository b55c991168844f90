package io.varve.query.operator;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;

/** A column computed from input columns, a batch at a time. For one thread. */
public interface ColumnExpression {
  /** What an expression computes from. */
  interface Inputs {
    int rowCount();

    Column input(int index);
  }

  FieldType type();

  /** The column for the current rows; valid until the next call. */
  Column evaluate(Inputs inputs);

  /** The same with working space of its own, for another thread. */
  ColumnExpression copy();

  /** An input column as it is. */
  record Input(int index, FieldType type) implements ColumnExpression {
    @Override
    public Column evaluate(Inputs inputs) {
      return inputs.input(index);
    }

    @Override
    public Input copy() {
      return this;
    }
  }
}
