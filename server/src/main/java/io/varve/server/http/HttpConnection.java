package io.varve.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: takes its requests one after the other and answers them in order.
 *
 * <p>Pipelined requests wait here while one is being answered. Reading goes on meanwhile, because
 * only a reader learns that the client has gone, but stops at {@link #MAX_WAITING_BYTES}. A request
 * answered early has the rest of its body read and thrown away, so that the client gets to see the
 * answer; that too is bounded. Everything happens on the channel's event loop, except {@link
 * #execute}, {@link #complete} and {@link #abort}, which any thread may call.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  /** Bytes of pipelined requests that may wait. */
  private static final int MAX_WAITING_BYTES = 256 * 1024;

  /** What a waiting head counts as. */
  private static final int HEAD_BYTES = 512;

  /** Intervals without a byte after which a connection between requests is closed. */
  private static final int MAX_IDLE_INTERVALS = 10;

  private static final long LINGER_MILLIS = 2_000;

  /** A body may take this many stalls, and a second for each {@link #SLOW_BYTES_PER_SECOND}. */
  private static final int MAX_BODY_STALLS = 10;

  private static final int SLOW_BYTES_PER_SECOND = 1_024;

  private final Services services;
  private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean accepting;
  private boolean held;

  private @Nullable ChannelHandlerContext context;
  private @Nullable Exchange current;
  private @Nullable HttpRequest request;
  private @Nullable String user;
  private boolean bodyEnded;
  private boolean answerStarted;
  private boolean answered;
  private boolean keepAlive = true;
  private long discardedBytes;
  private long bodyStartNanos;
  private long bodyBytes;
  private long requestCount;
  private int idleIntervals;

  /** Whether a query was answered on the event loop since the socket was last read. */
  private boolean computed;

  /** The sink a query thread may be waiting at. */
  private volatile @Nullable AnswerSink sink;

  HttpConnection(Services services) {
    this.services = services;
  }

  Services services() {
    return services;
  }

  /** Who sent the current request; null if that is not asked or not known. */
  @Nullable String user() {
    return user;
  }

  void setUser(@Nullable String authenticated) {
    user = authenticated;
  }

  // ---- reading

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    idleIntervals = 0;
    HttpObject object = (HttpObject) message;
    waiting.add(object);
    waitingBytes += size(object);
    acceptWaiting();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    computed = false;
    ctx.fireChannelReadComplete();
  }

  private static int size(HttpObject object) {
    return object instanceof HttpContent content ? content.content().readableBytes() : HEAD_BYTES;
  }

  /** Takes waiting messages as long as they belong to the current request or there is none. */
  private void acceptWaiting() {
    if (accepting) {
      return;
    }
    accepting = true;
    try {
      while (!held && (current == null || !bodyEnded)) {
        HttpObject next = waiting.poll();
        if (next == null) {
          break;
        }
        waitingBytes -= size(next);
        accept(next);
      }
    } finally {
      accepting = false;
    }
    context().channel().config().setAutoRead(waitingBytes <= MAX_WAITING_BYTES);
  }

  private void accept(HttpObject object) {
    try {
      if (object instanceof HttpRequest head) {
        begin(head);
      }
      if (object instanceof HttpContent content) {
        content(content);
      }
    } finally {
      ReferenceCountUtil.release(object);
    }
  }

  private void begin(HttpRequest head) {
    request = head;
    user = null;
    bodyEnded = false;
    answerStarted = false;
    answered = false;
    discardedBytes = 0;
    bodyBytes = 0;
    bodyStartNanos = System.nanoTime();
    requestCount++;
    services.metrics.requests.increment();
    keepAlive = HttpUtil.isKeepAlive(head) && !services.isStopping();
    if (head.decoderResult().isFailure()) {
      keepAlive = false;
      current = new FixedExchange(this, refusal(head.decoderResult().cause()));
    } else {
      current = Routes.open(this, head);
    }
    services.metrics.activeRequests.increment();
    current.begin();
    if (!answerStarted && HttpUtil.is100ContinueExpected(head)) {
      context()
          .writeAndFlush(
              new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  /** Lets the body of the current request wait. */
  void hold() {
    held = true;
  }

  /** Puts another exchange in place of the one that held the request. On the event loop. */
  void goOnWith(Exchange successor) {
    held = false;
    if (!answerStarted) {
      current = successor;
      successor.begin();
    }
    acceptWaiting();
  }

  private static FullHttpResponse refusal(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Answers.error(HttpResponseStatus.REQUEST_URI_TOO_LONG, "request line is too long");
    }
    if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException) {
      return Answers.error(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "request headers are too large");
    }
    return Answers.error(HttpResponseStatus.BAD_REQUEST, "malformed request");
  }

  private void content(HttpContent content) {
    Exchange exchange = current;
    if (exchange == null) {
      return;
    }
    if (content.decoderResult().isFailure()) {
      keepAlive = false;
      bodyEnded = true;
      if (!answerStarted) {
        exchange.onDisconnect();
        answer(Answers.error(HttpResponseStatus.BAD_REQUEST, "malformed request body"));
      } else if (answered) {
        end();
      }
      return;
    }
    bodyBytes += content.content().readableBytes();
    if (!answerStarted && isBodyTooSlow()) {
      refuseSlowBody(exchange);
    }
    if (answerStarted) {
      discardedBytes += content.content().readableBytes();
      if (discardedBytes > services.options.maxBodyBytes()) {
        context().close();
        return;
      }
    } else {
      exchange.onContent(content.content());
    }
    if (content instanceof LastHttpContent) {
      bodyEnded = true;
      if (!answerStarted) {
        exchange.onBodyEnd();
      } else if (answered) {
        end();
      }
    }
  }

  private boolean isBodyTooSlow() {
    long allowedMillis =
        services.options.stallMillis() * MAX_BODY_STALLS
            + bodyBytes * 1_000 / SLOW_BYTES_PER_SECOND;
    return System.nanoTime() - bodyStartNanos > allowedMillis * 1_000_000;
  }

  private void refuseSlowBody(Exchange exchange) {
    exchange.onDisconnect();
    answerAndClose(
        Answers.error(HttpResponseStatus.REQUEST_TIMEOUT, "timed out waiting for the body"));
  }

  /** Whether no request is being taken or answered. */
  boolean awaitsHead() {
    return current == null;
  }

  /** Requests begun. */
  long requestCount() {
    return requestCount;
  }

  /** Closes a connection whose request does not get to the end of its head. */
  void refuseSlowHead() {
    FullHttpResponse answer =
        Answers.error(HttpResponseStatus.REQUEST_TIMEOUT, "timed out waiting for the request");
    answer.headers().set(AnswerHeaders.CONNECTION, HttpHeaderValues.CLOSE);
    answer.headers().setInt(AnswerHeaders.CONTENT_LENGTH, answer.content().readableBytes());
    context().writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }

  // ---- answering

  /** Sends a whole answer. On the event loop, once per exchange. */
  void answer(FullHttpResponse answer) {
    if (answerStarted) {
      answer.release();
      return;
    }
    boolean isHead = request != null && HttpMethod.HEAD.equals(request.method());
    if (!answer.status().equals(HttpResponseStatus.NO_CONTENT)) {
      answer.headers().setInt(AnswerHeaders.CONTENT_LENGTH, answer.content().readableBytes());
    }
    if (isHead) {
      answer.content().clear();
    }
    services.metrics.bytesSent.add(answer.content().readableBytes());
    prepareHead(answer);
    context().writeAndFlush(answer, context().voidPromise());
    complete();
  }

  /** Says that this request is answered, refused even, and the client should go away. */
  void answerAndClose(FullHttpResponse answer) {
    keepAlive = false;
    answer(answer);
  }

  /** Adds what every answer carries and says that the answer begins. On the event loop. */
  void prepareHead(HttpResponse answer) {
    answerStarted = true;
    countStatus(answer.status().code());
    HttpHeaders headers = answer.headers();
    headers.set("X-Influxdb-Version", Answers.VERSION);
    headers.set("X-Influxdb-Build", "OSS");
    HttpHeaders asked = request == null ? headers : request.headers();
    String id = asked.get("X-Request-Id", asked.get("Request-Id"));
    if (id == null || id.isEmpty()) {
      id = services.requestIds.next();
    }
    headers.set("Request-Id", id);
    headers.set("X-Request-Id", id);
    CrossOrigin.allow(asked, headers);
    if (!keepAlive) {
      headers.set(AnswerHeaders.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (request != null && request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      headers.set(AnswerHeaders.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  private void countStatus(int status) {
    if (status >= 500) {
      services.metrics.serverErrors.increment();
    } else if (status >= 400) {
      services.metrics.clientErrors.increment();
    }
    if (current != null) {
      current.onAnswer(status);
    }
  }

  /** The client's address without its port, for people. */
  String clientAddress() {
    return context().channel().remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress()
        : "unknown";
  }

  /** Whether the current request's client understands chunked transfer encoding. */
  boolean canChunk() {
    return request != null && !request.protocolVersion().equals(HttpVersion.HTTP_1_0);
  }

  void closeAfterAnswer() {
    keepAlive = false;
  }

  /** Runs something on the event loop, at once if this is it. */
  void execute(Runnable task) {
    if (context().executor().inEventLoop()) {
      task.run();
    } else {
      context().executor().execute(task);
    }
  }

  /**
   * Whether a short computation may be done on the event loop: one each time the socket is read, so
   * that other connections get their turn however many requests came at once, and none while the
   * client leaves its answers lying.
   */
  boolean mayCompute() {
    if (computed || !context().channel().isWritable()) {
      return false;
    }
    computed = true;
    return true;
  }

  /** Whether the exchange still is the one being answered. On the event loop. */
  boolean isCurrent(Exchange exchange) {
    return current == exchange;
  }

  /** Runs a task on the event loop if its exchange still is the current one. */
  void executeFor(Exchange exchange, Runnable task) {
    execute(
        () -> {
          if (current == exchange) {
            task.run();
          }
        });
  }

  /** Says that the last byte of the answer has been written. */
  void complete() {
    execute(
        () -> {
          answered = true;
          if (bodyEnded) {
            end();
          } else if (!keepAlive) {
            linger();
          }
        });
  }

  /** Closes without completing the answer, so that the client cannot take it for whole. */
  void abort() {
    context().close();
  }

  private void end() {
    current = null;
    services.metrics.activeRequests.decrement();
    request = null;
    sink = null;
    if (!keepAlive) {
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      acceptWaiting();
    }
  }

  /**
   * A connection closed with bytes unread is reset, and the answer may be lost with it: say that
   * nothing more comes, and give the client a moment to see it.
   */
  private void linger() {
    ChannelFuture written = context().writeAndFlush(Unpooled.EMPTY_BUFFER);
    written.addListener(
        done -> {
          if (context().channel() instanceof SocketChannel socket) {
            socket.shutdownOutput();
          }
        });
    context().executor().schedule(() -> context().close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  // ---- streaming

  /** Makes the sink through which a query thread answers. On the event loop. */
  void openSink(AnswerSink opened) {
    sink = opened;
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("the connection is not part of a pipeline");
    }
    return ctx;
  }

  private void wakeSink() {
    AnswerSink waitingSink = sink;
    if (waitingSink != null) {
      waitingSink.wake();
    }
  }

  // ---- life of the connection

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    wakeSink();
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange exchange = current;
    current = null;
    if (exchange != null) {
      services.metrics.activeRequests.decrement();
      if (!answered) {
        exchange.onDisconnect();
      }
    }
    wakeSink();
    for (HttpObject left = waiting.poll(); left != null; left = waiting.poll()) {
      ReferenceCountUtil.release(left);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == StopEvent.INSTANCE) {
      keepAlive = false;
      if (current == null) {
        ctx.close();
      }
    } else if (event instanceof IdleStateEvent) {
      if (current != null && !bodyEnded) {
        refuseSlowBody(current);
      } else if (current == null && ++idleIntervals >= MAX_IDLE_INTERVALS) {
        ctx.close();
      }
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("closing the connection of {}", ctx.channel().remoteAddress(), cause);
    }
    ctx.close();
  }

  /** Tells a connection that the server is stopping. */
  enum StopEvent {
    INSTANCE
  }
}
