package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.varve.query.Subscriptions;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * {@code /api/v2/buckets}: databases and their retention policies in the shape of InfluxDB 2. A
 * bucket's id is its name, {@code database/policy}.
 */
final class BucketRequests {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String PATH = "/api/v2/buckets";
  private static final int MAX_LISTED = 100;
  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

  private BucketRequests() {}

  // ---- what is served

  static Exchange list(HttpConnection connection, HttpRequest request, Parameters parameters) {
    Varve store = connection.services().store;
    return new BodyExchange(connection, body -> list(store, parameters));
  }

  static Exchange create(HttpConnection connection, HttpRequest request, Parameters parameters) {
    Varve store = connection.services().store;
    return new BodyExchange(connection, body -> create(store, JsonBody.parse(body)));
  }

  static Exchange retrieve(HttpConnection connection, HttpRequest request, Parameters parameters) {
    Varve store = connection.services().store;
    String id = id(parameters);
    return isUnsupported(id)
        ? new FixedExchange(connection, unsupported())
        : new BodyExchange(connection, body -> retrieve(store, id));
  }

  static Exchange change(HttpConnection connection, HttpRequest request, Parameters parameters) {
    Varve store = connection.services().store;
    String id = id(parameters);
    return new BodyExchange(connection, body -> change(store, id, JsonBody.parse(body)));
  }

  static Exchange delete(HttpConnection connection, HttpRequest request, Parameters parameters) {
    Varve store = connection.services().store;
    String id = id(parameters);
    return isUnsupported(id)
        ? new FixedExchange(connection, unsupported())
        : new BodyExchange(connection, body -> delete(store, id));
  }

  private static String id(Parameters parameters) {
    return parameters.path().substring(PATH.length() + 1);
  }

  /** Labels, members and owners, which InfluxDB 1 does not have. */
  private static boolean isUnsupported(String id) {
    int first = id.indexOf('/');
    String last = first < 0 ? "" : id.substring(id.lastIndexOf('/') + 1);
    return id.indexOf('/', first + 1) > 0
        && (last.equals("labels") || last.equals("members") || last.equals("owners"));
  }

  private static FullHttpResponse unsupported() {
    return Answers.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Method Not Allowed\n");
  }

  // ---- on a query thread

  private static FullHttpResponse list(Varve store, Parameters parameters) {
    String name = parameters.text("name");
    String id = parameters.text("id");
    long limit = number(parameters, "limit", MAX_LISTED);
    long offset = number(parameters, "offset", 0);
    if (limit < 1 || limit > MAX_LISTED) {
      throw new IllegalArgumentException("limit must be from 1 to " + MAX_LISTED);
    }
    List<Found> buckets = new ArrayList<>();
    for (String databaseName : store.databaseNames()) {
      Database database = store.database(databaseName);
      if (database != null) {
        for (RetentionPolicy policy : database.retentionPolicies()) {
          Found bucket = new Found(database, policy);
          if ((name.isEmpty() || bucket.isNamed(name)) && (id.isEmpty() || bucket.isNamed(id))) {
            buckets.add(bucket);
          }
        }
      }
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeObjectPropertyStart("links");
      json.writeStringProperty("self", PATH + "?limit=" + limit + "&offset=" + offset);
      json.writeEndObject();
      json.writeArrayPropertyStart("buckets");
      buckets.stream().skip(offset).limit(limit).forEach(bucket -> bucket.write(json));
      json.writeEndArray();
      json.writeEndObject();
    }
    return Answers.json(HttpResponseStatus.OK, text.append('\n').toString());
  }

