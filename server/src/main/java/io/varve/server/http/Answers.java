package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.varve.server.encode.ByteSink;
import io.varve.server.encode.ByteWriter;
import io.varve.server.encode.CsvEncoder;
import io.varve.server.encode.JsonEncoder;
import io.varve.server.encode.MsgPackEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Makes the answers that consist of a status and a short body. */
final class Answers {
  /** Begins with "1." because clients tell InfluxDB 1 from 2 by the first character. */
  static final String VERSION = "1.12.0-varve";

  static final String JSON = "application/json";
  static final String MSGPACK = "application/x-msgpack";

  private static final String ERROR_HEADER = "X-Influxdb-Error";
  private static final int MAX_ERROR_HEADER_CHARS = 1024;

  private Answers() {}

  static FullHttpResponse empty(HttpResponseStatus status) {
    return full(status, Unpooled.EMPTY_BUFFER);
  }

  /** 204 as InfluxDB gives it: without a body, yet typed. */
  static FullHttpResponse noContent() {
    FullHttpResponse answer = empty(HttpResponseStatus.NO_CONTENT);
    answer.headers().set(AnswerHeaders.CONTENT_TYPE, JSON);
    return answer;
  }

  static FullHttpResponse text(HttpResponseStatus status, String body) {
    return typed(status, body, "text/plain; charset=utf-8");
  }

  static FullHttpResponse json(HttpResponseStatus status, String body) {
    return typed(status, body, JSON);
  }

  /** {@code {"error":"..."}}, the message also in a header. */
  static FullHttpResponse error(HttpResponseStatus status, String message) {
    return error(status, message, JSON, out -> JsonEncoder.writeError(out, message));
  }

  /** {@link #error} in the format of this type: JSON, MessagePack or else CSV. */
  static FullHttpResponse error(HttpResponseStatus status, String message, String type) {
    return switch (type) {
      case JSON -> error(status, message);
      case MSGPACK -> error(status, message, type, out -> MsgPackEncoder.writeError(out, message));
      default -> error(status, message, type, out -> CsvEncoder.writeError(out, message));
    };
  }

  private static FullHttpResponse error(
      HttpResponseStatus status, String message, String type, Consumer<ByteWriter> encoder) {
    ByteBuf body = Unpooled.buffer(message.length() + 16);
    ByteWriter out = new ByteWriter(into(body), new byte[ByteWriter.MIN_BUFFER_BYTES]);
    encoder.accept(out);
    out.drain();
    FullHttpResponse answer = full(status, body);
    answer.headers().set(AnswerHeaders.CONTENT_TYPE, type);
    nameError(answer.headers(), message);
    return answer;
  }

  /** The sender is not known, and is asked for a name and password. */
  static FullHttpResponse unauthorized(String message) {
    FullHttpResponse answer = error(HttpResponseStatus.UNAUTHORIZED, message);
    answer.headers().remove(ERROR_HEADER);
    answer.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"InfluxDB\"");
    return answer;
  }

  static FullHttpResponse internalError() {
    return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal error");
  }

  /** An error that goes away by itself: clients retry later. */
  static FullHttpResponse busy(String message) {
    FullHttpResponse answer = error(HttpResponseStatus.SERVICE_UNAVAILABLE, message);
    answer.headers().set(AnswerHeaders.RETRY_AFTER, "1");
    return answer;
  }

  /** Puts the message into the header clients look at. */
  private static void nameError(HttpHeaders headers, String message) {
    int length = Math.min(message.length(), MAX_ERROR_HEADER_CHARS);
    StringBuilder printable = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = message.charAt(i);
      printable.append(c >= ' ' && c < 0x7f ? c : ' ');
    }
    headers.set(ERROR_HEADER, printable.toString());
  }

  static FullHttpResponse typed(HttpResponseStatus status, String body, String type) {
    FullHttpResponse answer =
        full(status, Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8)));
    answer.headers().set(AnswerHeaders.CONTENT_TYPE, type);
    return answer;
  }

  private static FullHttpResponse full(HttpResponseStatus status, ByteBuf body) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
  }

  /** A sink that appends to a buffer. */
  static ByteSink into(ByteBuf buffer) {
    return new BufferSink(buffer);
  }

  /** Appends to a heap buffer. */
  private record BufferSink(ByteBuf buffer) implements ByteSink {
    @Override
    public void write(byte[] bytes, int offset, int length) {
      buffer.writeBytes(bytes, offset, length);
    }

    @Override
    public void flush() {}
  }
}
