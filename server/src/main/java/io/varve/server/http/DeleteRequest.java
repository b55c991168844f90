package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.varve.storage.Database;
import io.varve.storage.SeriesReader;
import io.varve.storage.Varve;
import io.varve.storage.model.TimeRange;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v2/delete?bucket=db/rp}: deletes a range of time of some series. Answered when
 * the delete is durable.
 */
final class DeleteRequest {
  private DeleteRequest() {}

  static Exchange open(HttpConnection connection, HttpRequest request, Parameters parameters) {
    Services services = connection.services();
    String name = parameters.text("bucket");
    String user = connection.user();
    return new BodyExchange(
        connection,
        body -> {
          Bucket bucket = Bucket.parse(name);
          FullHttpResponse refusal = services.refuseWrite(user, bucket.database());
          return refusal == null ? answer(services.store, bucket, body) : refusal;
        });
  }

  private static FullHttpResponse answer(Varve store, Bucket bucket, String text) {
    JsonBody body = JsonBody.parse(text);
    TimeRange range = range(body);
    DeletePredicate predicate = DeletePredicate.parse(body.text("predicate"));
    Database database = store.database(bucket.database());
    if (database == null) {
      return Answers.error(
          HttpResponseStatus.NOT_FOUND, "database not found: \"" + bucket.database() + "\"");
    }
    String policy = bucket.policy().isEmpty() ? database.defaultRetentionPolicy() : bucket.policy();
    for (String measurement : measurements(database, policy)) {
      if (predicate.selectsMeasurement(measurement)) {
        database.delete(policy, measurement, predicate.tags(), range);
      }
    }
    return Answers.noContent();
  }

  private static List<String> measurements(Database database, @Nullable String policy) {
    try (SeriesReader reader = database.reader(policy)) {
      return reader.measurements();
    }
  }

  /** From {@code start} up to {@code stop}, both included, as InfluxDB 2 has it. */
  private static TimeRange range(JsonBody body) {
    long start = time(body, "start");
    long stop = time(body, "stop");
    if (stop < start) {
      throw new IllegalArgumentException("stop must not be before start");
    }
    return new TimeRange(start, stop == Long.MAX_VALUE ? stop : stop + 1);
  }

  /** A time in nanoseconds; those that do not fit become the first or last that there is. */
  private static long time(JsonBody body, String name) {
    String text = body.text(name);
    if (text.isEmpty()) {
      throw new IllegalArgumentException("missing " + name + ": a time as 2006-01-02T15:04:05Z");
    }
    Instant instant;
    try {
      instant = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "invalid " + name + " \"" + text + "\": must be a time as 2006-01-02T15:04:05Z", e);
    }
    try {
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (ArithmeticException e) {
      return instant.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
