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
import io.varve.server.encode.ByteSink;
import io.varve.server.encode.ByteWriter;
import io.varve.server.encode.PrometheusEncoder;
import io.varve.server.encode.SinkClosedException;
import io.varve.storage.StorageException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one call of Prometheus' API: collects the form, computes and encodes on a query thread.
 */
final class PromExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(PromExchange.class);
  private static final ThreadLocal<byte[]> SEGMENT =
      ThreadLocal.withInitial(() -> new byte[ByteWriter.SEGMENT_BYTES]);

  /** How long a query may take, as Prometheus has it. */
  private static final long QUERY_TIMEOUT_MILLIS = 120_000;

  /** The status that says that the client did not wait; HTTP has none. */
  private static final HttpResponseStatus CLIENT_CLOSED_REQUEST =
      new HttpResponseStatus(499, "Client Closed Request");

  private static final HttpResponseStatus UNPROCESSABLE = HttpResponseStatus.UNPROCESSABLE_ENTITY;

  private final HttpConnection connection;
  private final Services services;
  private final HttpRequest request;
  private final Parameters parameters;
  private final PromEndpoints.Endpoint endpoint;
  private final FormBody form;
  private final @Nullable String user;
  private volatile boolean cancelled;

  PromExchange(
      HttpConnection connection,
      HttpRequest request,
      Parameters parameters,
      PromEndpoints.Endpoint endpoint) {
    this.connection = connection;
    this.services = connection.services();
    this.request = request;
    this.parameters = parameters;
    this.endpoint = endpoint;
    this.user = connection.user();
    this.form = new FormBody(services.options.maxBodyBytes());
  }

  @Override
  public void begin() {}

  @Override
  public void onContent(ByteBuf content) {
    if (!form.add(content)) {
      form.release();
      connection.answerAndClose(
          error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "bad_data", "the body is too large"));
    }
  }

  @Override
  public void onBodyEnd() {
    try {
      ByteBuf body = form.content();
      if (body != null) {
        parameters.addForm(request, body);
      }
    } catch (IllegalArgumentException e) {
      connection.answer(badData(e));
      return;
    } finally {
      form.release();
    }
    AnswerSink sink = new AnswerSink(connection, this, Answers.JSON, false);
    connection.openSink(sink);
    try {
      services.queryThreads.execute(() -> run(sink));
    } catch (RejectedExecutionException e) {
      FullHttpResponse busy =
          error(
              HttpResponseStatus.SERVICE_UNAVAILABLE,
              "unavailable",
              "the server has too many queries waiting, try again");
      busy.headers().set(AnswerHeaders.RETRY_AFTER, "1");
      connection.answer(busy);
    }
  }

  // ---- on a query thread

  private void run(AnswerSink sink) {
    if (cancelled) {
      return;
    }
    try {
      PromCall call =
          new PromCall(
              services.promEngine,
              parameters,
              database -> services.mayRead(user, database),
              QUERY_TIMEOUT_MILLIS,
              () -> cancelled);
      stream(call, sink);
      sink.finish();
    } catch (SinkClosedException e) {
      LOG.debug("a query has lost its client: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      fail(sink, e);
      if (e instanceof Error error) {
        throw error;
      }
    } finally {
      sink.discard();
    }
  }

  private void stream(PromCall call, AnswerSink sink) {
    if (!request.headers().get(HttpHeaderNames.ACCEPT_ENCODING, "").contains("gzip")) {
      endpoint.answer(call, encoder(sink));
      return;
    }
    try (GzipChoice choice = new GzipChoice(sink, false)) {
      endpoint.answer(call, encoder(choice));
      choice.finish();
    }
  }

  private static PrometheusEncoder encoder(ByteSink sink) {
    return new PrometheusEncoder(new ByteWriter(sink, SEGMENT.get()));
  }

  private void fail(AnswerSink sink, Throwable failure) {
    if (sink.isStarted()) {
      LOG.error("a query failed", failure);
      connection.abort();
    } else {
      answer(refusal(failure));
    }
  }

  private static FullHttpResponse refusal(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof PromException problem) {
      return switch (problem.kind()) {
        case BAD_DATA -> error(HttpResponseStatus.BAD_REQUEST, "bad_data", message);
        case EXECUTION -> error(UNPROCESSABLE, "execution", message);
        case CANCELED -> error(CLIENT_CLOSED_REQUEST, "canceled", message);
        case TIMEOUT -> error(HttpResponseStatus.SERVICE_UNAVAILABLE, "timeout", message);
      };
    }
    if (failure instanceof QueryException) {
      return badData(failure);
    }
    if (failure instanceof StorageException) {
      return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal", message);
    }
    LOG.error("a query failed", failure);
    return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal", "internal error");
  }

  private static FullHttpResponse badData(Throwable failure) {
    return error(HttpResponseStatus.BAD_REQUEST, "bad_data", String.valueOf(failure.getMessage()));
  }

  /** An error in Prometheus' form. */
  static FullHttpResponse error(HttpResponseStatus status, String type, String message) {
    ByteBuf body = Unpooled.buffer();
    new PrometheusEncoder(new ByteWriter(Answers.into(body), new byte[ByteWriter.MIN_BUFFER_BYTES]))
        .writeError(type, message);
    FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    answer.headers().set(AnswerHeaders.CONTENT_TYPE, Answers.JSON);
    return answer;
  }

  private void answer(FullHttpResponse answer) {
    connection.execute(
        () -> {
          if (connection.isCurrent(this)) {
            connection.answer(answer);
          } else {
            answer.release();
          }
        });
  }

  @Override
  public void onDisconnect() {
    cancelled = true;
    form.release();
  }
}
