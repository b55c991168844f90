package io.varve.bench.compare;

import io.varve.bench.tsbs.LineWriter;
import java.nio.charset.StandardCharsets;

/** Rows as line protocol. */
final class LineBody implements BodyBuilder {
  private final LineWriter lines;
  private final StringBuilder text = new StringBuilder();

  LineBody(LineWriter lines) {
    this.lines = lines;
  }

  @Override
  public void add(int row, long step, double[] values) {
    lines.append(text, row, step, values);
  }

  @Override
  public byte[] finish() {
    byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
    text.setLength(0);
    return body;
  }
}
