package io.varve.query.influxql.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements that remove data. {@code sources} is empty without FROM. */
public sealed interface DeletionStatement extends Statement {
  @Override
  default boolean changesState() {
    return true;
  }

  /** DELETE; has sources or a condition or both. No source names a database. */
  record Delete(List<Source> sources, @Nullable Expression condition) implements DeletionStatement {
    public Delete {
      sources = List.copyOf(sources);
    }
  }

  /** DROP SERIES; has sources or a condition or both. No source names a database or policy. */
  record DropSeries(List<Source> sources, @Nullable Expression condition)
      implements DeletionStatement {
    public DropSeries {
      sources = List.copyOf(sources);
    }
  }

  record DropMeasurement(String name) implements DeletionStatement {}

  /** The id is 64 bits read as unsigned. */
  record DropShard(long id) implements DeletionStatement {}
}
