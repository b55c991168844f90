package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.varve.query.prometheus.PromEngine;
import io.varve.server.metrics.ServerMetrics;
import io.varve.server.remote.RemoteWriteReader;
import io.varve.storage.Varve;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all connections of a server share. Thread-safe. */
final class Services {

  final Varve store;
  final InfluxQl influxQl;
  final HttpOptions options;
  final Executor queryThreads;
  final ServerMetrics metrics;

  /** Verifies passwords; refuses when too many wait. */
  final Executor loginThread;

  /** Null: nobody is asked who they are. */
  final @Nullable Authentication authentication;

  final BriefQueries briefQueries = new BriefQueries();
  final RequestIds requestIds = new RequestIds();
  final PromEngine promEngine;
  final MetricMetadata metricMetadata = new MetricMetadata();

  private final IdleBuffers idleBuffers = new IdleBuffers();
  private final AtomicLong inFlightBytes = new AtomicLong();
  private volatile boolean stopping;

  Services(
      Varve store,
      InfluxQl influxQl,
      PromEngine promEngine,
      @Nullable Authentication authentication,
      HttpOptions options,
      Executor queryThreads,
      Executor loginThread,
      ServerMetrics metrics) {
    this.store = store;
    this.influxQl = influxQl;
    this.options = options;
    this.queryThreads = queryThreads;
    this.metrics = metrics;
    this.loginThread = loginThread;
    this.authentication = authentication;
    this.promEngine = promEngine;
  }

  /** The name of the database for samples that come by remote write. */
  String promDatabaseName(String named) {
    return named.isEmpty() ? promEngine.settings().defaultDatabase() : named;
  }

  /** Whether a sender may read a database; all may if nobody is asked who they are. */
  boolean mayRead(@Nullable String user, String database) {
    return authentication == null || authentication.mayRead(user, database);
  }

  /** The answer to a sender who may not write to a database; null to one who may. */
  @Nullable FullHttpResponse refuseWrite(@Nullable String user, String database) {
    String message = authentication == null ? null : authentication.refuseWrite(user, database);
    return message == null ? null : Answers.error(HttpResponseStatus.FORBIDDEN, message);
  }

  /** Whether connections should close after the answer they are at. */
  boolean isStopping() {
    return stopping;
  }

  void stop() {
    stopping = true;
  }

  /** Counts bytes of a write body in; answers false, and counts nothing, if that is too many. */
  boolean reserveBytes(long count) {
    if (inFlightBytes.addAndGet(count) > options.maxInFlightBytes()) {
      inFlightBytes.addAndGet(-count);
      return false;
    }
    return true;
  }

  void releaseBytes(long count) {
    inFlightBytes.addAndGet(-count);
  }

  /** Bytes of write bodies that are not stored yet. */
  long inFlightBytes() {
    return inFlightBytes.get();
  }

  IngestBuffers takeBuffers(HttpConnection connection) {
    int number = System.identityHashCode(connection);
    IngestBuffers idle = idleBuffers.take(number);
    IngestBuffers taken =
        idle == null
            ? new IngestBuffers(new RemoteWriteReader(metricMetadata, maxBatchBytes()))
            : idle;
    taken.connection = number;
    return taken;
  }

  /**
   * Most heap that the samples of one remote write may take. Half of what all writes may: a larger
   * one would be told to try again for ever.
   */
  private long maxBatchBytes() {
    return Math.min(4L * options.maxBodyBytes(), options.maxInFlightBytes() / 2);
  }

  /** Takes buffers back; those that a large body has blown up are left to the collector. */
  void giveBack(IngestBuffers buffers) {
    if (buffers.isSmall()) {
      buffers.batch.clear();
      idleBuffers.giveBack(buffers);
    }
  }
}
