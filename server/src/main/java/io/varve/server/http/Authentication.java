package io.varve.server.http;

import io.varve.query.QueryEngine;
import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;
import io.varve.query.Users;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Tells who sends a request, for servers that ask. Thread-safe.
 *
 * <p>As long as there is no admin, everybody is nobody: then only the first admin can be created.
 */
public final class Authentication {
  private final QueryEngine engine;
  private final Users users;
  private final String sharedSecret;
  private final Clock clock;

  /**
   * Asks who is there.
   *
   * @param sharedSecret with which JSON web tokens are signed; empty: there are none
   */
  public Authentication(QueryEngine engine, String sharedSecret, Clock clock) {
    this.engine = engine;
    this.users = engine.users();
    this.sharedSecret = sharedSecret;
    this.clock = clock;
  }

  /**
   * What is known of a sender.
   *
   * @param user null for nobody, and if there is a refusal
   * @param refusal why the request goes no further; answered with 401
   */
  record Sender(@Nullable String user, @Nullable String refusal) {
    static Sender refused(String refusal) {
      return new Sender(null, refusal);
    }
  }

  /** Finds out who sends a request if that takes no time; null if it does, see {@link #verify}. */
  @Nullable Sender recognise(@Nullable Credentials credentials) {
    if (!users.hasAdmin()) {
      return new Sender(null, null);
    }
    if (credentials instanceof Credentials.Password given) {
      if (given.user().isEmpty()) {
        return Sender.refused("username required");
      }
      return users.remembers(given.user(), given.password())
          ? new Sender(given.user(), null)
          : null;
    }
    if (credentials instanceof Credentials.Bearer bearer) {
      return bearer(bearer);
    }
    return Sender.refused("unable to parse authentication credentials");
  }

  private Sender bearer(Credentials.Bearer bearer) {
    if (sharedSecret.isEmpty()) {
      return Sender.refused("bearer auth disabled");
    }
    try {
      String user = JsonWebToken.user(bearer.token(), sharedSecret, clock.millis() / 1000.0);
      return users.exists(user) ? new Sender(user, null) : Sender.refused("user not found");
    } catch (IllegalArgumentException e) {
      return Sender.refused(String.valueOf(e.getMessage()));
    }
  }

  /** Compares a password with what is stored; some tenths of a second of computing. */
  Sender verify(Credentials.Password given) {
    return users.verify(given.user(), given.password())
        ? new Sender(given.user(), null)
        : Sender.refused("authorization failed");
  }

  /** Whether points may be written, or why not. */
  @Nullable String refuseWrite(@Nullable String user, String database) {
    if (user == null) {
      return "user is required to write to database \"" + database + "\"";
    }
    return users.mayWrite(user, database)
        ? null
        : "\"" + user + "\" user is not authorized to write to database \"" + database + "\"";
  }

  boolean mayRead(@Nullable String user, String database) {
    return user != null && users.mayRead(user, database);
  }

  boolean isAdmin(@Nullable String user) {
    return user != null && users.isAdmin(user);
  }

  /** Runs a query as a user. */
  ResultCursor open(@Nullable String user, String text, QueryOptions options) {
    return engine.influxQlAs(user, text, options);
  }

  /** The same on an event loop, if the query may be brief; else null. */
  @Nullable ResultCursor openBrief(@Nullable String user, String text, QueryOptions options) {
    return engine.briefInfluxQlAs(user, text, options);
  }
}
