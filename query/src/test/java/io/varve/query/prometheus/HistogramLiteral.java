package io.varve.query.prometheus;

import io.varve.query.promql.function.GoNumber;
import io.varve.query.promql.histogram.Buckets;
import io.varve.query.promql.histogram.CounterReset;
import io.varve.query.promql.histogram.CustomBounds;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramText;
import java.util.Arrays;
import java.util.Locale;

/**
 * Histograms in scripts: {@code h} and parts behind colons, of which each may be left out. {@code
 * s=0} schema, {@code c=9} count, {@code sum=4.5}, {@code z=2@0.001} zero bucket and its threshold,
 * {@code p=3@1/2/1} positive buckets from index 3 on, {@code n=...} negative ones, {@code b=1/5/10}
 * custom bounds, {@code hint=gauge}.
 */
final class HistogramLiteral {
  private HistogramLiteral() {}

  static boolean is(String text) {
    return text.equals("h") || text.startsWith("h:");
  }

  static FloatHistogram parse(String text) {
    int schema = 0;
    double count = 0;
    double sum = 0;
    double zeroCount = 0;
    double zeroThreshold = 0;
    Buckets positive = Buckets.NONE;
    Buckets negative = Buckets.NONE;
    CustomBounds bounds = CustomBounds.NONE;
    CounterReset hint = CounterReset.UNKNOWN;
    for (String part : text.substring(text.equals("h") ? 1 : 2).split(":")) {
      String[] pair = part.split("=", 2);
      switch (pair[0]) {
        case "" -> {}
        case "s" -> schema = Integer.parseInt(pair[1]);
        case "c" -> count = Double.parseDouble(pair[1]);
        case "sum" -> sum = Double.parseDouble(pair[1]);
        case "z" -> {
          zeroCount = Double.parseDouble(pair[1].split("@")[0]);
          zeroThreshold = Double.parseDouble(pair[1].split("@")[1]);
        }
        case "p" -> positive = buckets(pair[1]);
        case "n" -> negative = buckets(pair[1]);
        case "b" -> {
          schema = FloatHistogram.CUSTOM;
          bounds = CustomBounds.of(numbers(pair[1]));
        }
        case "hint" -> hint = CounterReset.valueOf(pair[1].toUpperCase(Locale.ROOT));
        default -> throw new IllegalArgumentException("what is " + part + " in " + text);
      }
    }
    return new FloatHistogram(
        schema, hint, count, sum, zeroThreshold, zeroCount, negative, positive, bounds);
  }

  private static Buckets buckets(String text) {
    String[] pair = text.split("@");
    int from = Integer.parseInt(pair[0]);
    double[] counts = numbers(pair[1]);
    int[] indexes = new int[counts.length];
    Arrays.setAll(indexes, i -> from + i);
    return Buckets.of(indexes, counts, counts.length);
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split("/")).mapToDouble(Double::parseDouble).toArray();
  }

  /** As Prometheus writes it, without spaces and with 12 digits. */
  static String print(FloatHistogram histogram) {
    return HistogramText.of(
            histogram,
            number -> Double.isInfinite(number) ? GoNumber.general(number) : SeriesText.of(number))
        .replace(" ", "");
  }
}
