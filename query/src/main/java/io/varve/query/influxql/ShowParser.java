package io.varve.query.influxql;

import io.varve.query.influxql.ast.KeyFilter;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.ShowStatement.Cardinality.Subject;
import io.varve.query.influxql.ast.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SHOW, from behind the keyword on. */
final class ShowParser {
  private final TokenStream in;
  private final ClauseParser clauses;

  ShowParser(TokenStream in, ClauseParser clauses) {
    this.in = in;
    this.clauses = clauses;
  }

  ShowStatement parse() {
    Token token = in.next();
    return switch (token.kind()) {
      case CONTINUOUS -> {
        in.expect(TokenKind.QUERIES);
        yield new ShowStatement.ContinuousQueries();
      }
      case DATABASES -> new ShowStatement.Databases();
      case DIAGNOSTICS -> new ShowStatement.Diagnostics(module());
      case FIELD -> field();
      case GRANTS -> {
        in.expect(TokenKind.FOR);
        yield new ShowStatement.GrantsFor(in.expectIdent());
      }
      case MEASUREMENT -> measurementCardinality();
      case MEASUREMENTS -> measurements();
      case QUERIES -> new ShowStatement.Queries();
      case RETENTION -> {
        in.expect(TokenKind.POLICIES);
        yield new ShowStatement.RetentionPolicies(clauses.onDatabase());
      }
      case SERIES -> series();
      case SHARD -> {
        in.expect(TokenKind.GROUPS);
        yield new ShowStatement.ShardGroups();
      }
      case SHARDS -> new ShowStatement.Shards();
      case STATS -> new ShowStatement.Stats(module());
      case SUBSCRIPTIONS -> new ShowStatement.Subscriptions();
      case TAG -> tag();
      case USERS -> new ShowStatement.Users();
      default ->
          throw in.unexpected(
              token,
              "CONTINUOUS",
              "DATABASES",
              "DIAGNOSTICS",
              "FIELD",
              "GRANTS",
              "MEASUREMENT",
              "MEASUREMENTS",
              "QUERIES",
              "RETENTION",
              "SERIES",
              "SHARD",
              "SHARDS",
              "STATS",
              "SUBSCRIPTIONS",
              "TAG",
              "USERS");
    };
  }

  private @Nullable String module() {
    return in.accept(TokenKind.FOR) ? in.expectString() : null;
  }

  private ShowStatement field() {
    Token token = in.next();
    return switch (token.kind()) {
      case KEY -> cardinality(Subject.FIELD_KEY, exactCardinality());
      case KEYS ->
          new ShowStatement.FieldKeys(
              clauses.onDatabase(), clauses.from(), clauses.orderBy(), clauses.limits());
      default -> throw in.unexpected(token, "KEY", "KEYS");
    };
  }

  private ShowStatement tag() {
    Token token = in.next();
    return switch (token.kind()) {
      case KEY -> cardinality(Subject.TAG_KEY, exactCardinality());
      case KEYS -> tagKeys();
      case VALUES -> tagValues();
      default -> throw in.unexpected(token, "KEY", "KEYS", "VALUES");
    };
  }

  private boolean exactCardinality() {
    boolean exact = in.accept(TokenKind.EXACT);
    Token token = in.next();
    if (token.is(TokenKind.CARDINALITY)) {
      return exact;
    }
    throw exact
        ? in.unexpected(token, "CARDINALITY")
        : in.unexpected(token, "EXACT", "CARDINALITY");
  }

  private ShowStatement measurementCardinality() {
    Token token = in.next();
    switch (token.kind()) {
      case EXACT -> in.expect(TokenKind.CARDINALITY);
      case CARDINALITY -> {}
      default -> throw in.unexpected(token, "EXACT", "CARDINALITY");
    }
    return cardinality(Subject.MEASUREMENT, token.is(TokenKind.EXACT));
  }

  private ShowStatement series() {
    // InfluxDB reads over an EXACT that no CARDINALITY follows.
    boolean exact = in.accept(TokenKind.EXACT);
    if (in.accept(TokenKind.CARDINALITY)) {
      return cardinality(Subject.SERIES, exact);
    }
    return new ShowStatement.Series(
        clauses.onDatabase(), clauses.from(), clauses.where(), clauses.orderBy(), clauses.limits());
  }

  private ShowStatement tagKeys() {
    String database = clauses.onDatabase();
    List<Source> sources = clauses.from();
    KeyFilter keys = null;
    if (in.accept(TokenKind.WITH)) {
      in.expect(TokenKind.KEY);
      keys = clauses.keyFilter();
    }
    return new ShowStatement.TagKeys(
        database, sources, keys, clauses.where(), clauses.orderBy(), clauses.limitsWithSeries());
  }

  private ShowStatement tagValues() {
    Token token = in.peek();
    if (token.is(TokenKind.EXACT) || token.is(TokenKind.CARDINALITY)) {
      return cardinality(Subject.TAG_VALUES, exactCardinality());
    }
    String database = clauses.onDatabase();
    List<Source> sources = clauses.from();
    in.expect(TokenKind.WITH, TokenKind.KEY);
    return new ShowStatement.TagValues(
        database,
        sources,
        clauses.keyFilter(),
        clauses.where(),
        clauses.orderBy(),
        clauses.limits());
  }

  private ShowStatement cardinality(Subject subject, boolean exact) {
    String database = clauses.onDatabase();
    List<Source> sources = clauses.from();
    KeyFilter keys = null;
    if (subject == Subject.TAG_VALUES) {
      in.expect(TokenKind.WITH, TokenKind.KEY);
      keys = clauses.keyFilter();
    }
    return new ShowStatement.Cardinality(
        subject,
        exact,
        database,
        sources,
        keys,
        clauses.where(),
        clauses.groupBy(),
        clauses.limits());
  }

  private ShowStatement measurements() {
    ShowStatement.Measurements.Scope scope = scope();
    Source.Measurement filter = null;
    if (in.accept(TokenKind.WITH)) {
      in.expect(TokenKind.MEASUREMENT);
      Token operator = in.next();
      if (!operator.is(TokenKind.EQ) && !operator.is(TokenKind.EQ_REGEX)) {
        throw in.unexpected(operator, "=", "=~");
      }
      filter = clauses.measurement();
    }
    return new ShowStatement.Measurements(
        scope, filter, clauses.where(), clauses.orderBy(), clauses.limits());
  }

  private ShowStatement.Measurements.Scope scope() {
    if (!in.accept(TokenKind.ON)) {
      return ShowStatement.Measurements.Scope.DEFAULT;
    }
    String database = nameOrWildcard();
    boolean allDatabases = database == null;
    if (!in.acceptRaw(TokenKind.DOT)) {
      return new ShowStatement.Measurements.Scope(database, allDatabases, null, false);
    }
    String policy = nameOrWildcard();
    return new ShowStatement.Measurements.Scope(database, allDatabases, policy, policy == null);
  }

  /** Null for a wildcard. */
  private @Nullable String nameOrWildcard() {
    Token token = in.next();
    return switch (token.kind()) {
      case IDENT -> token.text();
      case MUL -> null;
      default -> throw in.unexpected(token, "identifier or *");
    };
  }
}
