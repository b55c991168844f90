package io.varve.server.encode;

import io.varve.query.prometheus.NewestSample;
import io.varve.query.promql.Labels;
import java.util.List;

/**
 * Writes samples with their times in Prometheus' text format, as another Prometheus scrapes them.
 * For one thread.
 */
public final class FederationEncoder {
  /** The type of what is written. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final String INSTANCE = "instance";

  private final ByteWriter out;
  private final NumberWriter numbers;

  public FederationEncoder(ByteWriter out) {
    this.out = out;
    this.numbers = new NumberWriter(out);
  }

  /**
   * Writes samples.
   *
   * @param samples sorted by metric
   */
  public void write(List<NewestSample> samples) {
    String metric = "";
    for (NewestSample sample : samples) {
      String name = sample.labels().get(Labels.NAME);
      if (!name.equals(metric)) {
        metric = name;
        out.writeAscii("# TYPE ");
        writeName(name, true);
        out.writeAscii(" untyped\n");
      }
      write(sample, name);
    }
    out.drain();
  }

  /** A sample without an instance gets an empty one, or the scraper would put in its own. */
  private void write(NewestSample sample, String metric) {
    writeName(metric, true);
    out.write('{');
    Labels labels = sample.labels();
    String separator = "";
    for (int i = 0; i < labels.size(); i++) {
      if (!labels.name(i).equals(Labels.NAME)) {
        out.writeAscii(separator);
        writeLabel(labels.name(i), labels.value(i));
        separator = ",";
      }
    }
    if (!labels.has(INSTANCE)) {
      out.writeAscii(separator);
      writeLabel(INSTANCE, "");
    }
    out.writeAscii("} ");
    double value = sample.value();
    if (Double.isNaN(value)) {
      out.writeAscii("NaN");
    } else if (Double.isInfinite(value)) {
      out.writeAscii(value > 0 ? "+Inf" : "-Inf");
    } else {
      numbers.writeJson(value);
    }
    out.write(' ');
    out.writeLong(sample.timeMillis());
    out.write('\n');
  }

  private void writeLabel(String name, String value) {
    writeName(name, false);
    out.writeAscii("=\"");
    out.writeUtf8(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
    out.write('"');
  }

  /** The format knows plain names only; what does not fit becomes an underscore. */
  private void writeName(String name, boolean colons) {
    StringBuilder plain = new StringBuilder(name.length() + 1);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (digit && i == 0) {
        plain.append('_');
      }
      plain.append(digit || letter || (colons && c == ':') ? c : '_');
    }
    out.writeAscii(plain.toString());
  }
}