  private static long number(Parameters parameters, String name, long absent) {
    String text = parameters.text(name);
    try {
      long value = text.isEmpty() ? absent : Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " must be a number: \"" + text + "\"", e);
    }
    throw new IllegalArgumentException(name + " must not be negative: " + text);
  }

  private static FullHttpResponse create(Varve store, JsonBody body) {
    Bucket bucket = Bucket.parse(body.text("name"));
    String policyName = bucket.policy().isEmpty() ? RetentionPolicy.DEFAULT_NAME : bucket.policy();
    RetentionPolicy policy = policy(policyName, body.firstOf("retentionRules"));
    Database existing = store.database(bucket.database());
    if (existing != null && find(existing, policyName) != null) {
      return Answers.error(
          HttpResponseStatus.UNPROCESSABLE_ENTITY,
          "bucket with name " + bucket.database() + "/" + policyName + " already exists");
    }
    Database database = store.createDatabase(bucket.database(), policy);
    if (find(database, policyName) == null) {
      database.createRetentionPolicy(policy, false);
    }
    return answer(HttpResponseStatus.CREATED, new Found(database, policy));
  }

  private static RetentionPolicy policy(String name, @Nullable JsonBody rule) {
    if (rule == null) {
      return RetentionPolicy.of(name, 0);
    }
    long duration = nanos(rule, "everySeconds");
    if (duration > 0 && duration < HOUR_NANOS) {
      throw new IllegalArgumentException("everySeconds must be 0 or at least 3600");
    }
    long shard = nanos(rule, "shardGroupDurationSeconds");
    if (shard == 0) {
      return RetentionPolicy.of(name, duration);
    }
    long hours = Math.max(1, (shard + HOUR_NANOS - 1) / HOUR_NANOS);
    return new RetentionPolicy(name, duration, hours * HOUR_NANOS);
  }

  private static long nanos(JsonBody rule, String name) {
    long seconds = rule.count(name);
    if (seconds > Long.MAX_VALUE / 2_000_000_000L) {
      throw new IllegalArgumentException(name + " is too large: " + seconds);
    }
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private static FullHttpResponse retrieve(Varve store, String id) {
    Found found = find(store, id);
    return found == null ? notFound(id) : answer(HttpResponseStatus.OK, found);
  }

  private static FullHttpResponse change(Varve store, String id, JsonBody body) {
    Found found = find(store, id);
    if (found == null) {
      return notFound(id);
    }
    if (body.has("name") && !found.isNamed(body.text("name"))) {
      throw new IllegalArgumentException("buckets cannot be renamed");
    }
    JsonBody rule = body.firstOf("retentionRules");
    if (rule == null) {
      return answer(HttpResponseStatus.OK, found);
    }
    RetentionPolicy policy = policy(found.policy().name(), rule);
    found.database().alterRetentionPolicy(policy, false);
    return answer(HttpResponseStatus.OK, new Found(found.database(), policy));
  }

  /** Drops the policy with its data; with the only one goes the database. */
  private static FullHttpResponse delete(Varve store, String id) {
    Found found = find(store, id);
    if (found == null) {
      return notFound(id);
    }
    if (found.database().retentionPolicies().size() == 1) {
      store.dropDatabase(found.database().name());
    } else {
      new Subscriptions(store).dropAll(found.database().name(), found.policy().name());
      found.database().dropRetentionPolicy(found.policy().name());
    }
    return Answers.noContent();
  }

  private static @Nullable Found find(Varve store, String id) {
    Bucket bucket = Bucket.parse(id);
    Database database = store.database(bucket.database());
    if (database == null) {
      return null;
    }
    String name = bucket.policy().isEmpty() ? database.defaultRetentionPolicy() : bucket.policy();
    RetentionPolicy policy = find(database, name);
    return policy == null ? null : new Found(database, policy);
  }

  private static @Nullable RetentionPolicy find(Database database, @Nullable String name) {
    return database.retentionPolicies().stream()
        .filter(policy -> policy.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static FullHttpResponse notFound(String id) {
    return Answers.error(HttpResponseStatus.NOT_FOUND, "bucket not found: \"" + id + "\"");
  }

  private static FullHttpResponse answer(HttpResponseStatus status, Found bucket) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      bucket.write(json);
    }
    return Answers.json(status, text.append('\n').toString());
  }

  /** A bucket that exists. */
  private record Found(Database database, RetentionPolicy policy) {
    String name() {
      return database.name() + "/" + policy.name();
    }

    /** Whether it is meant by a name that may leave out the default policy. */
    boolean isNamed(String text) {
      return text.equals(name())
          || (policy.name().equals(database.defaultRetentionPolicy())
              && (text.equals(database.name()) || text.equals(database.name() + "/")));
    }

    void write(JsonGenerator json) {
      json.writeStartObject();
      json.writeStringProperty("id", name());
      json.writeStringProperty("type", "user");
      json.writeStringProperty("name", name());
      json.writeStringProperty("rp", policy.name());
      json.writeArrayPropertyStart("retentionRules");
      json.writeStartObject();
      json.writeStringProperty("type", "expire");
      json.writeNumberProperty("everySeconds", policy.durationNanos() / 1_000_000_000L);
      json.writeNumberProperty(
          "shardGroupDurationSeconds", policy.shardDurationNanos() / 1_000_000_000L);
      json.writeEndObject();
      json.writeEndArray();
      json.writeObjectPropertyStart("links");
      json.writeStringProperty("self", PATH + "/" + name());
      json.writeEndObject();
      json.writeArrayPropertyStart("labels");
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
