package io.varve.server.encode;

import io.varve.query.prometheus.PromList;
import io.varve.query.prometheus.PromResult;
import io.varve.query.prometheus.SampleRun;
import io.varve.query.promql.Labels;
import io.varve.query.promql.histogram.BucketList;
import io.varve.query.promql.histogram.FloatHistogram;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers of Prometheus' HTTP API: times as seconds with up to three decimals, values as
 * strings. For one thread.
 */
public final class PrometheusEncoder {
  private static final byte[] METRIC = ascii("{\"metric\":{");

  /** Ten to the fourth. */
  private static final long COMMON = 10_000;

  /** Digits that fit into a long as text. */
  private static final long MAX_COMMON = 100_000_000;

  private static final String TRUNCATED = "results truncated due to limit";

  private final ByteWriter out;
  private final JsonText text;
  private final LabelsText labelsText;
  private final NumberWriter numbers;

  /** The first digits of the last time; 0 for none. */
  private long commonDigits;

  private long commonText;
  private int commonLength;

  public PrometheusEncoder(ByteWriter out) {
    this.out = out;
    this.text = new JsonText(out);
    this.labelsText = new LabelsText(out);
    this.numbers = new NumberWriter(out);
  }

  /**
   * Writes the answer to a query.
   *
   * @param limit most series to write; 0 for all
   * @param queueNanos how long the query had to wait; negative for an answer without statistics
   */
  public void writeResult(PromResult result, int limit, long queueNanos) {
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
    if (queueNanos >= 0) {
      writeStatistics(result, queueNanos);
    }
    out.write('}');
    writeRemarks(result, cut);
    out.write('}');
    out.drain();
  }

  private void writeStatistics(PromResult result, long queueNanos) {
    out.writeAscii(",\"stats\":{\"timings\":{\"evalTotalTime\":");
    numbers.writeJson(result.evaluationNanos() / 1e9);
    out.writeAscii(",\"execQueueTime\":");
    numbers.writeJson(queueNanos / 1e9);
    out.writeAscii(",\"execTotalTime\":");
    numbers.writeJson((result.evaluationNanos() + queueNanos) / 1e9);
    out.writeAscii("},\"samples\":{\"totalQueryableSamples\":");
    out.writeLong(result.samplesRead());
    out.writeAscii("}}");
  }

  /** Answers whether series were left out. */
  private boolean writeValue(PromResult result, int limit) {
    switch (result.type()) {
      case SCALAR ->
          result.visit((labels, samples) -> writePoint(samples.timeMillis(0), samples.value(0)));
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
        (labels, samples) -> {
          if (samples.count() == 0 || (++seen[0] > limit && limit > 0)) {
            return;
          }
          if (seen[0] > 1) {
            out.write(',');
          }
          out.write(METRIC);
          labelsText.write(labels);
          if (vector) {
            writeElement(samples);
          } else {
            writeSamples(samples);
          }
          out.write('}');
        });
    out.write(']');
    return limit > 0 && seen[0] > limit;
  }

  private void writeElement(SampleRun samples) {
    FloatHistogram histogram = samples.histogram(0);
    if (histogram == null) {
      out.writeAscii("},\"value\":");
      writePoint(samples.timeMillis(0), samples.value(0));
    } else {
      out.writeAscii("},\"histogram\":");
      writePoint(samples.timeMillis(0), histogram);
    }
  }

