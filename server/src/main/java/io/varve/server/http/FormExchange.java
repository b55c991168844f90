package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.varve.server.encode.SinkClosedException;
import io.varve.server.metrics.ServerMetrics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the exchanges have in common that answer a form by a computation: the event loop collects
 * the form, a query thread computes and encodes. If the client leaves, the computation is told so.
 */
abstract class FormExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(FormExchange.class);

  final HttpConnection connection;
  final Services services;
  final HttpRequest request;
  final Parameters parameters;
  final @Nullable String user;
  private final FormBody form;
  private volatile boolean cancelled;

  FormExchange(HttpConnection connection, HttpRequest request, Parameters parameters) {
    this.connection = connection;
    this.services = connection.services();
    this.request = request;
    this.parameters = parameters;
    this.user = connection.user();
    this.form = new FormBody(maxFormBytes());
  }

  /** The answer to a form that is too large. */
  abstract FullHttpResponse tooLarge();

  /** Answers for a computation that failed. On a query thread. */
  abstract void fail(AnswerSink sink, Throwable failure);

  /** Whether nobody waits for the answer any more. */
  final boolean isCancelled() {
    return cancelled;
  }

  @Override
  public final void begin() {
    if (services.metrics.clients.isActive()) {
      services.metrics.clients.addQuery(connection.clientAddress());
    }
    if (HttpUtil.getContentLength(request, 0L) > maxFormBytes()) {
      refuseLargeBody();
    }
  }

  private int maxFormBytes() {
    return Math.min(FormBody.MAX_QUERY_BYTES, services.options.maxBodyBytes());
  }

  private void refuseLargeBody() {
    form.release();
    connection.answerAndClose(tooLarge());
  }

  @Override
  public final void onContent(ByteBuf content) {
    if (!form.add(content)) {
      refuseLargeBody();
    }
  }

  /**
   * Adds what has been collected to the parameters. Once.
   *
   * @throws IllegalArgumentException if it is no form
   */
  final void readForm() {
    try {
      ByteBuf body = form.content();
      if (body != null) {
        parameters.addForm(request, body);
      }
    } finally {
      form.release();
    }
  }

  /** Does the work of the exchange and counts it. On a query thread. */
  final void compute(AnswerSink sink, Runnable work) {
    ServerMetrics metrics = services.metrics;
    if (cancelled) {
      metrics.abandonedQueries.increment();
      return;
    }
    metrics.queries.increment();
    metrics.activeQueries.increment();
    long startNanos = System.nanoTime();
    try {
      work.run();
    } catch (SinkClosedException e) {
      metrics.abandonedQueries.increment();
      LOG.debug("a query has lost its client: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      fail(sink, e);
      if (e instanceof Error error) {
        throw error;
      }
    } finally {
      sink.discard();
      metrics.queryDurations.record(System.nanoTime() - startNanos);
      metrics.activeQueries.decrement();
    }
  }

  /** Answers from a query thread, if somebody still waits. */
  final void answer(FullHttpResponse answer) {
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
  public final void onDisconnect() {
    cancelled = true;
    form.release();
  }
}
