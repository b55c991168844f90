package io.varve.query;

import io.varve.query.access.Authorizer;
import io.varve.query.access.UserStore;
import io.varve.query.catalog.EngineInfo;
import io.varve.query.catalog.Store;
import io.varve.query.continuous.ContinuousQueryRunner;
import io.varve.query.influxql.Parser;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Statement;
import io.varve.query.running.RunningQueries;
import io.varve.storage.Varve;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers queries over a store. Thread-safe; cursors are not. */
public final class QueryEngine {
  private final Store store;
  private final Clock clock;
  private final EngineInfo info;
  private final QueryResources resources;

  /** For brief requests: no helpers, and no more bytes each than their limits allow. */
  private final QueryResources alone;

  private final BriefTexts briefTexts = new BriefTexts();

  public QueryEngine(Varve store, Clock clock) {
    this(store, clock, QueryLimits.defaults());
  }

  public QueryEngine(Varve store, Clock clock, QueryLimits limits) {
    this(store, clock, limits, RunningQueryLimits.none(), QueryResources.defaults());
  }

  /**
   * An engine.
   *
   * @param resources what all queries share; may serve several engines
   */
  public QueryEngine(
      Varve store,
      Clock clock,
      QueryLimits limits,
      RunningQueryLimits runningLimits,
      QueryResources resources) {
    this(new VarveStore(store), clock, limits, new RunningQueries(runningLimits), resources);
  }

  QueryEngine(Store store, Clock clock, QueryLimits limits) {
    this(store, clock, limits, QueryResources.defaults());
  }

  QueryEngine(Store store, Clock clock, QueryLimits limits, QueryResources resources) {
    this(store, clock, limits, new RunningQueries(RunningQueryLimits.none()), resources);
  }

  QueryEngine(
      Store store,
      Clock clock,
      QueryLimits limits,
      RunningQueries running,
      QueryResources resources) {
    this.resources = resources;
    alone = new QueryResources(1, Long.MAX_VALUE, resources.partCost());
    this.store = store;
    this.clock = clock;
    info = new EngineInfo(running, limits, clock.instant());
  }

  /** The requests being answered, those of other languages among them if they are entered there. */
  public RunningQueries running() {
    return info.queries();
  }

  /** What all queries share. */
  public QueryResources resources() {
    return resources;
  }

  /**
   * Adds a module to SHOW DIAGNOSTICS, or replaces it.
   *
   * @param values by column: Strings, Longs or Booleans
   */
  public void describe(String module, Map<String, Object> values) {
    info.describe(module, values);
  }

  /** Adds rows to SHOW STATS; asked each time. */
  public void count(Supplier<List<StatsRow>> rows) {
    info.count(rows);
  }

  /**
   * Parses a request of one or more InfluxQL statements. Nothing has run when this returns.
   *
   * @throws QueryException if the text does not parse; the message is what InfluxDB would say after
   *     "error parsing query: "
   */
  public ResultCursor influxQl(String text, QueryOptions options) {
    List<Statement> statements = Parser.parse(text, options.parameters());
    return new StatementCursor(statements, store, clock, info, resources, null, options);
  }

  /**
   * The same for a user, who may do what was granted. All of the request is checked before any of
   * it runs.
   *
   * @param user null if nobody was authenticated, which is enough only to create the first admin
   * @throws AccessDeniedException with what InfluxDB says after "error authorizing query: "
   */
  public ResultCursor influxQlAs(@Nullable String user, String text, QueryOptions options) {
    List<Statement> statements = Parser.parse(text, options.parameters());
    UserStore users = store.users();
    new Authorizer(users).check(user, statements, options.database());
    Store seen =
        user != null && store instanceof VarveStore whole
            ? whole.listing(database -> users.maySee(user, database))
            : store;
    return new StatementCursor(statements, seen, clock, info, resources, user, options);
  }

  /**
   * As {@link #influxQl} for threads that must not wait, such as those that serve connections: null
   * if the request may take long, or cannot be parsed. From what may be brief the cursor throws
   * {@link NotBriefException} at the latest some milliseconds after it began, if it is not, or if
   * there is any error. Nothing has been changed then; the request is to be opened again elsewhere,
   * and the cursor to be closed.
   */
  public @Nullable ResultCursor briefInfluxQl(String text, QueryOptions options) {
    return brief(null, false, text, options);
  }

  /** As {@link #briefInfluxQl}, for a user. */
  public @Nullable ResultCursor briefInfluxQlAs(
      @Nullable String user, String text, QueryOptions options) {
    return brief(user, true, text, options);
  }

  private @Nullable ResultCursor brief(
      @Nullable String user, boolean checked, String text, QueryOptions options) {
    if (text.length() > BriefWork.MAX_TEXT_CHARS || !(store instanceof VarveStore whole)) {
      return null;
    }
    try {
      Select select = briefSelect(text, options.parameters());
      if (select == null) {
        return null;
      }
      BriefWork work = new BriefWork(select);
      List<Statement> statements = List.of(select);
      if (checked) {
        new Authorizer(store.users()).check(user, statements, options.database());
      }
      return StatementCursor.brief(
          statements, whole.within(work), work.limits(), clock, info, alone, user, options);
    } catch (QueryException e) {
      // Will be found again, and answered, where it is opened in the usual way.
      return null;
    }
  }

  private @Nullable Select briefSelect(String text, Map<String, Object> parameters) {
    Select known = parameters.isEmpty() ? briefTexts.find(text) : null;
    if (known != null) {
      return known;
    }
    Select select = BriefWork.in(Parser.parse(text, parameters));
    if (select != null && parameters.isEmpty()) {
      briefTexts.note(text, select);
    }
    return select;
  }

  /** Who there is and what they may do. */
  public Users users() {
    return new Users(store.users());
  }

  /**
   * Starts to run continuous queries on a thread of their own.
   *
   * @param interval how often to look whether one is due
   */
  public ContinuousQueryService startContinuousQueries(Duration interval) {
    AtomicBoolean closing = new AtomicBoolean();
    ContinuousQueryRunner runner = continuousQueryRunner(closing::get);
    info.count(() -> List.of(counts(runner)));
    return new ContinuousQueryService(runner, closing, Math.max(1, interval.toMillis()));
  }

  private static StatsRow counts(ContinuousQueryRunner runner) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("queryFail", runner.failedRuns());
    values.put("queryOk", runner.completedRuns());
    return new StatsRow("cq", Map.of(), values);
  }

  ContinuousQueryRunner continuousQueryRunner(BooleanSupplier cancelled) {
    return new ContinuousQueryRunner(store.continuousQueries(), this::influxQl, clock, cancelled);
  }
}
