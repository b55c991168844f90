package io.varve.server.remote;

import io.varve.query.promql.Labels;

/** Writes labels as the first field of a series. */
final class PromLabels {
  private PromLabels() {}

  static void write(Labels labels, ProtobufWriter out) {
    for (int i = 0; i < labels.size(); i++) {
      int label = out.begin(1);
      out.text(1, labels.name(i));
      out.text(2, labels.value(i));
      out.end(label);
    }
  }
}
