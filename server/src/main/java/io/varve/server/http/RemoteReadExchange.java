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
import io.varve.query.prometheus.PromRequest;
import io.varve.query.prometheus.SeriesVisitor;
import io.varve.query.promql.PromException;
import io.varve.server.encode.ByteWriter;
import io.varve.server.encode.SinkClosedException;
import io.varve.server.remote.ChunkedResponse;
import io.varve.server.remote.MalformedMessageException;
import io.varve.server.remote.ReadRequest;
import io.varve.server.remote.ReadRequestReader;
import io.varve.server.remote.SamplesResponse;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.StorageException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a remote read: collects the request, reads and encodes on a query thread. Chunks go out
 * as they are made; samples are one message, which has to be complete before it is compressed.
 */
final class RemoteReadExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteReadExchange.class);

  /** Requests are names and patterns. */
  static final int MAX_BODY_BYTES = 1 << 20;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final String SAMPLES_TYPE = "application/x-protobuf";
  private static final String CHUNKS_TYPE =
      "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";

  private final HttpConnection connection;
  private final Services services;
  private final HttpRequest request;
  private final Parameters parameters;
  private final FormBody body;
  private final @Nullable String user;
  private long deadlineNanos;
  private volatile boolean cancelled;

  RemoteReadExchange(HttpConnection connection, HttpRequest request, Parameters parameters) {
    this.connection = connection;
    this.services = connection.services();
    this.request = request;
    this.parameters = parameters;
    this.user = connection.user();
    this.body = new FormBody(Math.min(MAX_BODY_BYTES, services.options.maxBodyBytes()));
  }

  @Override
  public void begin() {
    String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "snappy");
    if (!encoding.equalsIgnoreCase("snappy")) {
      connection.answer(
          text(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "the body has to be a snappy block"));
    }
  }

  @Override
  public void onContent(ByteBuf content) {
    if (!body.add(content)) {
      body.release();
      connection.answerAndClose(
          text(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"));
    }
  }

  @Override
  public void onBodyEnd() {
    ReadRequest asked;
    try {
      asked = parse();
    } catch (MalformedMessageException e) {
      connection.answer(text(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage())));
      return;
    } finally {
      body.release();
    }
    deadlineNanos =
        System.nanoTime() + services.promEngine.settings().timeoutMillis() * NANOS_PER_MILLI;
    AnswerSink sink = new AnswerSink(connection, this, CHUNKS_TYPE, false);
    connection.openSink(sink);
    try {
      services.queryThreads.execute(() -> run(asked, sink));
    } catch (RejectedExecutionException e) {
      connection.answer(Answers.busy("the server has too many queries waiting, try again"));
    }
  }

  private ReadRequest parse() throws MalformedMessageException {
    ByteBuf collected = body.content();
    byte[] block = new byte[collected == null ? 0 : collected.readableBytes()];
    if (collected != null) {
      collected.readBytes(block);
    }
    byte[] message = SnappyBlock.decode(block, block.length, MAX_BODY_BYTES);
    return ReadRequestReader.read(message, message.length);
  }

  // ---- on a query thread

  private void run(ReadRequest asked, AnswerSink sink) {
    if (cancelled) {
      return;
    }
    services.metrics.remoteReads.increment();
    try {
      if (asked.streamed() && !needsSamples(asked)) {
        stream(asked, sink);
      } else {
        answerSamples(asked);
      }
    } catch (SinkClosedException e) {
      abandon(e);
    } catch (RuntimeException | Error e) {
      if (cancelled && e instanceof PromException) {
        abandon(e);
        return;
      }
      services.metrics.failedRemoteReads.increment();
      fail(sink, e);
      if (e instanceof Error error) {
        throw error;
      }
    } finally {
      sink.discard();
    }
  }

  /** Chunks of native histograms are not written; samples of them are. */
  private boolean needsSamples(ReadRequest asked) {
    for (ReadRequest.Query query : asked.queries()) {
      if (services.promEngine.mayReadHistograms(query.conditions(), context())) {
        if (!asked.takesSamples()) {
          throw new PromException(
              PromException.Kind.BAD_DATA,
              "native histograms are answered as SAMPLES only, which the request does not accept");
        }
        return true;
      }
    }
    return false;
  }

  private void abandon(Throwable reason) {
    services.metrics.abandonedQueries.increment();
    LOG.debug("a remote read has lost its client: {}", reason.getMessage());
  }

  private void stream(ReadRequest asked, AnswerSink sink) {
    ByteWriter out = new ByteWriter(sink);
    for (int i = 0; i < asked.queries().size(); i++) {
      read(asked.queries().get(i), new ChunkedResponse(i, out::write));
    }
    out.drain();
    sink.finish();
  }

  private void answerSamples(ReadRequest asked) {
    SamplesResponse response = new SamplesResponse(services.options.maxDocumentBytes());
    for (ReadRequest.Query query : asked.queries()) {
      response.beginQuery();
      read(query, response);
      response.endQuery();
    }
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(response.block()));
    answer.headers().set(AnswerHeaders.CONTENT_TYPE, SAMPLES_TYPE);
    answer.headers().set(AnswerHeaders.CONTENT_ENCODING, "snappy");
    answer(answer);
  }

  private void read(ReadRequest.Query query, SeriesVisitor visitor) {
    services.promEngine.read(
        query.conditions(), query.startMillis(), query.endMillis(), context(), visitor);
  }

  private PromRequest context() {
    String database = parameters.text("db");
    return new PromRequest(
        database.isEmpty() ? null : database,
        user,
        name -> services.mayRead(user, name),
        services.promEngine.settings().lookbackMillis(),
        0,
        () -> cancelled,
        deadlineNanos);
  }

  private void fail(AnswerSink sink, Throwable failure) {
    boolean bug =
        !(failure instanceof QueryException
            || failure instanceof StorageException
            || failure instanceof SamplesResponse.TooLargeException);
    if (bug || sink.isStarted()) {
      LOG.error("a remote read failed", failure);
    }
    if (sink.isStarted()) {
      connection.abort();
      return;
    }
    String message = bug ? "internal error" : String.valueOf(failure.getMessage());
    answer(text(status(failure), message));
  }

  private static HttpResponseStatus status(Throwable failure) {
    if (failure instanceof PromException problem
        && (problem.kind() == PromException.Kind.TIMEOUT
            || problem.kind() == PromException.Kind.UNAVAILABLE)) {
      return HttpResponseStatus.SERVICE_UNAVAILABLE;
    }
    return failure instanceof QueryException || failure instanceof SamplesResponse.TooLargeException
        ? HttpResponseStatus.BAD_REQUEST
        : HttpResponseStatus.INTERNAL_SERVER_ERROR;
  }

  private static FullHttpResponse text(HttpResponseStatus status, String message) {
    return Answers.text(status, message + "\n");
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
    body.release();
  }
}
