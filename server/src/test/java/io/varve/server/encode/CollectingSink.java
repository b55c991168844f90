package io.varve.server.encode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Keeps all it gets. */
final class CollectingSink implements ByteSink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  int largestWrite;
  int flushes;

  @Override
  public void write(byte[] source, int offset, int length) {
    bytes.write(source, offset, length);
    largestWrite = Math.max(largestWrite, length);
  }

  @Override
  public void flush() {
    flushes++;
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  byte[] takeBytes() {
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }

  String take() {
    String text = text();
    bytes.reset();
    return text;
  }
}
