package io.varve.query;

import io.varve.query.catalog.Table;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** Answers that are ready as a whole. */
final class TableResult implements StatementResult {
  private final List<Table> tables;
  private int table = -1;
  private boolean blockGiven;

  TableResult(List<Table> tables) {
    this.tables = tables;
  }

  @Override
  public boolean nextSeries() {
    blockGiven = false;
    return ++table < tables.size();
  }

  @Override
  public ResultSeries series() {
    Table current = tables.get(table);
    return new ResultSeries(
        current.name(),
        Collections.unmodifiableSortedMap(new TreeMap<>(current.tags())),
        current.columns());
  }

  @Override
  public boolean nextBlock() {
    if (blockGiven || tables.get(table).rows().isEmpty()) {
      return false;
    }
    blockGiven = true;
    return true;
  }

  @Override
  public ResultBlock block() {
    return new TableBlock(tables.get(table).rows());
  }

  @Override
  public void close() {
    table = tables.size();
  }
}
