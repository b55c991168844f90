package io.varve.server.socket;

import io.varve.query.QueryEngine;
import io.varve.query.QueryOptions;
import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn;
import io.varve.query.ResultCursor;
import io.varve.storage.Varve;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Looks at what is stored, and waits for it to be. */
final class Rows {
  private Rows() {}

  /** Waits until something is so; fails after a time that means it never will be. */
  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain");
      }
      Thread.onSpinWait();
    }
  }

  /** The rows a query answers, each in brackets; numbers only. */
  static String of(Varve store, String database, String query) {
    QueryEngine engine = new QueryEngine(store, Clock.systemUTC());
    QueryOptions options = new QueryOptions(database, null, Map.of(), false, () -> false);
    StringBuilder text = new StringBuilder();
    try (ResultCursor answer = engine.influxQl(query, options)) {
      while (answer.nextStatement()) {
        while (answer.nextSeries()) {
          int columns = answer.series().columns().size();
          while (answer.nextBlock()) {
            append(text, answer.block(), columns);
          }
        }
        if (answer.error() != null) {
          throw new AssertionError(answer.error());
        }
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, ResultBlock block, int columns) {
    for (int row = 0; row < block.rowCount(); row++) {
      List<Object> cells = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        ResultColumn column = block.column(i);
        if (column.kind() == ResultColumn.Kind.FLOAT) {
          cells.add(column.doubles()[row]);
        } else {
          cells.add(column.longs()[row]);
        }
      }
      text.append(cells);
    }
  }
}
