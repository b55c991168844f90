package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.varve.server.ingest.LineProtocolParser;
import io.varve.server.metrics.ServerMetrics;
import io.varve.server.metrics.WriteError;
import io.varve.storage.Database;
import io.varve.storage.StorageException;
import io.varve.storage.WriteResult;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the points of one body.
 *
 * <p>The body is inflated and parsed as it arrives, on the event loop; nothing of it is stored
 * before its end has been seen. What comes after a refusal is not looked at.
 */
final class WriteExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(WriteExchange.class);

  private final HttpConnection connection;
  private final Services services;
  private final HttpRequest request;
  private final WriteRequest target;

  private @Nullable IngestBuffers buffers;
  private @Nullable GzipInflater inflater;
  private long bodyBytes;
  private long inflatedBytes;
  private long startNanos;
  private boolean active;
  private @Nullable WriteError error;

  WriteExchange(HttpConnection connection, HttpRequest request, WriteRequest target) {
    this.connection = connection;
    this.services = connection.services();
    this.request = request;
    this.target = target;
  }

  @Override
  public void begin() {
    ServerMetrics metrics = services.metrics;
    startNanos = System.nanoTime();
    active = true;
    metrics.writes.increment();
    metrics.activeWrites.increment();
    if (metrics.clients.isActive()) {
      metrics.clients.addWrite(connection.clientAddress());
    }
    FullHttpResponse refusal = target.refusal();
    if (refusal == null) {
      refusal = refuseUser();
    }
    if (refusal != null) {
      connection.answer(refusal);
      return;
    }
    if (HttpUtil.getContentLength(request, 0L) > services.options.maxBodyBytes()) {
      refuse(tooLarge(), true);
      return;
    }
    IngestBuffers taken = services.takeBuffers(connection);
    buffers = taken;
    taken.parser.begin(taken.batch, target.precision(), nowNanos());
    String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "");
    if (HttpHeaderValues.GZIP.contentEqualsIgnoreCase(encoding)) {
      inflater = new GzipInflater(this::parse);
    }
  }

  private @Nullable FullHttpResponse refuseUser() {
    Database database = target.database();
    return database == null ? null : services.refuseWrite(connection.user(), database.name());
  }

  private static long nowNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  @Override
  public void onContent(ByteBuf content) {
    IngestBuffers mine = buffers;
    if (mine == null) {
      return;
    }
    bodyBytes += content.readableBytes();
    services.metrics.http.bytes.add(content.readableBytes());
    if (bodyBytes > services.options.maxBodyBytes()) {
      refuse(tooLarge(), true);
      return;
    }
    if (content.hasArray()) {
      feed(content.array(), content.arrayOffset() + content.readerIndex(), content.readableBytes());
      return;
    }
    while (content.isReadable() && buffers != null) {
      int count = Math.min(content.readableBytes(), mine.copy.length);
      content.readBytes(mine.copy, 0, count);
      feed(mine.copy, 0, count);
    }
  }

  private void feed(byte[] bytes, int offset, int length) {
    GzipInflater gzip = inflater;
    if (gzip == null) {
      parse(bytes, offset, length);
      return;
    }
    try {
      gzip.feed(bytes, offset, length);
    } catch (GzipInflater.CorruptGzipException e) {
      refuse(badRequest(e), false);
    }
  }

  private static FullHttpResponse badRequest(Exception e) {
    return Answers.error(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
  }

  /** Answers whether more of the body is wanted. */
  private boolean parse(byte[] bytes, int offset, int length) {
    IngestBuffers mine = buffers;
    if (mine == null) {
      return false;
    }
    if (inflatedBytes + length > services.options.maxBodyBytes()) {
      refuse(tooLarge(), true);
      return false;
    }
    if (!services.reserveBytes(length)) {
      refuse(Answers.busy("the server has too many bytes of writes in progress, try again"), false);
      return false;
    }
    inflatedBytes += length;
    mine.parser.feed(bytes, offset, length);
    return true;
  }

  private static FullHttpResponse tooLarge() {
    return Answers.error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large");
  }

  private void refuse(FullHttpResponse refusal, boolean close) {
    release();
    if (close) {
      connection.answerAndClose(refusal);
    } else {
      connection.answer(refusal);
    }
  }

  @Override
  public void onBodyEnd() {
    IngestBuffers mine = buffers;
    Database database = target.database();
    if (mine == null || database == null) {
      return;
    }
    try {
      if (inflater != null && bodyBytes > 0) {
        inflater.finish();
      }
    } catch (GzipInflater.CorruptGzipException e) {
      refuse(badRequest(e), false);
      return;
    }
    mine.parser.finish();
    if (mine.batch.rowCount() == 0) {
      FullHttpResponse answer = answer(mine.parser, null);
      release();
      connection.answer(answer);
    } else {
      store(database, mine);
    }
  }

  private void store(Database database, IngestBuffers mine) {
    // The batch belongs to the engine until it answers, also if the client leaves meanwhile.
    buffers = null;
    closeInflater();
    long bytes = inflatedBytes;
    services.metrics.http.values.add(mine.batch.valueCount());
    try {
      database
          .write(target.policy(), mine.batch)
          .whenComplete(
              (result, failure) ->
                  connection.execute(
                      () -> {
                        FullHttpResponse answer =
                            failure == null ? stored(mine.parser, result) : failed(unwrap(failure));
                        services.releaseBytes(bytes);
                        services.giveBack(mine);
                        answerIfCurrent(answer);
                      }));
    } catch (RuntimeException e) {
      services.releaseBytes(bytes);
      services.giveBack(mine);
      connection.answer(failed(e));
    }
  }

  private FullHttpResponse stored(LineProtocolParser parser, WriteResult result) {
    services.metrics.http.batches.increment();
    services.metrics.http.points.add(result.storedRows());
    return answer(parser, result);
  }

  private void answerIfCurrent(FullHttpResponse answer) {
    if (connection.isCurrent(this)) {
      connection.answer(answer);
    } else {
      answer.release();
    }
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  /** InfluxDB's texts: clients take their next step by them. */
  private FullHttpResponse answer(LineProtocolParser parser, @Nullable WriteResult result) {
    int dropped = parser.droppedRows() + (result == null ? 0 : result.droppedRows());
    String complaint = parser.complaint();
    if (complaint == null && result != null) {
      complaint = result.reason();
    }
    if (parser.failedLines() == 0 && dropped == 0 && complaint == null) {
      return Answers.noContent();
    }
    services.metrics.http.failedLines.add(parser.failedLines());
    services.metrics.http.droppedPoints.add(dropped);
    error = parser.failedLines() > 0 ? WriteError.UNPARSABLE : WriteError.DROPPED_POINTS;
    if (result == null && dropped == 0 && complaint == null) {
      return Answers.error(HttpResponseStatus.BAD_REQUEST, parser.errors());
    }
    services.metrics.partialWrites.increment();
    String errors = parser.errors();
    String separator = errors.isEmpty() || complaint == null ? "" : "\n";
    return Answers.error(
        HttpResponseStatus.BAD_REQUEST,
        ("partial write: " + errors + separator + (complaint == null ? "" : complaint))
            + (" dropped=" + dropped));
  }

  private FullHttpResponse failed(Throwable failure) {
    services.metrics.http.failedBatches.increment();
    if (failure instanceof StorageException problem) {
      String message = String.valueOf(problem.getMessage());
      return switch (problem.kind()) {
        case USER -> Answers.error(statusOf(message), message);
        case RESOURCES, UNAVAILABLE -> Answers.busy(message);
        case CORRUPTION -> Answers.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, message);
      };
    }
    LOG.error("a write failed", failure);
    return Answers.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error");
  }

  private HttpResponseStatus statusOf(String message) {
    if (message.startsWith("retention policy not found")) {
      error = WriteError.NOT_FOUND;
      return HttpResponseStatus.INTERNAL_SERVER_ERROR;
    }
    return message.startsWith("database not found")
        ? HttpResponseStatus.NOT_FOUND
        : HttpResponseStatus.BAD_REQUEST;
  }

  @Override
  public void onAnswer(int status) {
    services.metrics.writeDurations.record(System.nanoTime() - startNanos);
    if (status >= 400) {
      WriteError known = error;
      services.metrics.countWriteError(known == null ? WriteError.ofStatus(status) : known);
    }
    leave();
  }

  @Override
  public void onDisconnect() {
    release();
    leave();
  }

  private void leave() {
    if (active) {
      active = false;
      services.metrics.activeWrites.decrement();
    }
  }

  private void release() {
    IngestBuffers mine = buffers;
    buffers = null;
    closeInflater();
    if (mine != null) {
      services.releaseBytes(inflatedBytes);
      services.giveBack(mine);
    }
  }

  private void closeInflater() {
    if (inflater != null) {
      inflater.close();
      inflater = null;
    }
  }
}
