package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.varve.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a request that has a short body and may have to wait for the disk: collects the body,
 * then does the work on a query thread.
 */
final class BodyExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(BodyExchange.class);

  /** Longest body. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  /** Makes the answer from the body. */
  @FunctionalInterface
  interface Work {
    /**
     * Does what is asked for.
     *
     * @throws IllegalArgumentException if it is asked for in the wrong way: answered 400
     * @throws StorageException answered by its kind
     */
    FullHttpResponse answer(String body);
  }

  private final HttpConnection connection;
  private final Work work;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  BodyExchange(HttpConnection connection, Work work) {
    this.connection = connection;
    this.work = work;
  }

  @Override
  public void begin() {}

  @Override
  public void onContent(ByteBuf content) {
    if (body.size() + content.readableBytes() > MAX_BODY_BYTES) {
      connection.answerAndClose(
          Answers.error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large"));
      return;
    }
    byte[] piece = new byte[content.readableBytes()];
    content.readBytes(piece);
    body.writeBytes(piece);
  }

  @Override
  public void onBodyEnd() {
    try {
      connection.services().queryThreads.execute(this::run);
    } catch (RejectedExecutionException e) {
      connection.answer(Answers.busy("the server has too many queries waiting, try again"));
    }
  }

  private void run() {
    FullHttpResponse answer = answer();
    connection.execute(
        () -> {
          if (connection.isCurrent(this)) {
            connection.answer(answer);
          } else {
            answer.release();
          }
        });
  }

  private FullHttpResponse answer() {
    try {
      return work.answer(body.toString(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Answers.error(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (StorageException e) {
      return failed(e);
    } catch (RuntimeException e) {
      LOG.error("a request failed", e);
      return Answers.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error");
    }
  }

  private static FullHttpResponse failed(StorageException failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure.kind()) {
      case USER ->
          Answers.error(
              message.contains("not found: ")
                  ? HttpResponseStatus.NOT_FOUND
                  : HttpResponseStatus.BAD_REQUEST,
              message);
      case RESOURCES, UNAVAILABLE -> Answers.busy(message);
      case CORRUPTION -> Answers.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, message);
    };
  }
}
