package io.varve.server.metrics;

import io.varve.storage.DurationHistogram;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of one server. Thread-safe; counting costs an addition to a {@link LongAdder}.
 *
 * <p>All but {@code active*} only grow. An active count may be off by what changes while it is
 * read.
 */
public final class ServerMetrics {
  /** When counting began, in milliseconds since the epoch. */
  public final long startMillis = System.currentTimeMillis();

  public final LongAdder requests = new LongAdder();
  public final LongAdder activeRequests = new LongAdder();
  public final LongAdder clientErrors = new LongAdder();
  public final LongAdder serverErrors = new LongAdder();
  public final LongAdder pings = new LongAdder();
  public final LongAdder bytesSent = new LongAdder();
  public final LongAdder connections = new LongAdder();
  public final LongAdder activeConnections = new LongAdder();
  public final LongAdder refusedConnections = new LongAdder();

  public final LongAdder queries = new LongAdder();
  public final LongAdder activeQueries = new LongAdder();
  public final LongAdder failedQueries = new LongAdder();
  public final LongAdder abandonedQueries = new LongAdder();
  public final DurationHistogram queryDurations = new DurationHistogram();

  public final LongAdder writes = new LongAdder();
  public final LongAdder activeWrites = new LongAdder();
  public final LongAdder partialWrites = new LongAdder();
  public final DurationHistogram writeDurations = new DurationHistogram();

  /** Line protocol over HTTP. */
  public final DoorCounters http = new DoorCounters();

  /** Line protocol over TCP. */
  public final DoorCounters tcp = new DoorCounters();

  /** Line protocol over UDP. */
  public final DoorCounters udp = new DoorCounters();

  /** Prometheus' remote write; its points are samples. */
  public final DoorCounters remoteWrite = new DoorCounters();

  /** Points that all destinations of a subscription took that had to, and batches that failed. */
  public final LongAdder subscribedPoints = new LongAdder();

  public final LongAdder failedSubscriptionWrites = new LongAdder();

  /** Native histograms refused, and exemplars passed over, by remote write. */
  public final LongAdder refusedHistograms = new LongAdder();

  public final LongAdder ignoredExemplars = new LongAdder();

  /** Remote reads begun, and those that failed. */
  public final LongAdder remoteReads = new LongAdder();

  public final LongAdder failedRemoteReads = new LongAdder();

  /** Who sends requests, while somebody asks. */
  public final RequestTracker clients = new RequestTracker();

  private final Map<WriteError, LongAdder> writeErrors = new EnumMap<>(WriteError.class);

  public ServerMetrics() {
    for (WriteError kind : WriteError.values()) {
      writeErrors.put(kind, new LongAdder());
    }
  }

  /** All doors for points. */
  List<DoorCounters> doors() {
    return List.of(http, remoteWrite, tcp, udp);
  }

  /** Grows with everything that clients send. */
  public long received() {
    long sum = requests.sum();
    for (DoorCounters door : doors()) {
      sum += door.bytes.sum();
    }
    return sum;
  }

  /** Counts a write over HTTP that was refused, in whole or in part. */
  public void countWriteError(WriteError kind) {
    counter(kind).increment();
  }

  /** Writes over HTTP refused for this reason. */
  public long writeErrors(WriteError kind) {
    return counter(kind).sum();
  }

  /** Writes over HTTP refused for any reason. */
  public long writeErrors() {
    return writeErrors.values().stream().mapToLong(LongAdder::sum).sum();
  }

  private LongAdder counter(WriteError kind) {
    LongAdder counter = writeErrors.get(kind);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + kind);
    }
    return counter;
  }
}
