package io.varve.query;

import io.varve.query.catalog.EngineInfo;
import io.varve.query.catalog.Store;
import io.varve.query.influxql.Parser;
import io.varve.query.influxql.ast.Statement;
import io.varve.query.running.RunningQueries;
import io.varve.storage.Varve;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Answers queries over a store. Thread-safe; cursors are not. */
public final class QueryEngine {
  private final Store store;
  private final Clock clock;
  private final EngineInfo info;

  public QueryEngine(Varve store, Clock clock) {
    this(store, clock, QueryLimits.defaults());
  }

  public QueryEngine(Varve store, Clock clock, QueryLimits limits) {
    this(store, clock, limits, RunningQueryLimits.none());
  }

  public QueryEngine(
      Varve store, Clock clock, QueryLimits limits, RunningQueryLimits runningLimits) {
    this(new VarveStore(store), clock, limits, new RunningQueries(runningLimits));
  }

  QueryEngine(Store store, Clock clock, QueryLimits limits) {
    this(store, clock, limits, new RunningQueries(RunningQueryLimits.none()));
  }

  QueryEngine(Store store, Clock clock, QueryLimits limits, RunningQueries running) {
    this.store = store;
    this.clock = clock;
    info = new EngineInfo(running, limits, clock.instant());
  }

  /** The requests being answered, those of other languages among them if they are entered there. */
  public RunningQueries running() {
    return info.queries();
  }

  /**
   * Adds a module to SHOW DIAGNOSTICS, or replaces it.
   *
   * @param values by column: Strings, Longs or Booleans
   */
  public void describe(String module, Map<String, Object> values) {
    info.describe(module, values);
  }

  /**
   * Parses a request of one or more InfluxQL statements. Nothing has run when this returns.
   *
   * @throws QueryException if the text does not parse; the message is what InfluxDB would say after
   *     "error parsing query: "
   */
  public ResultCursor influxQl(String text, QueryOptions options) {
    List<Statement> statements = Parser.parse(text, options.parameters());
    return new StatementCursor(statements, store, clock, info, options);
  }
}
