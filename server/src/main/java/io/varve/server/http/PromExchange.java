package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.varve.query.QueryException;
import io.varve.query.promql.PromException;
import io.varve.server.encode.ByteWriter;
import io.varve.server.encode.PrometheusEncoder;
import io.varve.storage.StorageException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one call of Prometheus' API: collects the form, computes and encodes on a query thread.
 */
final class PromExchange extends FormExchange {
  private static final Logger LOG = LoggerFactory.getLogger(PromExchange.class);
  private static final ThreadLocal<byte[]> SEGMENT =
      ThreadLocal.withInitial(() -> new byte[ByteWriter.SEGMENT_BYTES]);

  /** The status that says that the client did not wait; HTTP has none. */
  private static final HttpResponseStatus CLIENT_CLOSED_REQUEST =
      new HttpResponseStatus(499, "Client Closed Request");

  private final PromEndpoints.Path path;

  PromExchange(
      HttpConnection connection,
      HttpRequest request,
      Parameters parameters,
      PromEndpoints.Path path) {
    super(connection, request, parameters);
    this.path = path;
  }

  @Override
  FullHttpResponse tooLarge() {
    return error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "bad_data", "the body is too large");
  }

  @Override
  public void onBodyEnd() {
    try {
      readForm();
    } catch (IllegalArgumentException e) {
      connection.answer(refusal(e));
      return;
    }
    AnswerSink sink = new AnswerSink(connection, this, path.contentType(), false);
    connection.openSink(sink);
    long arrivalNanos = System.nanoTime();
    try {
      services.queryThreads.execute(() -> run(sink, arrivalNanos));
    } catch (RejectedExecutionException e) {
      connection.answer(unavailable("the server has too many queries waiting, try again"));
    }
  }

  // ---- on a query thread

  private void run(AnswerSink sink, long arrivalNanos) {
    compute(
        sink,
        () -> {
          stream(new PromCall(services, parameters, user, this::isCancelled, arrivalNanos), sink);
          sink.finish();
        });
  }

  private void stream(PromCall call, AnswerSink sink) {
    if (!request.headers().get(HttpHeaderNames.ACCEPT_ENCODING, "").contains("gzip")) {
      path.endpoint().answer(call, new ByteWriter(sink, SEGMENT.get()));
      return;
    }
    try (GzipChoice choice = new GzipChoice(sink, false)) {
      path.endpoint().answer(call, new ByteWriter(choice, SEGMENT.get()));
      choice.finish();
    }
  }

  @Override
  void fail(AnswerSink sink, Throwable failure) {
    services.metrics.failedQueries.increment();
    if (sink.isStarted()) {
      LOG.error("a query failed", failure);
      connection.abort();
    } else {
      answer(refusal(failure));
    }
  }

  private FullHttpResponse refusal(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof PromException problem) {
      return switch (problem.kind()) {
        case BAD_DATA -> badData(message);
        case EXECUTION -> error(HttpResponseStatus.UNPROCESSABLE_ENTITY, "execution", message);
        case CANCELED -> error(CLIENT_CLOSED_REQUEST, "canceled", message);
        case TIMEOUT -> error(HttpResponseStatus.SERVICE_UNAVAILABLE, "timeout", message);
        case UNAVAILABLE -> unavailable(message);
      };
    }
    if (failure instanceof QueryException || failure instanceof IllegalArgumentException) {
      return badData(message);
    }
    if (failure instanceof StorageException problem) {
      return switch (problem.kind()) {
        case USER -> badData(message);
        case RESOURCES, UNAVAILABLE -> unavailable(message);
        case CORRUPTION -> error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal", message);
      };
    }
    LOG.error("a query failed", failure);
    return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal", "internal error");
  }

  private FullHttpResponse badData(String message) {
    return error(HttpResponseStatus.BAD_REQUEST, "bad_data", message);
  }

  private FullHttpResponse unavailable(String message) {
    FullHttpResponse busy = error(HttpResponseStatus.SERVICE_UNAVAILABLE, "unavailable", message);
    busy.headers().set(AnswerHeaders.RETRY_AFTER, "1");
    return busy;
  }

  /** An error in the form that Prometheus gives errors of this path. */
  private FullHttpResponse error(HttpResponseStatus status, String type, String message) {
    if (!path.contentType().equals(Answers.JSON)) {
      return Answers.text(status, message + "\n");
    }
    ByteBuf body = Unpooled.buffer();
    new PrometheusEncoder(new ByteWriter(Answers.into(body), new byte[ByteWriter.MIN_BUFFER_BYTES]))
        .writeError(type, message);
    FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    answer.headers().set(AnswerHeaders.CONTENT_TYPE, Answers.JSON);
    return answer;
  }
}
