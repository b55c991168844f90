package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Statement;
import org.jspecify.annotations.Nullable;

/** CREATE CONTINUOUS QUERY and its DROP, from behind these words on. */
final class ContinuousQueryParser {
  private final TokenStream in;
  private final SelectParser selects;

  ContinuousQueryParser(TokenStream in, SelectParser selects) {
    this.in = in;
    this.selects = selects;
  }

  Statement create() {
    String name = in.expectIdent();
    in.expect(TokenKind.ON);
    String database = in.expectIdent();
    long every = 0;
    long window = 0;
    if (in.accept(TokenKind.RESAMPLE)) {
      every = in.accept(TokenKind.EVERY) ? in.expectFiniteDuration() : 0;
      window = in.accept(TokenKind.FOR) ? in.expectFiniteDuration() : 0;
      if (every == 0 && window == 0) {
        throw in.unexpected(in.next(), "EVERY", "FOR");
      }
    }
    in.expect(TokenKind.BEGIN, TokenKind.SELECT);
    Select select = selects.parse(SelectParser.Into.REQUIRED);
    long interval = interval(select);
    in.expect(TokenKind.END);
    long shortest = Math.max(every, interval);
    if (window != 0 && shortest > window) {
      throw new ParseException(
          "FOR duration must be >= GROUP BY time duration: must be a minimum of "
              + Durations.format(shortest)
              + ", got "
              + Durations.format(window));
    }
    return new SchemaStatement.CreateContinuousQuery(name, database, every, window, select);
  }

  /** The GROUP BY interval, which only a query without functions may lack. */
  private long interval(Select select) {
    long interval = 0;
    String reason = null;
    try {
      interval = SelectValidator.groupByInterval(select);
    } catch (QueryException e) {
      reason = e.getMessage();
    }
    if (interval == 0 && !select.isRaw()) {
      throw missingInterval(reason);
    }
    return interval;
  }

  private ParseException missingInterval(@Nullable String reason) {
    Token last = in.beforeNext();
    return reason == null
        ? in.unexpected(last, "GROUP BY time(...)")
        : in.unexpected(last, "GROUP BY time(...)", reason);
  }

  Statement drop() {
    String name = in.expectIdent();
    in.expect(TokenKind.ON);
    return new SchemaStatement.DropContinuousQuery(name, in.expectIdent());
  }
}
