package io.varve.query.promql.function;

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
          Map.entry("idelta", () -> new InstantRate(false)));

  private RangeFunctions() {}

  public static Set<String> names() {
    return BY_NAME.keySet();
  }

  /** A new instance of the function with buffers of its own, or null if there is none so named. */
  public static @Nullable RangeFunction create(String name) {
    Supplier<RangeFunction> supplier = BY_NAME.get(name);
    return supplier == null ? null : supplier.get();
  }
}
