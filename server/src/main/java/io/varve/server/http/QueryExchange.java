package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.varve.query.AccessDeniedException;
import io.varve.query.NotBriefException;
import io.varve.query.QueryException;
import io.varve.query.QueryOptions;
import io.varve.query.ResultCursor;
import io.varve.server.encode.AnswerTooLargeException;
import io.varve.server.encode.ByteSink;
import io.varve.server.encode.ByteWriter;
import io.varve.server.encode.CsvEncoder;
import io.varve.server.encode.JsonEncoder;
import io.varve.server.encode.JsonIndenter;
import io.varve.server.encode.MsgPackEncoder;
import io.varve.server.encode.ResultEncoder;
import io.varve.server.encode.RowLimit;
import io.varve.storage.StorageException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one InfluxQL request.
 *
 * <p>The event loop collects the form body. It answers what is {@linkplain BriefQueries brief}, and
 * hands all else to a query thread, which parses, runs and encodes it and writes the answer to the
 * connection. If the client leaves, the query is told so between two batches of rows.
 */
final class QueryExchange extends FormExchange {
  private static final Logger LOG = LoggerFactory.getLogger(QueryExchange.class);

  /** One per query thread and event loop, of which there is a bounded number. */
  private static final ThreadLocal<byte[]> SEGMENT =
      ThreadLocal.withInitial(() -> new byte[ByteWriter.SEGMENT_BYTES]);

  QueryExchange(HttpConnection connection, HttpRequest request, Parameters parameters) {
    super(connection, request, parameters);
  }

  @Override
  FullHttpResponse tooLarge() {
    return Answers.error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large");
  }

  @Override
  public void onBodyEnd() {
    QueryRequest query;
    try {
      readForm();
      query = QueryRequest.of(request, parameters);
    } catch (IllegalArgumentException e) {
      connection.answer(refusal(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage())));
      return;
    }
    if (answerAtOnce(query)) {
      return;
    }
    AnswerSink sink = new AnswerSink(connection, this, query.contentType(), query.chunkRows() > 0);
    connection.openSink(sink);
    try {
      services.queryThreads.execute(() -> run(query, sink));
    } catch (RejectedExecutionException e) {
      connection.answer(Answers.busy("the server has too many queries waiting, try again"));
      return;
    }
    if (query.background()) {
      connection.answer(Answers.noContent());
    }
  }

  /**
   * Answers on the event loop if that takes no time; see {@link BriefQueries}. Whatever else
   * happens is left to a query thread, which begins anew.
   */
  private boolean answerAtOnce(QueryRequest query) {
    if (query.background()
        || query.chunkRows() > 0
        || !services.briefQueries.mayTry()
        || !connection.mayCompute()) {
      return false;
    }
    long startNanos = System.nanoTime();
    AnswerSink sink = AnswerSink.ofOnePiece(connection, this, query.contentType());
    try (ResultCursor opened = openBrief(query)) {
      if (opened == null) {
        return false;
      }
      stream(query, limited(query, opened), sink);
    } catch (NotBriefException e) {
      LOG.debug("a query is begun anew on a query thread: {}", e.getMessage());
      sink.discard();
      services.briefQueries.givenUp();
      return false;
    } catch (RuntimeException e) {
      LOG.error("a query failed on the event loop; it is begun anew on a query thread", e);
      sink.discard();
      services.briefQueries.givenUp();
      return false;
    }
    services.briefQueries.answered();
    services.metrics.queries.increment();
    services.metrics.queryDurations.record(System.nanoTime() - startNanos);
    sink.finish();
    return true;
  }

  private @Nullable ResultCursor openBrief(QueryRequest query) {
    Authentication authentication = services.authentication;
    return authentication == null
        ? services.influxQl.openBrief(query.text(), options(query))
        : authentication.openBrief(user, query.text(), options(query));
  }

  private QueryOptions options(QueryRequest query) {
    return new QueryOptions(
        query.database(), query.policy(), query.parameters(), query.readOnly(), this::isCancelled);
  }

  private FullHttpResponse refusal(HttpResponseStatus status, String message) {
    return Answers.error(status, message, QueryRequest.contentType(request));
  }

  // ---- on a query thread

  private void run(QueryRequest query, AnswerSink sink) {
    compute(
        sink,
        () -> {
          ResultCursor opened = open(query);
          if (opened != null) {
            try (ResultCursor answer = limited(query, opened)) {
              stream(query, answer, query.background() ? new NoSink() : sink);
            }
            sink.finish();
          }
        });
  }

  private ResultCursor limited(QueryRequest query, ResultCursor answer) {
    int rows = services.options.maxRows();
    return rows > 0 && query.chunkRows() == 0 ? new RowLimit(answer, rows) : answer;
  }

  /** Parses the query; if that fails, answers and returns null. */
  private @Nullable ResultCursor open(QueryRequest query) {
    QueryOptions options = options(query);
    try {
      Authentication authentication = services.authentication;
      return authentication == null
          ? services.influxQl.open(query.text(), options)
          : authentication.open(user, query.text(), options);
    } catch (AccessDeniedException e) {
      String message = "error authorizing query: " + e.getMessage();
      answer(refusal(HttpResponseStatus.FORBIDDEN, message));
      return null;
    } catch (QueryException e) {
      services.metrics.failedQueries.increment();
      answer(refusal(HttpResponseStatus.BAD_REQUEST, "error parsing query: " + e.getMessage()));
      return null;
    }
  }

  private void stream(QueryRequest query, ResultCursor answer, ByteSink sink) {
    if (!query.gzip() || !(sink instanceof AnswerSink answerSink)) {
      encoder(query, sink).encode(answer);
      return;
    }
    try (GzipChoice choice = new GzipChoice(answerSink, query.chunkRows() > 0)) {
      encoder(query, choice).encode(answer);
      choice.finish();
    }
  }

  private ResultEncoder encoder(QueryRequest query, ByteSink sink) {
    boolean indent = query.pretty() && query.isJson();
    ByteWriter out = new ByteWriter(indent ? new JsonIndenter(sink) : sink, SEGMENT.get());
    if (query.isMsgPack()) {
      return new MsgPackEncoder(
          out, query.epoch(), query.chunkRows(), services.options.maxDocumentBytes());
    }
    if (!query.isJson()) {
      return new CsvEncoder(out, query.epoch());
    }
    return query.chunkRows() > 0
        ? JsonEncoder.chunked(out, query.epoch(), query.chunkRows())
        : new JsonEncoder(out, query.epoch());
  }

  @Override
  void fail(AnswerSink sink, Throwable failure) {
    services.metrics.failedQueries.increment();
    if (!(failure instanceof StorageException || failure instanceof AnswerTooLargeException)) {
      LOG.error("a query failed", failure);
    }
    if (sink.isStarted()) {
      connection.abort();
    } else if (failure instanceof StorageException problem) {
      String message = String.valueOf(problem.getMessage());
      answer(
          switch (problem.kind()) {
            case USER -> refusal(HttpResponseStatus.BAD_REQUEST, message);
            case RESOURCES, UNAVAILABLE -> Answers.busy(message);
            case CORRUPTION -> refusal(HttpResponseStatus.INTERNAL_SERVER_ERROR, message);
          });
    } else if (failure instanceof AnswerTooLargeException) {
      answer(refusal(HttpResponseStatus.BAD_REQUEST, String.valueOf(failure.getMessage())));
    } else {
      answer(refusal(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error"));
    }
  }

  /** For queries that run in the background. */
  private static final class NoSink implements ByteSink {
    @Override
    public void write(byte[] bytes, int offset, int length) {}

    @Override
    public void flush() {}
  }
}
