package io.varve.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/** What browsers need to see before they show an answer to a page from elsewhere. */
final class CrossOrigin {
  private CrossOrigin() {}

  /** Allows the origin that asks, as InfluxDB does; requests without one get nothing. */
  static void allow(HttpHeaders asked, HttpHeaders answer) {
    String origin = asked.get(HttpHeaderNames.ORIGIN);
    if (origin == null || origin.isEmpty()) {
      return;
    }
    answer.set(AnswerHeaders.ALLOW_ORIGIN, origin);
    answer.set(AnswerHeaders.ALLOW_METHODS, "DELETE, GET, OPTIONS, POST, PUT, PATCH");
    answer.set(
        AnswerHeaders.ALLOW_HEADERS,
        "Accept, Accept-Encoding, Authorization, Content-Length, Content-Type, X-CSRF-Token,"
            + " X-HTTP-Method-Override");
    answer.set(AnswerHeaders.EXPOSE_HEADERS, "Date, X-InfluxDB-Version, X-InfluxDB-Build");
  }
}
