package io.varve.query.promql.function;

import io.varve.query.promql.function.Condenser.Want;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The range functions by their PromQL names, absent_over_time excepted, which needs labels. */
public final class RangeFunctions {
  private static final Map<String, Supplier<RangeFunction>> BY_NAME =
      Map.ofEntries(
          Map.entry("rate", ExtrapolatedRate::rate),
          Map.entry("increase", ExtrapolatedRate::increase),
          Map.entry("delta", ExtrapolatedRate::delta),
          Map.entry("irate", () -> new InstantRate(true)),
          Map.entry("idelta", () -> new InstantRate(false)),
          Map.entry("deriv", Regression::deriv),
          Map.entry("predict_linear", Regression::predictLinear),
          Map.entry("resets", () -> new EventsOverTime(false)),
          Map.entry("changes", () -> new EventsOverTime(true)),
          Map.entry("sum_over_time", () -> new SumOverTime(false)),
          Map.entry("avg_over_time", () -> new SumOverTime(true)),
          Map.entry("min_over_time", () -> new ExtremeOverTime(false)),
          Map.entry("max_over_time", () -> new ExtremeOverTime(true)),
          Map.entry("stddev_over_time", () -> new DeviationOverTime(true)),
          Map.entry("stdvar_over_time", () -> new DeviationOverTime(false)),
          Map.entry("quantile_over_time", QuantileOverTime::quantile),
          Map.entry("last_over_time", () -> new LastOverTime(false)),
          Map.entry("first_over_time", () -> new FirstOverTime(false)),
          Map.entry("count_over_time", () -> new CountOverTime(false)),
          Map.entry("present_over_time", () -> new CountOverTime(true)),
          Map.entry("mad_over_time", QuantileOverTime::medianDeviation),
          Map.entry("double_exponential_smoothing", DoubleExponentialSmoothing::new),
          Map.entry("ts_of_first_over_time", () -> new FirstOverTime(true)),
          Map.entry("ts_of_last_over_time", () -> new LastOverTime(true)),
          Map.entry("ts_of_min_over_time", () -> new PerWindow(SampleTimes::minimum)),
          Map.entry("ts_of_max_over_time", () -> new PerWindow(SampleTimes::maximum)));

  /** What functions want of samples that are all in the same windows, if not all of them. */
  private static final Map<String, Want> WANTS =
      Map.ofEntries(
          Map.entry("count_over_time", Want.COUNT),
          Map.entry("present_over_time", Want.COUNT),
          Map.entry("sum_over_time", Want.SUM),
          Map.entry("avg_over_time", Want.SUM),
          Map.entry("min_over_time", Want.MIN),
          Map.entry("max_over_time", Want.MAX),
          Map.entry("first_over_time", Want.FIRST),
          Map.entry("last_over_time", Want.LAST),
          Map.entry("delta", Want.ENDS),
          Map.entry("rate", Want.RISING_ENDS),
          Map.entry("increase", Want.RISING_ENDS),
          Map.entry("resets", Want.RISING_ENDS));

  private RangeFunctions() {}

  /** What a function wants of samples that are all in the same windows. */
  public static Want want(String name) {
    return WANTS.getOrDefault(name, Want.ALL);
  }

  public static Set<String> names() {
    return BY_NAME.keySet();
  }

  /** The functions of ranges that are anchored, sorted. */
  public static List<String> anchored() {
    return List.of("changes", "delta", "increase", "rate", "resets");
  }

  /** The functions of ranges that are smoothed, sorted. */
  public static List<String> smoothed() {
    return List.of("delta", "increase", "rate");
  }

  /**
   * A function of ranges that are extended: its samples come from up to a lookback before each
   * window and, smoothed, behind.
   *
   * @param name one of {@link #anchored()}, or smoothed of {@link #smoothed()}
   */
  public static RangeFunction createExtended(String name, boolean smoothed, long lookbackMillis) {
    return switch (name) {
      case "rate" -> new ExtendedHistogramRate(true, true, smoothed, lookbackMillis);
      case "increase" -> new ExtendedHistogramRate(true, false, smoothed, lookbackMillis);
      case "delta" -> new ExtendedHistogramRate(false, false, smoothed, lookbackMillis);
      case "changes", "resets" ->
          new MixedRange(
                  new EventsOverTime(name.equals("changes")).anchoredWithin(lookbackMillis),
                  HistogramKernels.byName(name))
              .anchoredWithin(lookbackMillis);
      default -> throw new IllegalArgumentException("no function of extended ranges: " + name);
    };
  }

  /** A new instance of the function with buffers of its own, or null if there is none so named. */
  public static @Nullable RangeFunction create(String name) {
    Supplier<RangeFunction> supplier = BY_NAME.get(name);
    return supplier == null ? null : new MixedRange(supplier.get(), HistogramKernels.byName(name));
  }

  /** What is wanted of the newest sample. */
  public enum Newest {
    VALUE,
    /** Its time in seconds. */
    TIME,
    /** Its time in seconds, NaN if it is a histogram. */
    TIME_OF_FLOAT
  }

  /** The newest sample of each window; nothing if that marks the series as stale. */
  public static RangeFunction newest(Newest wanted) {
    return new MixedRange(
        new LastOverTime(wanted != Newest.VALUE), HistogramKernels.newest(wanted));
  }

  /** Values of instant vectors that are smoothed: those of lines between samples. */
  public static RangeFunction smoothing() {
    return new WholeSeries() {
      @Override
      public void evaluate(
          Samples samples, StepWindows windows, double[][] parameters, StepValues out) {
        Interpolation.smooth(samples, windows, out);
      }
    };
  }
}
