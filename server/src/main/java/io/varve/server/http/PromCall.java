package io.varve.server.http;

import io.varve.query.prometheus.PromEngine;
import io.varve.query.prometheus.PromRequest;
import io.varve.query.promql.PromException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The parameters of one call of Prometheus' API, read as they are asked for. */
final class PromCall {
  private final Services services;
  private final Parameters parameters;
  private final @Nullable String user;
  private final BooleanSupplier cancelled;
  private final long arrivalNanos;

  PromCall(
      Services services,
      Parameters parameters,
      @Nullable String user,
      BooleanSupplier cancelled,
      long arrivalNanos) {
    this.services = services;
    this.parameters = parameters;
    this.user = user;
    this.cancelled = cancelled;
    this.arrivalNanos = arrivalNanos;
  }

  PromEngine engine() {
    return services.promEngine;
  }

  Services services() {
    return services;
  }

  boolean mayRead(String database) {
    return services.mayRead(user, database);
  }

  /** How long the call has waited until now if it wants to know, else -1. */
  long queueNanos() {
    return optional("stats") == null ? -1 : System.nanoTime() - arrivalNanos;
  }

  /** A text that has to be there. */
  String text(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw PromTimes.bad(name, "empty or missing");
    }
    return value;
  }

  List<String> all(String name) {
    return parameters.all(name);
  }

  /** The value of a parameter that may be missing. */
  @Nullable String optional(String name) {
    String value = parameters.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  long time(String name) {
    String value = optional(name);
    if (value == null) {
      throw PromTimes.bad(name, "cannot parse \"\" to a valid timestamp");
    }
    return PromTimes.parseTime(name, value);
  }

  long time(String name, long missing) {
    String value = optional(name);
    return value == null ? missing : PromTimes.parseTime(name, value);
  }

  long start() {
    return time("start", -PromTimes.MAX_MILLIS);
  }

  long end() {
    return time("end", PromTimes.MAX_MILLIS);
  }

  long step() {
    String value = optional("step");
    if (value == null) {
      throw PromTimes.bad("step", "cannot parse \"\" to a valid duration");
    }
    return PromTimes.parseDuration("step", value);
  }

  /** The greatest number of things to answer with; 0 for all. */
  int limit() {
    String value = optional("limit");
    if (value == null) {
      return 0;
    }
    try {
      long limit = Long.parseLong(value);
      if (limit >= 0) {
        return (int) Math.min(limit, Integer.MAX_VALUE - 1);
      }
    } catch (NumberFormatException e) {
      throw PromTimes.bad("limit", "cannot parse \"" + value + "\" to a valid limit");
    }
    throw PromTimes.bad("limit", "limit must be non-negative");
  }

  /** A number that may be missing or negative, which mean no limit. */
  long anyLimit(String name) {
    String value = optional(name);
    try {
      return value == null ? -1 : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new PromException(PromException.Kind.BAD_DATA, name + " must be a number");
    }
  }

  /** What the engine wants to know beside the query. */
  PromRequest request() {
    long lookback = duration("lookback_delta", 0);
    return new PromRequest(
        optional("db"),
        user,
        this::mayRead,
        lookback > 0 ? lookback : engine().settings().lookbackMillis(),
        limit(),
        cancelled,
        deadlineNanos());
  }

  /** Counts from the arrival of the call, so that waiting for a thread is part of it. */
  private long deadlineNanos() {
    long most = engine().settings().timeoutMillis();
    long asked = duration("timeout", most);
    return arrivalNanos + Math.max(0, Math.min(asked, most)) * 1_000_000;
  }

  private long duration(String name, long missing) {
    String value = optional(name);
    return value == null ? missing : PromTimes.parseDuration(name, value);
  }
}
