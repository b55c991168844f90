package io.varve.server.http;

import io.varve.query.prometheus.PromEngine;
import io.varve.query.prometheus.PromRequest;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The parameters of one call of Prometheus' API, read as they are asked for. */
final class PromCall {
  /** What Grafana asks for in a range that has no end. */
  private static final long MAX_MILLIS = Long.MAX_VALUE;

  private final PromEngine engine;
  private final Parameters parameters;
  private final Predicate<String> mayRead;
  private final BooleanSupplier cancelled;
  private final long timeoutMillis;

  PromCall(
      PromEngine engine,
      Parameters parameters,
      Predicate<String> mayRead,
      long timeoutMillis,
      BooleanSupplier cancelled) {
    this.engine = engine;
    this.parameters = parameters;
    this.mayRead = mayRead;
    this.timeoutMillis = timeoutMillis;
    this.cancelled = cancelled;
  }

  PromEngine engine() {
    return engine;
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
    return time("start", Long.MIN_VALUE);
  }

  long end() {
    return time("end", MAX_MILLIS);
  }

  long step() {
    String value = optional("step");
    if (value == null) {
      throw PromTimes.bad("step", "cannot parse \"\" to a valid duration");
    }
    return PromTimes.parseDuration("step", value);
  }

  int limit() {
    String value = optional("limit");
    if (value == null) {
      return 0;
    }
    try {
      int limit = Integer.parseInt(value);
      if (limit >= 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw PromTimes.bad("limit", "cannot parse \"" + value + "\" to a valid limit");
    }
    throw PromTimes.bad("limit", "limit must be non-negative");
  }

  /** What the engine wants to know beside the query. */
  PromRequest request() {
    String timeout = optional("timeout");
    long millis =
        timeout == null
            ? timeoutMillis
            : Math.min(timeoutMillis, PromTimes.parseDuration("timeout", timeout));
    String lookback = optional("lookback_delta");
    return new PromRequest(
        optional("db"),
        mayRead,
        lookback == null
            ? engine.settings().lookbackMillis()
            : PromTimes.parseDuration("lookback_delta", lookback),
        limit(),
        cancelled,
        System.nanoTime() + millis * 1_000_000);
  }
}
