package io.varve.query.operator;

import io.varve.storage.SeriesReader;
import java.util.List;

/**
 * One measurement in one snapshot, and how its data become the input columns of a statement.
 *
 * @param fieldIds the fields to read
 * @param inputs the input columns, numbered alike in all sources of a statement
 * @param condition which rows count
 */
public record ScanSource(
    SeriesReader reader, int[] fieldIds, List<InputColumn> inputs, RowCondition condition) {
  /** The same with working space of its own, for another thread. */
  ScanSource copy() {
    return new ScanSource(
        reader, fieldIds, inputs.stream().map(InputColumn::copy).toList(), condition.copy());
  }

  /** Whether a row exists even if none of the inputs read has a value in it. */
  boolean everyRowExists() {
    return reader instanceof SubqueryReader;
  }
}
