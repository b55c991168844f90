package io.varve.server.remote;

import java.util.List;

/** Writes remote-write 1.0 requests, as Prometheus sends them. Reused; for one thread. */
public final class WriteRequestWriter {
  private static final int SERIES = 1;
  private static final int LABEL = 1;
  private static final int SAMPLE = 2;

  private final ProtobufWriter out = new ProtobufWriter();

  /**
   * Adds a series of one sample.
   *
   * @param labels names, sorted, each followed by its value
   */
  public void add(List<String> labels, double value, long timeMillis) {
    int series = out.begin(SERIES);
    for (int i = 0; i < labels.size(); i += 2) {
      int label = out.begin(LABEL);
      out.text(1, labels.get(i));
      out.text(2, labels.get(i + 1));
      out.end(label);
    }
    int sample = out.begin(SAMPLE);
    out.number(1, value);
    out.integer(2, timeMillis);
    out.end(sample);
    out.end(series);
  }

  /** The request, compressed; the next begins empty. */
  public byte[] finish() {
    byte[] block = SnappyBlock.encode(out.array(), out.length());
    out.truncate(0);
    return block;
  }
}
