package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.Parser;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.storage.Database;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Series of scripts. A series is {@code name{label="value"} values}, a value a number, {@code _}
 * for none, {@code stale}, {@code a+bxn} for a, a+b, ..., a+n*b, or a {@link HistogramLiteral}.
 */
final class SeriesText {
  static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

  private SeriesText() {}

  /** Stores a series with values at multiples of a step, as remote write would. */
  static void store(Database database, String line, long stepMillis) {
    int space = line.indexOf("} ") < 0 ? line.indexOf(' ') : line.indexOf("} ") + 1;
    Map<String, String> tags = new HashMap<>();
    String name = "";
    for (LabelMatcher matcher : Parser.parseMetricSelector(line.substring(0, space))) {
      if (matcher.matchesMetricName()) {
        name = matcher.value();
      } else {
        tags.put(matcher.name(), matcher.value());
      }
    }
    SeriesKey key = SeriesKey.of(name, tags);
    PointBatch batch = new PointBatch();
    long at = 0;
    for (String text : line.substring(space).trim().split(" +")) {
      if (HistogramLiteral.is(text)) {
        byte[] histogram = HistogramCodec.encode(HistogramLiteral.parse(text));
        batch.beginRow(key);
        batch.add(HistogramCodec.FIELD, new String(histogram, StandardCharsets.US_ASCII));
        batch.endRow(at * 1_000_000);
        at += stepMillis;
        continue;
      }
      for (double value : values(text)) {
        if (!text.equals("_")) {
          batch.beginRow(key);
          batch.add(MetricNames.VALUE_FIELD, value);
          batch.endRow(at * 1_000_000);
        }
        at += stepMillis;
      }
    }
    write(database, batch);
  }

  /** Stores a point {@code measurement,tag=value field=value,... seconds}. */
  static void storePoint(Database database, String line) {
    String[] parts = line.split(" ");
    String[] key = parts[0].split(",");
    Map<String, String> tags = new HashMap<>();
    for (int i = 1; i < key.length; i++) {
      String[] tag = key[i].split("=", 2);
      tags.put(tag[0], tag[1]);
    }
    PointBatch batch = new PointBatch();
    batch.beginRow(SeriesKey.of(key[0], tags));
    for (String field : parts[1].split(",")) {
      String[] pair = field.split("=", 2);
      if (pair[1].endsWith("i")) {
        batch.add(pair[0], Long.parseLong(pair[1].substring(0, pair[1].length() - 1)));
      } else if (pair[1].startsWith("\"")) {
        batch.add(pair[0], pair[1].substring(1, pair[1].length() - 1));
      } else if (pair[1].equals("true")) {
        batch.add(pair[0], true);
      } else {
        batch.add(pair[0], Double.parseDouble(pair[1]));
      }
    }
    batch.endRow(new BigDecimal(parts[2]).movePointRight(9).longValueExact());
    write(database, batch);
  }

  static void write(Database database, PointBatch batch) {
    var result = database.write(null, batch).join();
    if (result.droppedRows() > 0) {
      throw new IllegalStateException("dropped: " + result.reason());
    }
  }

  private static double[] values(String text) {
    if (text.equals("_")) {
      return new double[1];
    }
    if (text.equals("stale")) {
      return new double[] {STALE};
    }
    int times = text.indexOf('x');
    if (times < 0) {
      return new double[] {number(text)};
    }
    int plus = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
    double first = number(text.substring(0, plus));
    double step = number(text.substring(plus, times));
    double[] values = new double[Integer.parseInt(text.substring(times + 1)) + 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i * step;
    }
    return values;
  }

  private static double number(String text) {
    return switch (text) {
      case "Inf", "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** A sample: a number, or a histogram as {@link HistogramLiteral} prints it. */
  static String of(SampleRun samples, int place) {
    FloatHistogram histogram = samples.histogram(place);
    return histogram == null ? of(samples.value(place)) : HistogramLiteral.print(histogram);
  }

  /** A number with 12 digits. */
  static String of(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "Inf" : "-Inf";
    }
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Math.abs(value) >= 1e15 || (value != 0 && Math.abs(value) < 1e-6)) {
      return Double.toString(value);
    }
    String text = new BigDecimal(value).round(new MathContext(12)).toPlainString();
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }

  /** Labels as PromQL writes them, {@code {}} for none. */
  static String of(Labels labels) {
    String text = labels.toString();
    return text.endsWith("{}") && text.length() > 2 ? text.substring(0, text.length() - 2) : text;
  }
}
