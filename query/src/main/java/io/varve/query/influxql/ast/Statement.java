package io.varve.query.influxql.ast;

/** One InfluxQL statement. All implementations are immutable and compare by value. */
public sealed interface Statement
    permits Select,
        Explain,
        ShowStatement,
        SchemaStatement,
        DeletionStatement,
        AccessStatement,
        KillQuery {

  /** Whether running it may change something; asked for by GET, it then earns a warning. */
  boolean changesState();
}
