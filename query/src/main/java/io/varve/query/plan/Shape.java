package io.varve.query.plan;

import io.varve.query.operator.Group;
import io.varve.query.operator.RowPlan;
import io.varve.query.operator.ScanSource;
import io.varve.query.operator.Windows;
import io.varve.storage.model.TimeRange;
import java.util.List;

/** What kind of rows a SELECT has: its outputs are bound once, a plan is made per measurement. */
interface Shape {
  /** The range to be read to answer for a range. */
  default TimeRange extend(TimeRange range) {
    return range;
  }

  /**
   * The plan for one measurement.
   *
   * @param range as {@link #extend} gave it
   */
  RowPlan plan(List<ScanSource> sources, List<Group> groups, TimeRange range, Windows windows);
}
