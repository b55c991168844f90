package io.varve.query.plan;

import io.varve.query.operator.RowPlan;
import java.util.List;

/**
 * A SELECT ready to run.
 *
 * @param columns the names of all columns, that of the time first
 * @param limit rows per output series; 0 for all
 * @param offset rows per output series to be passed over
 * @param measurements in output order
 * @param scans what is read of the store, subqueries included
 */
public record SelectPlan(
    List<String> columns,
    long limit,
    long offset,
    List<MeasurementPlan> measurements,
    List<PlannedScan> scans) {
  /** The part of one measurement. */
  public record MeasurementPlan(String name, RowPlan rows) {}
}
