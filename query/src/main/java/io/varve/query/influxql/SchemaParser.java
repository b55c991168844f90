package io.varve.query.influxql;

import io.varve.query.influxql.ast.DeletionStatement;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.SchemaStatement.PolicySpec;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CREATE, ALTER, DROP and DELETE of everything but users, from behind the object's keyword on. */
final class SchemaParser {
  private final TokenStream in;
  private final ClauseParser clauses;

  SchemaParser(TokenStream in, ClauseParser clauses) {
    this.in = in;
    this.clauses = clauses;
  }

  Statement createDatabase() {
    String name = in.expectIdent();
    if (!in.accept(TokenKind.WITH)) {
      return new SchemaStatement.CreateDatabase(name, null, null);
    }
    Token option = in.peek();
    switch (option.kind()) {
      case DURATION, NAME, REPLICATION, SHARD, FUTURE, PAST -> {}
      default ->
          throw in.unexpected(
              in.next(), "DURATION", "NAME", "REPLICATION", "SHARD", "FUTURE", "PAST");
    }
    Long duration = in.accept(TokenKind.DURATION) ? (Long) in.expectDuration() : null;
    Integer replication =
        in.accept(TokenKind.REPLICATION) ? (Integer) in.expectPositiveInteger() : null;
    PolicySpec policy = withLimits(duration, replication);
    String policyName = in.accept(TokenKind.NAME) ? in.expectIdent() : null;
    return new SchemaStatement.CreateDatabase(name, policy, policyName);
  }

  Statement createRetentionPolicy() {
    String name = in.expectIdent();
    in.expect(TokenKind.ON);
    String database = in.expectIdent();
    in.expect(TokenKind.DURATION);
    long duration = in.expectDuration();
    in.expect(TokenKind.REPLICATION);
    int replication = in.expectPositiveInteger();
    PolicySpec policy = withLimits(duration, replication);
    return new SchemaStatement.CreateRetentionPolicy(
        name, database, policy, in.accept(TokenKind.DEFAULT));
  }

  private PolicySpec withLimits(@Nullable Long duration, @Nullable Integer replication) {
    Long shardDuration = in.accept(TokenKind.SHARD) ? (Long) shardDuration() : null;
    Long futureLimit = in.accept(TokenKind.FUTURE) ? (Long) limit() : null;
    Long pastLimit = in.accept(TokenKind.PAST) ? (Long) limit() : null;
    return new PolicySpec(duration, replication, shardDuration, futureLimit, pastLimit);
  }

  private long shardDuration() {
    in.expect(TokenKind.DURATION);
    Token token = in.peek();
    if (token.is(TokenKind.INF)) {
      throw in.error(token, "invalid duration INF for shard duration");
    }
    return in.expectFiniteDuration();
  }

  private long limit() {
    in.expect(TokenKind.LIMIT);
    return in.expectDuration();
  }

  Statement alterRetentionPolicy() {
    Token nameToken = in.next();
    String name =
        switch (nameToken.kind()) {
          case IDENT -> nameToken.text();
          case DEFAULT -> "default";
          default -> throw in.unexpected(nameToken, "identifier");
        };
    in.expect(TokenKind.ON);
    String database = in.expectIdent();
    Long duration = null;
    Integer replication = null;
    Long shardDuration = null;
    Long futureLimit = null;
    Long pastLimit = null;
    Set<TokenKind> found = EnumSet.noneOf(TokenKind.class);
    while (true) {
      Token option = in.next();
      if (found.contains(option.kind())) {
        throw in.error(option, "found duplicate " + option.kind().text() + " option");
      }
      boolean known = true;
      switch (option.kind()) {
        case DURATION -> duration = in.expectDuration();
        case REPLICATION -> replication = in.expectPositiveInteger();
        case SHARD -> shardDuration = shardDuration();
        case FUTURE -> futureLimit = limit();
        case PAST -> pastLimit = limit();
        case DEFAULT -> {}
        default -> known = false;
      }
      if (known) {
        found.add(option.kind());
      } else if (found.isEmpty()) {
        throw in.unexpected(
            option, "DURATION", "REPLICATION", "SHARD", "DEFAULT", "FUTURE", "PAST");
      } else {
        in.back(option);
        break;
      }
    }
    return new SchemaStatement.AlterRetentionPolicy(
        name,
        database,
        new PolicySpec(duration, replication, shardDuration, futureLimit, pastLimit),
        found.contains(TokenKind.DEFAULT));
  }

  Statement dropRetentionPolicy() {
    String name = in.expectIdent();
    in.expect(TokenKind.ON);
    return new SchemaStatement.DropRetentionPolicy(name, in.expectIdent());
  }

  Statement createSubscription() {
    String name = in.expectIdent();
    in.expect(TokenKind.ON);
    String database = in.expectIdent();
    expectDot();
    String policy = in.expectIdent();
    in.expect(TokenKind.DESTINATIONS);
    Token mode = in.next();
    if (!mode.is(TokenKind.ALL) && !mode.is(TokenKind.ANY)) {
      throw in.unexpected(mode, "ALL", "ANY");
    }
    return new SchemaStatement.CreateSubscription(
        name, database, policy, mode.is(TokenKind.ALL), in.commaSeparated(in::expectString));
  }

  Statement dropSubscription() {
    String name = in.expectIdent();
    in.expect(TokenKind.ON);
    String database = in.expectIdent();
    expectDot();
    return new SchemaStatement.DropSubscription(name, database, in.expectIdent());
  }

  private void expectDot() {
    Token token = in.nextRaw();
    if (!token.is(TokenKind.DOT)) {
      throw in.unexpected(token, ".");
    }
  }

  Statement delete() {
    Token first = in.peek();
    List<Source> sources = clauses.from();
    for (Source source : sources) {
      if (source instanceof Source.Measurement measurement && measurement.database() != null) {
        throw in.errorAtStart("database not supported");
      }
    }
    DeletionStatement.Delete delete = new DeletionStatement.Delete(sources, clauses.where());
    if (sources.isEmpty() && delete.condition() == null) {
      throw in.unexpected(first, "FROM", "WHERE");
    }
    return delete;
  }

  Statement dropSeries() {
    Token first = in.peek();
    List<Source> sources = clauses.from();
    for (Source source : sources) {
      if (source instanceof Source.Measurement measurement) {
        if (measurement.policy() != null) {
          throw in.errorAtStart("retention policy not supported");
        }
        if (measurement.database() != null) {
          throw in.errorAtStart("database not supported");
        }
      }
    }
    DeletionStatement.DropSeries drop = new DeletionStatement.DropSeries(sources, clauses.where());
    if (sources.isEmpty() && drop.condition() == null) {
      throw in.unexpected(first, "FROM", "WHERE");
    }
    return drop;
  }
}
