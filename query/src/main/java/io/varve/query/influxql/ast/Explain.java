package io.varve.query.influxql.ast;

/** EXPLAIN [ANALYZE] [VERBOSE] select. */
public record Explain(Select select, boolean analyze, boolean verbose) implements Statement {
  @Override
  public boolean changesState() {
    return false;
  }
}
