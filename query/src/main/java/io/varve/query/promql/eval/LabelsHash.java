package io.varve.query.promql.eval;

import io.varve.query.XxHash64;
import io.varve.query.promql.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The hash of labels that decides what {@code limit_ratio} takes, so that it takes what Prometheus
 * would: {@link XxHash64} of all names and values in turn, each behind its length.
 */
final class LabelsHash {
  /** Lengths from here on are this byte and three more, the lowest first. */
  private static final int LONG = 255;

  private LabelsHash() {}

  static long of(Labels labels) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < labels.size(); i++) {
      append(labels.name(i), bytes);
      append(labels.value(i), bytes);
    }
    return XxHash64.of(bytes.toByteArray());
  }

  private static void append(String text, ByteArrayOutputStream out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < LONG) {
      out.write(bytes.length);
    } else {
      out.write(LONG);
      out.write(bytes.length);
      out.write(bytes.length >>> 8);
      out.write(bytes.length >>> 16);
    }
    out.write(bytes, 0, bytes.length);
  }
}
