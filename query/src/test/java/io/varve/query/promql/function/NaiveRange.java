package io.varve.query.promql.function;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The range functions as their definitions read, for one window at a time. */
final class NaiveRange {
  private final long[] t;
  private final double[] v;
  private final int n;
  private final long start;
  private final long end;

  /** The samples of {@code (end - range, end]}. */
  NaiveRange(long[] times, double[] values, long end, long range) {
    this.start = end - range;
    this.end = end;
    long[] windowTimes = new long[times.length];
    double[] windowValues = new double[times.length];
    int count = 0;
    for (int i = 0; i < times.length; i++) {
      if (times[i] > start && times[i] <= end) {
        windowTimes[count] = times[i];
        windowValues[count++] = values[i];
      }
    }
    t = Arrays.copyOf(windowTimes, count);
    v = Arrays.copyOf(windowValues, count);
    n = count;
  }

  /** Null if the window gives no value. */
  @Nullable Double evaluate(String name, double... p) {
    if (n == 0) {
      return null;
    }
    return switch (name) {
      case "rate" -> scaled(extrapolated(true), 1000.0 / (end - start));
      case "increase" -> extrapolated(true);
      case "delta" -> extrapolated(false);
      case "irate" -> n < 2 ? null : irate();
      case "idelta" -> n < 2 ? null : Double.valueOf(v[n - 1] - v[n - 2]);
      case "deriv" -> n < 2 ? null : Double.valueOf(line(t[0])[0]);
      case "predict_linear" -> n < 2 ? null : predict(p[0]);
      case "resets" -> (double) resets();
      case "changes" -> (double) changes();
      case "sum_over_time" -> sum();
      case "avg_over_time" -> mean();
      case "min_over_time" -> v[extreme(-1, true)];
      case "max_over_time" -> v[extreme(1, true)];
      case "ts_of_min_over_time" -> t[extreme(-1, false)] / 1000.0;
      case "ts_of_max_over_time" -> t[extreme(1, false)] / 1000.0;
      case "ts_of_first_over_time" -> t[0] / 1000.0;
      case "ts_of_last_over_time" -> t[n - 1] / 1000.0;
      case "first_over_time" -> v[0];
      case "last_over_time" -> v[n - 1];
      case "count_over_time" -> (double) n;
      case "present_over_time" -> 1.0;
      case "stdvar_over_time" -> variance();
      case "stddev_over_time" -> Math.sqrt(variance());
      case "quantile_over_time" -> quantile(v, p[0]);
      case "mad_over_time" -> mad();
      case "double_exponential_smoothing" -> n < 2 ? null : smooth(p[0], p[1]);
      default -> throw new AssertionError(name);
    };
  }

  /** Values that are no number or infinite are left out. */
  double sumOfMagnitudes() {
    return Arrays.stream(v).filter(Double::isFinite).map(Math::abs).sum();
  }

  /**
   * By how much the textbook sums of a line blow rounding up if time counts from the end of the
   * window: the mean square of the times against their variance.
   */
  double conditionOfLine() {
    double mean = Arrays.stream(t).mapToDouble(time -> (double) time - end).average().orElse(0);
    double square =
        Arrays.stream(t).mapToDouble(time -> Math.pow((double) time - end, 2)).average().orElse(0);
    double variance =
        Arrays.stream(t)
            .mapToDouble(time -> Math.pow((double) time - end - mean, 2))
            .average()
            .orElse(0);
    return variance == 0 ? 1 : square / variance;
  }

  boolean isFinite() {
    return Arrays.stream(v).allMatch(Double::isFinite);
  }

  double squareOfMean() {
    return Math.pow(sumOfMagnitudes() / n, 2);
  }

  private static @Nullable Double scaled(@Nullable Double value, double factor) {
    return value == null ? null : Double.valueOf(value * factor);
  }

  private @Nullable Double extrapolated(boolean counter) {
    if (n < 2) {
      return null;
    }
    double change = v[n - 1] - v[0];
    for (int i = 1; counter && i < n; i++) {
      change = v[i] < v[i - 1] ? change + v[i - 1] : change;
    }
    double sampled = (t[n - 1] - t[0]) / 1000.0;
    double distance = sampled / (n - 1);
    double left = (t[0] - start) / 1000.0;
    double right = (end - t[n - 1]) / 1000.0;
    left = left < distance * 1.1 ? left : distance / 2;
    right = right < distance * 1.1 ? right : distance / 2;
    if (counter && change > 0 && v[0] >= 0) {
      left = Math.min(left, sampled * (v[0] / change));
    }
    return change * ((sampled + left + right) / sampled);
  }

