package io.varve.server.http;

/**
 * Where the server listens and what it refuses. Immutable.
 *
 * @param host address to listen on
 * @param port 0 lets the system choose
 * @param maxConnections connections beyond this are answered 503 and closed
 * @param maxBodyBytes largest body of a request, before and after inflating; beyond it 413
 * @param maxInFlightBytes bytes of all write bodies not yet stored; beyond it 503. Parsed points
 *     take up to four times that on the heap
 * @param queryThreads queries that run at once
 * @param maxQueuedQueries queries that wait for a thread; beyond it 503
 * @param stallMillis how long a client may take no byte of its answer, or send none of its body
 * @param graceMillis how long requests in progress may take when the server stops
 * @param maxRows rows of an answer that is not chunked; 0 for any number
 * @param promPathPrefix what Prometheus' paths may have before them, {@code /prometheus}; empty for
 *     nothing
 */
public record HttpOptions(
    String host,
    int port,
    int maxConnections,
    int maxBodyBytes,
    long maxInFlightBytes,
    int queryThreads,
    int maxQueuedQueries,
    long stallMillis,
    long graceMillis,
    int maxRows,
    String promPathPrefix) {

  /** With any number of rows in an answer, and without a prefix. */
  public HttpOptions(
      String host,
      int port,
      int maxConnections,
      int maxBodyBytes,
      long maxInFlightBytes,
      int queryThreads,
      int maxQueuedQueries,
      long stallMillis,
      long graceMillis) {
    this(
        host,
        port,
        maxConnections,
        maxBodyBytes,
        maxInFlightBytes,
        queryThreads,
        maxQueuedQueries,
        stallMillis,
        graceMillis,
        0,
        "");
  }

  /** Loopback, InfluxDB's port and limits that suit one machine. */
  public static HttpOptions defaults() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new HttpOptions(
        "127.0.0.1",
        8086,
        4096,
        25_000_000,
        Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 8),
        Math.max(4, processors),
        1000,
        30_000,
        10_000);
  }

  /** Most bytes of an answer that has to be complete before it is sent: a share of the heap. */
  int maxDocumentBytes() {
    long share = Runtime.getRuntime().maxMemory() / 8 / queryThreads;
    return (int) Math.min(64 << 20, Math.max(1 << 20, share));
  }

  public HttpOptions withAddress(String newHost, int newPort) {
    return new HttpOptions(
        newHost,
        newPort,
        maxConnections,
        maxBodyBytes,
        maxInFlightBytes,
        queryThreads,
        maxQueuedQueries,
        stallMillis,
        graceMillis,
        maxRows,
        promPathPrefix);
  }

  /** With Prometheus' paths also below another, with or without slashes around it. */
  public HttpOptions withPromPathPrefix(String prefix) {
    String inner = prefix.replaceAll("^/+|/+$", "");
    return new HttpOptions(
        host,
        port,
        maxConnections,
        maxBodyBytes,
        maxInFlightBytes,
        queryThreads,
        maxQueuedQueries,
        stallMillis,
        graceMillis,
        maxRows,
        inner.isEmpty() ? "" : "/" + inner);
  }

  public HttpOptions withLimits(
      int newMaxConnections, int newMaxBodyBytes, int newQueryThreads, int newMaxQueuedQueries) {
    return new HttpOptions(
        host,
        port,
        newMaxConnections,
        newMaxBodyBytes,
        maxInFlightBytes,
        newQueryThreads,
        newMaxQueuedQueries,
        stallMillis,
        graceMillis,
        maxRows,
        promPathPrefix);
  }

  public HttpOptions withMaxRows(int newMaxRows) {
    return new HttpOptions(
        host,
        port,
        maxConnections,
        maxBodyBytes,
        maxInFlightBytes,
        queryThreads,
        maxQueuedQueries,
        stallMillis,
        graceMillis,
        newMaxRows,
        promPathPrefix);
  }
}
