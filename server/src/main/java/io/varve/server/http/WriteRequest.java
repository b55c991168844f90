package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.varve.server.ingest.Precision;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the points of a body go, or why they go nowhere.
 *
 * @param database null exactly if there is a refusal
 * @param policy null for the database's default
 */
record WriteRequest(
    @Nullable Database database,
    @Nullable String policy,
    Precision precision,
    @Nullable FullHttpResponse refusal) {
  private static final Set<String> CONSISTENCIES = Set.of("", "any", "one", "quorum", "all");
  private static final Set<String> V2_PRECISIONS = Set.of("", "ns", "us", "ms", "s");

  /** {@code /write?db=&rp=&precision=&consistency=}. */
  static WriteRequest v1(Parameters parameters, Varve store) {
    String name = parameters.text("db");
    if (name.isEmpty()) {
      return refused(HttpResponseStatus.BAD_REQUEST, "database is required");
    }
    if (!CONSISTENCIES.contains(parameters.text("consistency").toLowerCase(Locale.ROOT))) {
      return refused(HttpResponseStatus.BAD_REQUEST, "invalid consistency level");
    }
    String unit = parameters.text("precision");
    Precision precision = Precision.of(unit);
    if (precision == null) {
      return refused(
          HttpResponseStatus.BAD_REQUEST,
          "invalid precision \"" + unit + "\" (use n, u, ms, s, m or h)");
    }
    return to(store, name, parameters.text("rp"), precision);
  }

  /** {@code /api/v2/write?bucket=db/rp&precision=}; the organisation does not matter. */
  static WriteRequest v2(Parameters parameters, Varve store) {
    String bucket = parameters.text("bucket");
    int slash = bucket.indexOf('/');
    String name = slash < 0 ? bucket : bucket.substring(0, slash);
    if (bucket.isEmpty()) {
      return refused(
          HttpResponseStatus.NOT_FOUND,
          "bucket name \"\" is missing a slash; not in \"database/retention-policy\" format");
    }
    if (name.isEmpty()) {
      return refused(
          HttpResponseStatus.NOT_FOUND,
          "bucket name \"" + bucket + "\" is in db/rp form but has an empty database");
    }
    String unit = parameters.text("precision");
    Precision precision = V2_PRECISIONS.contains(unit) ? Precision.of(unit) : null;
    if (precision == null) {
      return refused(
          HttpResponseStatus.BAD_REQUEST,
          "invalid precision \"" + unit + "\" (use ns, us, ms or s)");
    }
    return to(store, name, slash < 0 ? "" : bucket.substring(slash + 1), precision);
  }

  private static WriteRequest to(Varve store, String name, String policy, Precision precision) {
    Database database = store.database(name);
    if (database == null) {
      return refused(HttpResponseStatus.NOT_FOUND, "database not found: \"" + name + "\"");
    }
    return new WriteRequest(database, policy.isEmpty() ? null : policy, precision, null);
  }

  private static WriteRequest refused(HttpResponseStatus status, String message) {
    return new WriteRequest(null, null, Precision.NANOSECONDS, Answers.error(status, message));
  }
}