  private double irate() {
    double change = v[n - 1] < v[n - 2] ? v[n - 1] : v[n - 1] - v[n - 2];
    return change * 1000 / (t[n - 1] - t[n - 2]);
  }

  /** Slope and intercept, from sums around the means; constant series as defined. */
  private double[] line(long origin) {
    if (Arrays.stream(v).allMatch(value -> value == v[0])) {
      return Double.isInfinite(v[0])
          ? new double[] {Double.NaN, Double.NaN}
          : new double[] {0, v[0]};
    }
    double meanX = Arrays.stream(t).mapToDouble(x -> (x - origin) / 1000.0).sum() / n;
    double meanY = Arrays.stream(v).sum() / n;
    double covariance = 0;
    double varianceX = 0;
    for (int i = 0; i < n; i++) {
      double x = (t[i] - origin) / 1000.0 - meanX;
      covariance += x * (v[i] - meanY);
      varianceX += x * x;
    }
    double slope = covariance / varianceX;
    return new double[] {slope, meanY - slope * meanX};
  }

  private double predict(double seconds) {
    double[] line = line(end);
    return line[0] * seconds + line[1];
  }

  private int resets() {
    int count = 0;
    for (int i = 1; i < n; i++) {
      count += v[i] < v[i - 1] ? 1 : 0;
    }
    return count;
  }

  private int changes() {
    int count = 0;
    for (int i = 1; i < n; i++) {
      boolean bothNan = Double.isNaN(v[i]) && Double.isNaN(v[i - 1]);
      count += v[i] != v[i - 1] && !bothNan ? 1 : 0;
    }
    return count;
  }

  private double sum() {
    double sum = 0;
    double lost = 0;
    for (double x : v) {
      double next = sum + x;
      if (Double.isInfinite(next)) {
        lost = 0;
      } else if (Math.abs(sum) >= Math.abs(x)) {
        lost += (sum - next) + x;
      } else {
        lost += (x - next) + sum;
      }
      sum = next;
    }
    return Double.isInfinite(sum) ? sum : sum + lost;
  }

  private double mean() {
    if (Arrays.stream(v).anyMatch(x -> Double.isNaN(x) || Double.isInfinite(x))) {
      return Arrays.stream(v).filter(x -> !Double.isFinite(x)).sum();
    }
    double sum = sum();
    if (Double.isFinite(sum)) {
      return sum / n;
    }
    double mean = 0;
    for (double x : v) {
      mean += x / n;
    }
    return mean;
  }

  private int extreme(int sign, boolean firstOfEquals) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      boolean better = sign > 0 ? v[i] > v[best] : v[i] < v[best];
      if (better || Double.isNaN(v[best]) || (!firstOfEquals && v[i] == v[best])) {
        best = i;
      }
    }
    return best;
  }

  private double variance() {
    double mean = mean();
    double squares = 0;
    for (double x : v) {
      squares += (x - mean) * (x - mean);
    }
    return squares / n;
  }

  static double quantile(double[] values, double q) {
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0 || q > 1) {
      return q * Double.POSITIVE_INFINITY;
    }
    Double[] sorted = Arrays.stream(values).boxed().toArray(Double[]::new);
    Arrays.sort(
        sorted,
        (a, b) ->
            a.isNaN() || b.isNaN() ? Boolean.compare(b.isNaN(), a.isNaN()) : Double.compare(a, b));
    double rank = q * (sorted.length - 1);
    int lower = (int) Math.floor(rank);
    int upper = Math.min(lower + 1, sorted.length - 1);
    double weight = rank - lower;
    return sorted[lower] * (1 - weight) + sorted[upper] * weight;
  }

  private double mad() {
    double median = quantile(v, 0.5);
    return quantile(Arrays.stream(v).map(x -> Math.abs(x - median)).toArray(), 0.5);
  }

  private double smooth(double levelFactor, double trendFactor) {
    double level = v[0];
    double trend = v[1] - v[0];
    for (int i = 1; i < n; i++) {
      double before = level;
      level = levelFactor * v[i] + (1 - levelFactor) * (level + trend);
      trend = trendFactor * (level - before) + (1 - trendFactor) * trend;
    }
    return level;
  }
}
