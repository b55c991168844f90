package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.varve.server.metrics.ServerMetrics;
import io.varve.server.metrics.WriteError;
import io.varve.server.remote.MalformedMessageException;
import io.varve.server.remote.MessageTooLargeException;
import io.varve.server.remote.RemoteWriteReader;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.Database;
import io.varve.storage.StorageException;
import io.varve.storage.WriteResult;
import io.varve.storage.model.RetentionPolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the samples of a remote-write request, version 1.0 or 2.0 as its type says.
 *
 * <p>Senders repeat what is answered 5xx and give up what is answered 4xx: so 5xx is for trouble
 * that passes, and a request of which something can never be stored is answered 400 once the rest
 * is stored.
 */
final class RemoteWriteExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteWriteExchange.class);

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String V1_MESSAGE = "prometheus.WriteRequest";
  private static final String V2_MESSAGE = "io.prometheus.write.v2.Request";
  private static final String PREFIX = "X-Prometheus-Remote-Write-";
  private static final AsciiString SAMPLES_WRITTEN = new AsciiString(PREFIX + "Samples-Written");
  private static final AsciiString HISTOGRAMS_WRITTEN =
      new AsciiString(PREFIX + "Histograms-Written");
  private static final AsciiString EXEMPLARS_WRITTEN =
      new AsciiString(PREFIX + "Exemplars-Written");

  private final HttpConnection connection;
  private final Services services;
  private final HttpRequest request;
  private final Parameters parameters;

  /** Null before the head has been found good, and once the engine has them. */
  private @Nullable IngestBuffers buffers;

  private int blockLength;
  private long reservedBytes;
  private long startNanos;
  private boolean active;
  private @Nullable WriteError error;

  RemoteWriteExchange(HttpConnection connection, HttpRequest request, Parameters parameters) {
    this.connection = connection;
    this.services = connection.services();
    this.request = request;
    this.parameters = parameters;
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
    FullHttpResponse refusal = version() == 0 ? unsupported() : refuseUser();
    if (refusal != null) {
      connection.answer(refusal);
    } else if (HttpUtil.getContentLength(request, 0L) > services.options.maxBodyBytes()) {
      connection.answerAndClose(tooLarge("the body is too large"));
    } else {
      buffers = services.takeBuffers(connection);
    }
  }

  private static FullHttpResponse unsupported() {
    String message =
        "the body has to be snappy-compressed "
            + (V1_MESSAGE + " or " + V2_MESSAGE)
            + (" of type " + PROTOBUF + "\n");
    return unwritten(Answers.text(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, message));
  }

  private @Nullable FullHttpResponse refuseUser() {
    return services.refuseWrite(connection.user(), databaseName());
  }

  private String databaseName() {
    return services.promDatabaseName(parameters.text("db"));
  }

  /** 1 or 2, or 0 for what is not spoken. What is not said is taken for 1.0 in snappy. */
  private int version() {
    String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "snappy");
    String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, PROTOBUF);
    String[] parts = type.split(";");
    if (!encoding.equalsIgnoreCase("snappy") || !parts[0].strip().equalsIgnoreCase(PROTOBUF)) {
      return 0;
    }
    String message = V1_MESSAGE;
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      if (part.toLowerCase(Locale.ROOT).startsWith("proto=")) {
        message = part.substring("proto=".length());
      }
    }
    return message.equals(V1_MESSAGE) ? 1 : message.equals(V2_MESSAGE) ? 2 : 0;
  }

  @Override
  public void onContent(ByteBuf content) {
    IngestBuffers mine = buffers;
    if (mine == null) {
      return;
    }
    int count = content.readableBytes();
    services.metrics.remoteWrite.bytes.add(count);
    if (blockLength + count > services.options.maxBodyBytes()) {
      release();
      connection.answerAndClose(tooLarge("the body is too large"));
    } else if (!reserve(count)) {
      release();
      connection.answer(tooMuchInProgress());
    } else {
      if (mine.block.length - blockLength < count) {
        mine.block =
            Arrays.copyOf(mine.block, Math.max(blockLength + count, 2 * mine.block.length));
      }
      content.readBytes(mine.block, blockLength, count);
      blockLength += count;
    }
  }

  private boolean reserve(long count) {
    if (!services.reserveBytes(count)) {
      return false;
    }
    reservedBytes += count;
    return true;
  }

  @Override
  public void onBodyEnd() {
    IngestBuffers mine = buffers;
    if (mine == null) {
      return;
    }
    try {
      if (!read(mine)) {
        release();
        connection.answer(tooMuchInProgress());
        return;
      }
    } catch (MessageTooLargeException e) {
      release();
      connection.answer(tooLarge(String.valueOf(e.getMessage())));
      return;
    } catch (MalformedMessageException e) {
      release();
      connection.answer(
          unwritten(Answers.text(HttpResponseStatus.BAD_REQUEST, e.getMessage() + "\n")));
      return;
    }
    if (mine.batch.rowCount() == 0) {
      FullHttpResponse answer = answer(mine.remote, null);
      release();
      connection.answer(answer);
    } else {
      // The batch belongs to the engine until it answers, also if the client leaves meanwhile.
      buffers = null;
      store(mine);
    }
  }

  /**
   * Reads the body into the batch, and from then on accounts for the batch only; answers false if
   * too much is in progress.
   */
  private boolean read(IngestBuffers mine) throws MalformedMessageException {
    int length =
        SnappyBlock.contentLength(mine.block, blockLength, services.options.maxBodyBytes());
    if (!reserve(length)) {
      return false;
    }
    if (mine.message.length < length) {
      mine.message = new byte[length];
    }
    SnappyBlock.decode(mine.block, blockLength, mine.message, length);
    if (version() == 2) {
      mine.remote.readV2(mine.message, length, mine.batch);
    } else {
      mine.remote.readV1(mine.message, length, mine.batch);
    }
    releaseBytes();
    return reserve(mine.remote.batchBytes());
  }

  /** The default database is created if it is not there yet, which takes a query thread. */
  private void store(IngestBuffers mine) {
    Database known = services.store.database(databaseName());
    if (known != null) {
      store(known, mine);
      return;
    }
    if (!parameters.text("db").isEmpty()) {
      end(
          mine,
          () ->
              unwritten(
                  Answers.text(
                      HttpResponseStatus.NOT_FOUND,
                      "database not found: \"" + databaseName() + "\"\n")));
      return;
    }
    try {
      services.queryThreads.execute(
          () -> {
            Database created;
            try {
              created = create(databaseName());
            } catch (RuntimeException e) {
              end(mine, () -> failed(e));
              return;
            }
            store(created, mine);
          });
    } catch (RejectedExecutionException e) {
      end(mine, () -> busy("the server has too many queries waiting, try again"));
    }
  }

  private Database create(String name) {
    return services.store.createDatabase(name, RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
  }

  private void store(Database database, IngestBuffers mine) {
    services.metrics.remoteWrite.values.add(mine.batch.valueCount());
    String policy = parameters.text("rp");
    try {
      database
          .write(policy.isEmpty() ? null : policy, mine.batch)
          .whenComplete(
              (result, failure) ->
                  end(
                      mine,
                      () ->
                          failure == null ? stored(mine.remote, result) : failed(unwrap(failure))));
    } catch (RuntimeException e) {
      end(mine, () -> failed(e));
    }
  }

  /** Gives back what the write has held, and answers, on the event loop. */
  private void end(IngestBuffers mine, Supplier<FullHttpResponse> answerer) {
    connection.execute(
        () -> {
          FullHttpResponse answer = answerer.get();
          releaseBytes();
          services.giveBack(mine);
          if (connection.isCurrent(this)) {
            connection.answer(answer);
          } else {
            answer.release();
          }
        });
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  private FullHttpResponse stored(RemoteWriteReader reader, WriteResult result) {
    services.metrics.remoteWrite.batches.increment();
    services.metrics.remoteWrite.points.add(result.storedRows());
    return answer(reader, result);
  }

  private FullHttpResponse answer(RemoteWriteReader reader, @Nullable WriteResult result) {
    ServerMetrics metrics = services.metrics;
    int dropped = result == null ? 0 : result.droppedRows();
    // Which of the two the store dropped it does not say; requests have mostly one of them.
    int histograms = result == null ? 0 : Math.max(0, reader.histograms() - dropped);
    int samples = result == null ? 0 : result.storedRows() - histograms;
    int refusedSamples = reader.refusedSamples() + reader.samples() - samples;
    int refusedHistograms = reader.refusedHistograms() + reader.histograms() - histograms;
    metrics.remoteWrite.droppedPoints.add(refusedSamples);
    metrics.refusedHistograms.add(refusedHistograms);
    metrics.ignoredExemplars.add(reader.exemplars());
    String complaint = reader.complaint();
    if (complaint == null && result != null) {
      complaint = result.reason();
    }
    if (complaint == null && dropped == 0) {
      return written(Answers.noContent(), samples, histograms);
    }
    error = WriteError.DROPPED_POINTS;
    metrics.partialWrites.increment();
    String message =
        "stored "
            + (samples + " samples and ")
            + (histograms + " histograms, refused ")
            + (refusedSamples + " samples and ")
            + (refusedHistograms + " histograms: ")
            + (complaint + "\n");
    return written(Answers.text(HttpResponseStatus.BAD_REQUEST, message), samples, histograms);
  }

  private static FullHttpResponse tooLarge(String message) {
    return unwritten(Answers.text(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, message + "\n"));
  }

  private static FullHttpResponse tooMuchInProgress() {
    return busy("the server has too many bytes of writes in progress, try again");
  }

  /** An answer to a request of which nothing was stored. */
  private static FullHttpResponse unwritten(FullHttpResponse answer) {
    return written(answer, 0, 0);
  }

  private static FullHttpResponse written(FullHttpResponse answer, int samples, int histograms) {
    answer.headers().setInt(SAMPLES_WRITTEN, samples);
    answer.headers().setInt(HISTOGRAMS_WRITTEN, histograms);
    answer.headers().setInt(EXEMPLARS_WRITTEN, 0);
    return answer;
  }

  private FullHttpResponse failed(Throwable failure) {
    services.metrics.remoteWrite.failedBatches.increment();
    if (failure instanceof StorageException problem) {
      String message = String.valueOf(problem.getMessage());
      return switch (problem.kind()) {
        case USER -> unwritten(Answers.text(HttpResponseStatus.BAD_REQUEST, message + "\n"));
        case RESOURCES, UNAVAILABLE -> busy(message);
        case CORRUPTION ->
            unwritten(Answers.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, message + "\n"));
      };
    }
    LOG.error("a write failed", failure);
    return unwritten(Answers.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error\n"));
  }

  private static FullHttpResponse busy(String message) {
    return unwritten(Answers.busy(message));
  }

  private void releaseBytes() {
    services.releaseBytes(reservedBytes);
    reservedBytes = 0;
  }

  private void release() {
    IngestBuffers mine = buffers;
    buffers = null;
    if (mine != null) {
      releaseBytes();
      services.giveBack(mine);
    }
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
}
