package io.varve.query;

import io.varve.query.catalog.CatalogStatements;
import io.varve.query.catalog.EngineInfo;
import io.varve.query.catalog.OpenSnapshots;
import io.varve.query.catalog.Store;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.Explain;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Statement;
import io.varve.query.influxql.ast.Target;
import io.varve.query.operator.QueryBudget;
import io.varve.query.plan.SelectPlan;
import io.varve.query.plan.SelectPlanner;
import io.varve.query.running.RunningQuery;
import io.varve.storage.StorageException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs the statements of a request one after the other, as they are asked for. From the first to
 * the last the request is among the running queries.
 */
final class StatementCursor implements ResultCursor {
  private final List<Statement> statements;
  private final Store store;
  private final Clock clock;
  private final EngineInfo engine;
  private final QueryResources resources;
  private final @Nullable String user;
  private final QueryLimits limits;

  /** Whether the request has to be brief, and so free of errors, or else to begin anew. */
  private final boolean brief;

  private QueryOptions options;
  private boolean ended;

  private @Nullable RunningQuery running;
  private int statement = -1;
  private boolean failedBefore;

  /** Whether the request as a whole was turned away; then it has one statement, an error. */
  private boolean refused;

  private @Nullable String error;
  private @Nullable StatementResult result;

  StatementCursor(
      List<Statement> statements,
      Store store,
      Clock clock,
      EngineInfo engine,
      QueryResources resources,
      @Nullable String user,
      QueryOptions options) {
    this(statements, store, clock, engine, resources, engine.limits(), false, user, options);
  }

  /** A cursor over a request that has to be brief: any trouble is a {@link NotBriefException}. */
  static StatementCursor brief(
      List<Statement> statements,
      Store store,
      QueryLimits limits,
      Clock clock,
      EngineInfo engine,
      QueryResources resources,
      @Nullable String user,
      QueryOptions options) {
    QueryLimits narrower = limits.and(engine.limits());
    return new StatementCursor(
        statements, store, clock, engine, resources, narrower, true, user, options);
  }

  private StatementCursor(
      List<Statement> statements,
      Store store,
      Clock clock,
      EngineInfo engine,
      QueryResources resources,
      QueryLimits limits,
      boolean brief,
      @Nullable String user,
      QueryOptions options) {
    this.limits = limits;
    this.brief = brief;
    this.statements = statements;
    this.store = store;
    this.clock = clock;
    this.engine = engine;
    this.resources = resources;
    this.user = user;
    this.options = options;
  }

  @Override
  public boolean nextStatement() {
    closeResult();
    failedBefore |= error != null;
    error = null;
    if (++statement >= statements.size()) {
      ended = true;
      close();
      return false;
    }
    if (statement == 0 && !guard(this::begin)) {
      refused = true;
      return true;
    }
    if (refused) {
      close();
      return false;
    }
    if (failedBefore) {
      error = "not executed";
      return true;
    }
    guard(
        () -> {
          result = run(statements.get(statement));
          return true;
        });
    return true;
  }

  private boolean begin() {
    RunningQuery begun =
        engine
            .queries()
            .begin(
                RunningQuery.Request.of(this::text, options.database(), user, options.cancelled()));
    running = begun;
    options = options.withCancelled(begun::isInterrupted);
    return true;
  }

  /** All statements as they print, which leaves passwords out. */
  private String text() {
    return statements.stream().map(Printer::print).collect(Collectors.joining(";\n"));
  }

  private StatementResult run(Statement current) {
    Instant now = clock.instant();
    long nowNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    OpenSnapshots snapshots = new OpenSnapshots(store, options);
    boolean handedOn = false;
    try {
      if (current instanceof Select select) {
        QueryBudget budget = budget();
        SelectPlan plan = SelectPlanner.plan(select, snapshots, budget, nowNanos);
        handedOn = true;
        SelectResult rows = new SelectResult(plan, snapshots, budget);
        return select.target() == null ? rows : writeInto(select.target(), rows, snapshots, budget);
      }
      if (current instanceof Explain explain) {
        handedOn = true;
        return new TableResult(
            new ExplainStatement(snapshots, budget(), nowNanos, ExplainStatement.MOST_CHUNKS)
                .run(explain));
      }
      return new TableResult(
          new CatalogStatements(store, nowNanos, engine).run(current, snapshots));
    } finally {
      if (!handedOn) {
        snapshots.close();
      }
    }
  }

  private QueryBudget budget() {
    return new QueryBudget(limits, resources, options.cancelled());
  }

  private StatementResult writeInto(
      Target target, SelectResult rows, OpenSnapshots snapshots, QueryBudget budget) {
    try (rows) {
      return new TableResult(new IntoWriter(store, target, snapshots, budget).write(rows));
    }
  }

  /** Runs a step of a statement; what it throws for users becomes the statement's error. */
  private boolean guard(BooleanSupplier step) {
    try {
      return step.getAsBoolean();
    } catch (QueryException | StorageException e) {
      if (brief) {
        throw new NotBriefException(String.valueOf(e.getMessage()));
      }
      error = String.valueOf(e.getMessage());
      closeResult();
      return false;
    }
  }

  @Override
  public int statementId() {
    return statement;
  }

  @Override
  public @Nullable String error() {
    return error;
  }

  @Override
  public List<String> warnings() {
    if (statement < 0 || statement >= statements.size() || failedBefore) {
      return List.of();
    }
    Statement current = statements.get(statement);
    if (!options.readOnly() || !current.changesState()) {
      return List.of();
    }
    return List.of(
        "deprecated use of '"
            + Printer.print(current)
            + "' in a read only context, please use a POST request instead");
  }

  @Override
  public ZoneId timeZone() {
    boolean running = statement >= 0 && statement < statements.size();
    ZoneId zone =
        running && statements.get(statement) instanceof Select select ? select.timeZone() : null;
    return zone == null ? ZoneOffset.UTC : zone;
  }

  @Override
  public boolean nextSeries() {
    StatementResult current = result;
    return current != null && guard(current::nextSeries);
  }

  @Override
  public ResultSeries series() {
    return current().series();
  }

  @Override
  public boolean nextBlock() {
    StatementResult current = result;
    return current != null && guard(current::nextBlock);
  }

  @Override
  public ResultBlock block() {
    return current().block();
  }

  /** What is brief runs where nobody may wait for other threads. */
  @Override
  public <T> void shareBlocks(Function<ResultBlock, T> work, Consumer<T> results) {
    StatementResult current = result;
    if (current != null && !brief) {
      guard(
          () -> {
            current.shareBlocks(work, results);
            return true;
          });
    }
  }

  private StatementResult current() {
    if (result == null) {
      throw new IllegalStateException("no current series");
    }
    return result;
  }

  private void closeResult() {
    StatementResult open = result;
    result = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    closeResult();
    statement = statements.size();
    RunningQuery begun = running;
    running = null;
    if (begun != null && brief && !ended) {
      begun.withdraw();
    } else if (begun != null) {
      begun.close();
    }
  }
}
