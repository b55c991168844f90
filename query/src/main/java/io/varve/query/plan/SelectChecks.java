package io.varve.query.plan;

import io.varve.query.influxql.SelectValidator;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Source;

/** Refuses SELECTs that mean nothing, and those that mean something this planner cannot plan. */
final class SelectChecks {
  private SelectChecks() {}

  static void check(Select select) {
    SelectValidator.validate(select);
    checkFields(select);
  }

  private static void checkFields(Select select) {
    for (Source source : select.sources()) {
      if (source instanceof Source.Subquery subquery) {
        checkFields(subquery.select());
      }
    }
  }
}
