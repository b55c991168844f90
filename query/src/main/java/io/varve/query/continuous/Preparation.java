package io.varve.query.continuous;

import io.varve.query.QueryException;
import io.varve.query.influxql.Parser;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.Reducer;
import io.varve.query.influxql.SelectValidator;
import io.varve.query.influxql.TimeLiterals;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expression.Binary;
import io.varve.query.influxql.ast.Expression.IntegerLiteral;
import io.varve.query.influxql.ast.Operator;
import io.varve.query.influxql.ast.SchemaStatement.CreateContinuousQuery;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Statement;
import io.varve.query.plan.WhereClause;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns a stored text into a schedule, and a run into the statement that does it. */
final class Preparation {
  private static final Expression TIME = new Expression.VarRef("time", null);

  private final CreateContinuousQuery create;
  private final ZoneId zone;

  /**
   * Reads a stored text.
   *
   * @throws QueryException if it is no continuous query
   */
  Preparation(String text) {
    List<Statement> statements = Parser.parse(text, Map.of());
    if (statements.size() != 1 || !(statements.get(0) instanceof CreateContinuousQuery parsed)) {
      throw new QueryException("query isn't a valid continuous query");
    }
    create = parsed;
    ZoneId named = parsed.select().timeZone();
    zone = named == null ? ZoneOffset.UTC : named;
  }

  /** Null if the query has no GROUP BY time and so never runs. */
  @Nullable Schedule schedule() {
    long interval = SelectValidator.groupByInterval(create.select());
    if (interval <= 0) {
      return null;
    }
    if (create.select().isRaw()) {
      throw new QueryException("continuous queries must be aggregate queries");
    }
    return new Schedule(interval, offset(interval), create.everyNanos(), create.forNanos(), zone);
  }

  private long offset(long interval) {
    for (Dimension dimension : create.select().dimensions()) {
      Expression expression = Reducer.reduce(dimension.expression());
      if (expression instanceof Expression.Call call
          && call.name().equals("time")
          && call.arguments().size() > 1) {
        Expression offset = call.arguments().get(1);
        if (offset instanceof Expression.DurationLiteral literal) {
          return literal.nanos() % interval;
        }
        if (offset instanceof Expression.StringLiteral literal) {
          return Math.floorMod(TimeLiterals.parse(literal.value(), zone), interval);
        }
        throw new QueryException("invalid time dimension offset: " + Printer.print(offset));
      }
    }
    return 0;
  }

  /** The SELECT, over [start, end) instead of any times it names itself. */
  String statement(Schedule.Run run, long nowNanos) {
    Select select = create.select();
    Expression times =
        new Binary(
            Operator.AND,
            new Binary(Operator.GTE, TIME, new IntegerLiteral(run.startNanos())),
            new Binary(Operator.LT, TIME, new IntegerLiteral(run.endNanos())));
    Expression rest = WhereClause.of(select.condition(), nowNanos, zone).rest();
    return Printer.print(
        new Select(
            select.fields(),
            select.target(),
            select.sources(),
            rest == null ? times : new Binary(Operator.AND, new Expression.Paren(rest), times),
            select.dimensions(),
            select.fill(),
            select.order(),
            select.limits(),
            select.timeZone()));
  }
}
