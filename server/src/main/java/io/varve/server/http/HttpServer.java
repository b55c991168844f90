package io.varve.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.varve.query.prometheus.PromEngine;
import io.varve.query.prometheus.PromSettings;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening server. Thread-safe; closed by whoever started it, before the store.
 *
 * <p>A few event loops do the network and parse writes; queries run on threads of their own. {@link
 * #close} stops accepting, lets requests in progress finish within the grace period, then stops.
 */
public final class HttpServer implements AutoCloseable {
  /** What clients are told. */
  public static final String VERSION = Answers.VERSION;

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  private static final int MAX_REQUEST_LINE_BYTES = 256 * 1024;
  private static final int MAX_HEADER_BYTES = 32 * 1024;
  private static final int MAX_CHUNK_BYTES = 64 * 1024;

  /** More than fit into what one read of a socket brings; see HttpConnection for the real bound. */
  private static final int MAX_PIPELINED_REQUESTS = 32 * 1024;

  private static final WriteBufferWaterMark WATER_MARKS =
      new WriteBufferWaterMark(128 * 1024, 512 * 1024);
  private static final int MAX_WAITING_LOGINS = 64;
  private static final int BACKLOG = 1024;
  private static final long POLL_MILLIS = 10;

  /** Between two looks whether there is news of metrics to be kept. */
  private static final long METADATA_SECONDS = 60;

  private final HttpOptions options;
  private final Services services;
  private final StoredMetadata metadata;
  private final ThreadPoolExecutor queryThreads;
  private final ThreadPoolExecutor loginThread;
  private final ScheduledThreadPoolExecutor metadataThread;
  private final EventLoopGroup acceptor;
  private final EventLoopGroup eventLoops;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;

  private HttpServer(
      Varve store,
      InfluxQl influxQl,
      PromEngine promEngine,
      @Nullable Authentication authentication,
      HttpOptions options,
      ServerMetrics metrics)
      throws IOException {
    this.options = options;
    queryThreads =
        new ThreadPoolExecutor(
            options.queryThreads(),
            options.queryThreads(),
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(Math.max(1, options.maxQueuedQueries())),
            new DefaultThreadFactory("query"));
    queryThreads.allowCoreThreadTimeOut(true);
    loginThread =
        new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING_LOGINS),
            new DefaultThreadFactory("login"));
    loginThread.allowCoreThreadTimeOut(true);
    services =
        new Services(
            store,
            influxQl,
            promEngine,
            authentication,
            options,
            queryThreads,
            loginThread,
            metrics);
    metadata =
        new StoredMetadata(store, promEngine.settings().defaultDatabase(), services.metricMetadata);
    metadata.load();
    metadataThread = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("metadata", true));
    metadataThread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    metadataThread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    metadataThread.scheduleWithFixedDelay(
        metadata::save, METADATA_SECONDS, METADATA_SECONDS, TimeUnit.SECONDS);
    int loops = Math.max(2, Runtime.getRuntime().availableProcessors());
    Transport transport = Transport.best();
    acceptor = transport.eventLoops(1, "accept");
    eventLoops = transport.eventLoops(loops, "http");
    try {
      listener = listen(transport);
    } catch (IOException | RuntimeException e) {
      stopThreads();
      throw e;
    }
  }

  /**
   * Starts a server; when this returns it accepts connections.
   *
   * @throws IOException if it cannot listen at the address
   */
  public static HttpServer start(Varve store, InfluxQl influxQl, HttpOptions options)
      throws IOException {
    return start(store, influxQl, options, new ServerMetrics());
  }

  /** As the other {@code start}, with counters that others count in too. */
  public static HttpServer start(
      Varve store, InfluxQl influxQl, HttpOptions options, ServerMetrics metrics)
      throws IOException {
    return start(store, influxQl, promEngine(store), options, metrics);
  }

  /** As the other {@code start}, with an engine for PromQL that has been set up elsewhere. */
  public static HttpServer start(
      Varve store,
      InfluxQl influxQl,
      PromEngine promEngine,
      HttpOptions options,
      ServerMetrics metrics)
      throws IOException {
    return new HttpServer(store, influxQl, promEngine, null, options, metrics);
  }

  /**
   * Starts a server whose clients have to say who they are, and may do what was granted to them.
   *
   * @throws IOException if it cannot listen at the address
   */
  public static HttpServer start(
      Varve store, Authentication authentication, HttpOptions options, ServerMetrics metrics)
      throws IOException {
    return start(store, authentication, promEngine(store), options, metrics);
  }

  /** As the other {@code start}, with an engine for PromQL that has been set up elsewhere. */
  public static HttpServer start(
      Varve store,
      Authentication authentication,
      PromEngine promEngine,
      HttpOptions options,
      ServerMetrics metrics)
      throws IOException {
    InfluxQl nobodys = (text, asked) -> authentication.open(null, text, asked);
    return new HttpServer(store, nobodys, promEngine, authentication, options, metrics);
  }

  private static PromEngine promEngine(Varve store) {
    return new PromEngine(store, PromSettings.defaults());
  }

  private Channel listen(Transport transport) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor, eventLoops)
            .channel(transport.listener())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    open(channel);
                  }
                });
    var bound = bootstrap.bind(options.host(), options.port()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on "
              + options.host()
              + ":"
              + options.port()
              + ": "
              + reason(bound.cause()),
          bound.cause());
    }
    return bound.channel();
  }

  /** What the system says, without the name and number that Netty's native code has before it. */
  private static String reason(Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.replaceFirst("^.* failed with error\\(-?\\d+\\): ", "");
  }

  private void open(SocketChannel channel) {
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(MAX_CHUNK_BYTES);
    channel.pipeline().addLast(new HttpServerCodec(limits, MAX_PIPELINED_REQUESTS));
    ServerMetrics metrics = services.metrics;
    if (connections.size() >= options.maxConnections()) {
      metrics.refusedConnections.increment();
      FullHttpResponse answer = Answers.busy("the server has too many connections, try again");
      answer.headers().set(AnswerHeaders.CONNECTION, HttpHeaderValues.CLOSE);
      answer.headers().setInt(AnswerHeaders.CONTENT_LENGTH, answer.content().readableBytes());
      channel.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    connections.add(channel);
    metrics.connections.increment();
    metrics.activeConnections.increment();
    channel.closeFuture().addListener(closed -> metrics.activeConnections.decrement());
    HttpConnection connection = new HttpConnection(services);
    channel
        .pipeline()
        .addFirst(new SlowHeadGuard(connection, options.stallMillis()))
        .addLast(new IdleStateHandler(options.stallMillis(), 0, 0, TimeUnit.MILLISECONDS))
        .addLast(connection);
  }

  /** The port listened on, also if the system chose it. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Bytes of write bodies that are not stored yet; 0 when no write is in progress. */
  public long inFlightBytes() {
    return services.inFlightBytes();
  }

  @Override
  public void close() {
    services.stop();
    listener.close().awaitUninterruptibly();
    for (Channel connection : connections) {
      connection
          .eventLoop()
          .execute(
              () ->
                  connection.pipeline().fireUserEventTriggered(HttpConnection.StopEvent.INSTANCE));
    }
    awaitConnections();
    stopThreads();
    metadata.save();
  }

  private void awaitConnections() {
    long deadline = System.nanoTime() + options.graceMillis() * 1_000_000;
    try {
      while (!connections.isEmpty() && System.nanoTime() < deadline) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!connections.isEmpty()) {
      LOG.warn("{} connections did not finish in time and are closed", connections.size());
      connections.close().awaitUninterruptibly();
    }
  }

  private void stopThreads() {
    loginThread.shutdownNow();
    queryThreads.shutdown();
    metadataThread.shutdown();
    try {
      if (!metadataThread.awaitTermination(options.graceMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("news of metrics could not be written in time");
      }
      if (!queryThreads.awaitTermination(options.graceMillis(), TimeUnit.MILLISECONDS)) {
        queryThreads.shutdownNow();
        LOG.warn("a query did not stop in time");
      }
    } catch (InterruptedException e) {
      queryThreads.shutdownNow();
      Thread.currentThread().interrupt();
    }
    acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
