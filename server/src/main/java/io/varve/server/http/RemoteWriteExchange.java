package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.varve.server.remote.MalformedMessageException;
import io.varve.server.remote.RemoteWriteReader;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.Database;
import io.varve.storage.StorageException;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
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
  private final FormBody body;
  private long reservedBytes;

  RemoteWriteExchange(HttpConnection connection, HttpRequest request, Parameters parameters) {
    this.connection = connection;
    this.services = connection.services();
    this.request = request;
    this.parameters = parameters;
    this.body = new FormBody(services.options.maxBodyBytes());
  }

  @Override
  public void begin() {
    if (version() == 0) {
      connection.answer(
          Answers.text(
              HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
              "the body has to be snappy-compressed "
                  + V1_MESSAGE
                  + " or "
                  + V2_MESSAGE
                  + " of type "
                  + PROTOBUF
                  + "\n"));
      return;
    }
    String database = services.promDatabaseName(parameters.text("db"));
    FullHttpResponse refusal = services.refuseWrite(connection.user(), database);
    if (refusal != null) {
      connection.answer(refusal);
    }
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
    if (!body.add(content)) {
      release();
      connection.answerAndClose(
          Answers.text(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large\n"));
    }
  }

  @Override
  public void onBodyEnd() {
    byte[] block = new byte[0];
    ByteBuf collected = body.content();
    if (collected != null) {
      block = new byte[collected.readableBytes()];
      collected.readBytes(block);
    }
    release();
    RemoteWriteReader reader = new RemoteWriteReader(services.metricMetadata);
    PointBatch batch = new PointBatch();
    try {
      byte[] message = SnappyBlock.decode(block, block.length, services.options.maxBodyBytes());
      if (!services.reserveBytes(message.length)) {
        connection.answer(busy("the server has too many bytes of writes in progress, try again"));
        return;
      }
      reservedBytes = message.length;
      if (version() == 2) {
        reader.readV2(message, batch);
      } else {
        reader.readV1(message, batch);
      }
    } catch (MalformedMessageException e) {
      releaseBytes();
      connection.answer(
          written(Answers.text(HttpResponseStatus.BAD_REQUEST, e.getMessage() + "\n"), 0));
      return;
    }
    if (batch.rowCount() == 0) {
      releaseBytes();
      connection.answer(answer(reader, null));
    } else {
      store(batch, reader);
    }
  }

  /** A database that is not there yet is created, which takes a query thread. */
  private void store(PointBatch batch, RemoteWriteReader reader) {
    String name = services.promDatabaseName(parameters.text("db"));
    Database known = services.store.database(name);
    if (known != null) {
      store(known, batch, reader);
      return;
    }
    try {
      services.queryThreads.execute(
          () -> {
            try {
              store(create(name), batch, reader);
            } catch (RuntimeException e) {
              fail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      releaseBytes();
      connection.answer(busy("the server has too many queries waiting, try again"));
    }
  }

  private Database create(String name) {
    return services.store.createDatabase(name, RetentionPolicy.of(RetentionPolicy.DEFAULT_NAME, 0));
  }

  private void store(Database database, PointBatch batch, RemoteWriteReader reader) {
    database
        .write(null, batch)
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                fail(unwrap(failure));
              } else {
                connection.execute(
                    () -> {
                      releaseBytes();
                      answerIfCurrent(answer(reader, result));
                    });
              }
            });
  }

  private void fail(Throwable failure) {
    connection.execute(
        () -> {
          releaseBytes();
          answerIfCurrent(failed(failure));
        });
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  private void answerIfCurrent(FullHttpResponse answer) {
    if (connection.isCurrent(this)) {
      connection.answer(answer);
    } else {
      answer.release();
    }
  }

  private static FullHttpResponse answer(RemoteWriteReader reader, @Nullable WriteResult result) {
    int dropped = result == null ? 0 : result.droppedRows();
    String complaint = reader.complaint();
    if (complaint == null && result != null) {
      complaint = result.reason();
    }
    int stored = reader.samples() - dropped;
    if (complaint == null && dropped == 0) {
      return written(Answers.noContent(), stored);
    }
    return written(
        Answers.text(
            HttpResponseStatus.BAD_REQUEST,
            "stored "
                + stored
                + " samples, refused "
                + (reader.refusedSamples() + dropped)
                + " samples and "
                + reader.refusedHistograms()
                + " histograms: "
                + complaint
                + "\n"),
        stored);
  }

  private static FullHttpResponse written(FullHttpResponse answer, int samples) {
    answer.headers().setInt(SAMPLES_WRITTEN, samples);
    answer.headers().setInt(HISTOGRAMS_WRITTEN, 0);
    answer.headers().setInt(EXEMPLARS_WRITTEN, 0);
    return answer;
  }

  private static FullHttpResponse failed(Throwable failure) {
    if (failure instanceof StorageException problem) {
      String message = String.valueOf(problem.getMessage());
      return switch (problem.kind()) {
        case USER -> written(Answers.text(HttpResponseStatus.BAD_REQUEST, message + "\n"), 0);
        case RESOURCES, UNAVAILABLE -> busy(message);
        case CORRUPTION ->
            written(Answers.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, message + "\n"), 0);
      };
    }
    LOG.error("a write failed", failure);
    return written(Answers.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error\n"), 0);
  }

  private static FullHttpResponse busy(String message) {
    return written(Answers.busy(message), 0);
  }

  private void releaseBytes() {
    services.releaseBytes(reservedBytes);
    reservedBytes = 0;
  }

  private void release() {
    body.release();
  }

  @Override
  public void onDisconnect() {
    release();
  }
}