  /** Floats and histograms are lists of their own. */
  private void writeSamples(SampleRun samples) {
    out.write('}');
    if (!samples.hasHistograms()) {
      out.writeAscii(",\"values\":[");
      for (int i = 0; i < samples.count(); i++) {
        if (i > 0) {
          out.write(',');
        }
        writePoint(samples.timeMillis(i), samples.value(i));
      }
      out.write(']');
      return;
    }
    boolean any = false;
    for (int i = 0; i < samples.count(); i++) {
      if (samples.histogram(i) == null) {
        out.writeAscii(any ? "," : ",\"values\":[");
        writePoint(samples.timeMillis(i), samples.value(i));
        any = true;
      }
    }
    out.writeAscii(any ? "],\"histograms\":[" : ",\"histograms\":[");
    String separator = "";
    for (int i = 0; i < samples.count(); i++) {
      FloatHistogram histogram = samples.histogram(i);
      if (histogram != null) {
        out.writeAscii(separator);
        writePoint(samples.timeMillis(i), histogram);
        separator = ",";
      }
    }
    out.write(']');
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
        text.write(TRUNCATED);
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

  private void writePoint(long timeMillis, FloatHistogram histogram) {
    out.write('[');
    writeSeconds(timeMillis);
    out.writeAscii(",{\"count\":\"");
    writeValue(histogram.count());
    out.writeAscii("\",\"sum\":\"");
    writeValue(histogram.sum());
    out.write('"');
    BucketList buckets = BucketList.of(histogram);
    for (int i = 0; i < buckets.size(); i++) {
      out.writeAscii(i == 0 ? ",\"buckets\":[[" : ",[");
      writeBucket(buckets, i);
      out.write(']');
    }
    out.writeAscii(buckets.size() > 0 ? "]}]" : "}]");
  }

  /** The first number says which bounds are in the bucket: 0 the upper, 1 the lower, 3 both. */
  private void writeBucket(BucketList buckets, int place) {
    boolean lower = buckets.includesLower(place);
    out.write(buckets.includesUpper(place) ? (lower ? '3' : '0') : (lower ? '1' : '2'));
    out.writeAscii(",\"");
    writeValue(buckets.lower(place));
    out.writeAscii("\",\"");
    writeValue(buckets.upper(place));
    out.writeAscii("\",\"");
    writeValue(buckets.count(place));
    out.write('"');
  }

  private void writeSeconds(long millis) {
    out.reserve(32);
    long whole = Math.abs(millis / 1000);
    int rest = (int) Math.abs(millis % 1000);
    if (millis < 0) {
      out.put('-');
    }
    writeWhole(whole);
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

  /** Seconds that follow one another have all digits but the last four in common. */
  private void writeWhole(long seconds) {
    long first = seconds / COMMON;
    if (first == 0 || first >= MAX_COMMON) {
      out.writeUnsigned(seconds);
      return;
    }
    if (first != commonDigits) {
      commonDigits = first;
      commonText = ByteWriter.pack(first);
      commonLength = ByteWriter.countDigits(first);
    }
    out.putPacked(commonText, commonLength);
    out.putDigits(seconds - first * COMMON, 4);
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

  /**
   * Writes an answer whose data are maps with names as keys, lists, strings, integers, booleans and
   * null. Recurses as deep as they are nested.
   */
  public void writeData(@Nullable Object data) {
    out.writeAscii("{\"status\":\"success\",\"data\":");
    writeTree(data);
    out.write('}');
    out.drain();
  }

  private void writeTree(@Nullable Object node) {
    if (node instanceof Map<?, ?> map) {
      String separator = "";
      out.write('{');
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeAscii(separator);
        text.write(String.valueOf(entry.getKey()));
        out.write(':');
        writeTree(entry.getValue());
        separator = ",";
      }
      out.write('}');
    } else if (node instanceof List<?> list) {
      String separator = "";
      out.write('[');
      for (Object each : list) {
        out.writeAscii(separator);
        writeTree(each);
        separator = ",";
      }
      out.write(']');
    } else if (node instanceof String string) {
      text.write(string);
    } else if (node == null || node instanceof Boolean) {
      out.writeAscii(String.valueOf(node));
    } else if (node instanceof Long || node instanceof Integer) {
      out.writeLong(((Number) node).longValue());
    } else if (node instanceof Double number) {
      writeTreeNumber(number);
    } else {
      throw new IllegalStateException("not a part of an answer: " + node.getClass());
    }
  }

  /** A number, or as a text what JSON has no number for. */
  private void writeTreeNumber(double value) {
    boolean quoted = Double.isInfinite(value) || Double.isNaN(value);
    if (quoted) {
      out.write('"');
    }
    writeValue(value);
    if (quoted) {
      out.write('"');
    }
  }

  /** Writes an answer that is a list of names. */
  public void writeNameList(PromList<String> names) {
    out.writeAscii("{\"status\":\"success\",\"data\":");
    writeNames(names.items());
    writeEnd(names.truncated());
  }

  /** Writes an answer that is a list of series. */
  public void writeSeriesList(PromList<Labels> series) {
    out.writeAscii("{\"status\":\"success\",\"data\":[");
    String separator = "";
    for (Labels labels : series.items()) {
      out.writeAscii(separator);
      out.write('{');
      labelsText.write(labels);
      out.write('}');
      separator = ",";
    }
    out.write(']');
    writeEnd(series.truncated());
  }

  private void writeEnd(boolean truncated) {
    if (truncated) {
      out.writeAscii(",\"warnings\":");
      writeNames(List.of(TRUNCATED));
    }
    out.write('}');
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
