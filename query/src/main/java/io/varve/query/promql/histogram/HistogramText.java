package io.varve.query.promql.histogram;

import java.util.function.DoubleFunction;

/** A histogram as Prometheus prints it, for example {@code {count:3, sum:5, (1,2]:3}}. */
public final class HistogramText {
  private HistogramText() {}

  /**
   * The text.
   *
   * @param number how a number is printed
   */
  public static String of(FloatHistogram histogram, DoubleFunction<String> number) {
    StringBuilder text = new StringBuilder("{count:");
    text.append(number.apply(histogram.count())).append(", sum:");
    text.append(number.apply(histogram.sum()));
    BucketList buckets = BucketList.of(histogram);
    for (int i = 0; i < buckets.size(); i++) {
      text.append(", ")
          .append(buckets.includesLower(i) ? '[' : '(')
          .append(number.apply(buckets.lower(i)))
          .append(',')
          .append(number.apply(buckets.upper(i)))
          .append(buckets.includesUpper(i) ? ']' : ')')
          .append(':')
          .append(number.apply(buckets.count(i)));
    }
    return text.append('}').toString();
  }
}
