package io.varve.bench.peer;

/** What a server wants to be written with. */
public enum BodyFormat {
  /** Line protocol. */
  LINES("Content-Type: text/plain; charset=utf-8\r\n"),
  /** Prometheus' remote write 1.0. */
  REMOTE_WRITE(
      """
      Content-Type: application/x-protobuf
      Content-Encoding: snappy
      X-Prometheus-Remote-Write-Version: 0.1.0
      """);

  private final String headers;

  BodyFormat(String headers) {
    this.headers = headers;
  }

  /** The headers of a request, each with its line end. */
  public String headers() {
    return headers;
  }
}
