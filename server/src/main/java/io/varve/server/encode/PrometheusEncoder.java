package io.varve.server.encode;

import io.varve.query.prometheus.PromResult;
import io.varve.query.promql.Labels;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * Writes answers of Prometheus' HTTP API: times as seconds with up to three decimals, values as
 * strings. For one thread.
 */
public final class PrometheusEncoder {
  private static final byte[] METRIC = ascii("{\"metric\":{");

  private final ByteWriter out;
  private final JsonText text;
  private final NumberWriter numbers;

  public PrometheusEncoder(ByteWriter out) {
    this.out = out;
    this.text = new JsonText(out);
    this.numbers = new NumberWriter(out);
  }

  /**
   * Writes the answer to a query.
   *
   * @param limit most series to write; 0 for all
   */
  public void writeResult(PromResult result, int limit) {
    out.writeAscii("{\"status\":\"success\",\"data\":{\"resultType\":\"");
    out.writeAscii(
        switch (result.type()) {
          case SCALAR -> "scalar";
          case STRING -> "string";
          case VECTOR -> "vector";
          case MATRIX -> "matrix";
        });
    out.writeAscii("\",\"result\":");
    boolean cut = writeValue(result, limit);
    out.write('}');
    writeRemarks(result, cut);
    out.write('}');
    out.drain();
  }

  /** Answers whether series were left out. */
  private boolean writeValue(PromResult result, int limit) {
    switch (result.type()) {
      case SCALAR ->
          result.visit((labels, times, values, count) -> writePoint(times[0], values[0]));
      case STRING -> {
        out.write('[');
        writeSeconds(result.timeMillis());
        out.write(',');
        text.write(result.text());
        out.write(']');
      }
      default -> {
        return writeSeries(result, limit);
      }
    }
    return false;
  }

  private boolean writeSeries(PromResult result, int limit) {
    boolean vector = result.type() == PromResult.Type.VECTOR;
    int[] seen = {0};
    out.write('[');
    result.visit(
        (labels, times, values, count) -> {
          if (count == 0 || (++seen[0] > limit && limit > 0)) {
            return;
          }
          if (seen[0] > 1) {
            out.write(',');
          }
          out.write(METRIC);
          writeLabels(labels);
          if (vector) {
            out.writeAscii("},\"value\":");
            writePoint(times[0], values[0]);
          } else {
            out.writeAscii("},\"values\":[");
            for (int i = 0; i < count; i++) {
              if (i > 0) {
                out.write(',');
              }
              writePoint(times[i], values[i]);
            }
            out.write(']');
          }
          out.write('}');
        });
    out.write(']');
    return limit > 0 && seen[0] > limit;
  }

  private void writeRemarks(PromResult result, boolean cut) {
    List<String> warnings = result.warnings();
    if (cut || !warnings.isEmpty()) {
      out.writeAscii(",\"warnings\":[");
      String separator = "";
      for (String warning : warnings) {
        out.writeAscii(separator);
        text.write(warning);
        separator = ",";
      }
      if (cut) {
        out.writeAscii(separator);
        text.write("results truncated due to limit");
      }
      out.write(']');
    }
    if (!result.infos().isEmpty()) {
      out.writeAscii(",\"infos\":");
      writeNames(result.infos());
    }
  }

  private void writePoint(long timeMillis, double value) {
    out.write('[');
    writeSeconds(timeMillis);
    out.writeAscii(",\"");
    writeValue(value);
    out.writeAscii("\"]");
  }

  private void writeSeconds(long millis) {
    out.reserve(32);
    long whole = Math.abs(millis / 1000);
    int rest = (int) Math.abs(millis % 1000);
    if (millis < 0) {
      out.put('-');
    }
    out.writeUnsigned(whole);
    if (rest != 0) {
      out.put('.');
      if (rest % 100 == 0) {
        out.putPadded(rest / 100, 1);
      } else if (rest % 10 == 0) {
        out.putPadded(rest / 10, 2);
      } else {
        out.putPadded(rest, 3);
      }
    }
  }

  private void writeValue(double value) {
    if (Double.isNaN(value)) {
      out.writeAscii("NaN");
    } else if (Double.isInfinite(value)) {
      out.writeAscii(value > 0 ? "+Inf" : "-Inf");
    } else {
      numbers.writeJson(value);
    }
  }

  private void writeLabels(Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      text.write(labels.name(i));
      out.write(':');
      text.write(labels.value(i));
    }
  }

  /** Writes an answer whose data are JSON already. */
  public void writeData(String json) {
    out.writeAscii("{\"status\":\"success\",\"data\":");
    out.writeUtf8(json);
    out.write('}');
    out.drain();
  }

  /** Writes an answer that is a list of names. */
  public void writeNameList(Collection<String> names) {
    out.writeAscii("{\"status\":\"success\",\"data\":");
    writeNames(names);
    out.write('}');
    out.drain();
  }

  /** Writes an answer that is a list of series. */
  public void writeSeriesList(Collection<Labels> series) {
    out.writeAscii("{\"status\":\"success\",\"data\":[");
    String separator = "";
    for (Labels labels : series) {
      out.writeAscii(separator);
      out.write('{');
      writeLabels(labels);
      out.write('}');
      separator = ",";
    }
    out.writeAscii("]}");
    out.drain();
  }

  private void writeNames(Collection<String> names) {
    out.write('[');
    String separator = "";
    for (String name : names) {
      out.writeAscii(separator);
      text.write(name);
      separator = ",";
    }
    out.write(']');
  }

  /** Writes an error. */
  public void writeError(String type, String message) {
    out.writeAscii("{\"status\":\"error\",\"errorType\":\"");
    out.writeAscii(type);
    out.writeAscii("\",\"error\":");
    text.write(message);
    out.write('}');
    out.drain();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
