package io.varve.server.http;

import io.netty.util.AsciiString;

/**
 * Names of headers as Varve sends them.
 *
 * <p>Capitalised like InfluxDB's: case does not matter by the standard, but there are clients that
 * look a name up as they know it. Netty's own names are in lower case.
 */
final class AnswerHeaders {
  static final AsciiString ALLOW = AsciiString.cached("Allow");
  static final AsciiString ALLOW_HEADERS = AsciiString.cached("Access-Control-Allow-Headers");
  static final AsciiString ALLOW_METHODS = AsciiString.cached("Access-Control-Allow-Methods");
  static final AsciiString ALLOW_ORIGIN = AsciiString.cached("Access-Control-Allow-Origin");
  static final AsciiString CONNECTION = AsciiString.cached("Connection");
  static final AsciiString CONTENT_ENCODING = AsciiString.cached("Content-Encoding");
  static final AsciiString CONTENT_LENGTH = AsciiString.cached("Content-Length");
  static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");
  static final AsciiString EXPOSE_HEADERS = AsciiString.cached("Access-Control-Expose-Headers");
  static final AsciiString RETRY_AFTER = AsciiString.cached("Retry-After");
  static final AsciiString TRANSFER_ENCODING = AsciiString.cached("Transfer-Encoding");

  private AnswerHeaders() {}
}
