package io.varve.query.promql.histogram;

/**
 * Whether a histogram that counts began anew since the one before: if any of its counts is lower,
 * seen in buckets that both can be brought to.
 *
 * <p>Source: the specification of Prometheus' native histograms, "Counter resets".
 */
public final class ResetDetection {
  private ResetDetection() {}

  public static boolean isReset(FloatHistogram current, FloatHistogram before) {
    if (current.hint() == CounterReset.RESET) {
      return true;
    }
    if (current.count() < before.count() || current.isCustom() != before.isCustom()) {
      return true;
    }
    if (current.isCustom()) {
      CustomBounds common = current.bounds().common(before.bounds());
      return anyLower(current.toBounds(common).positive(), before.toBounds(common).positive());
    }
    if (current.schema() > before.schema() || current.zeroThreshold() < before.zeroThreshold()) {
      return true;
    }
    FloatHistogram widened = ZeroBucket.widened(before, current.zeroThreshold());
    if (widened.zeroThreshold() != current.zeroThreshold()
        || current.zeroCount() < widened.zeroCount()) {
      return true;
    }
    FloatHistogram aligned = widened.toSchema(current.schema());
    return anyLower(current.positive(), aligned.positive())
        || anyLower(current.negative(), aligned.negative());
  }

  private static boolean anyLower(Buckets current, Buckets before) {
    int place = 0;
    for (int i = 0; i < before.size(); i++) {
      while (place < current.size() && current.index(place) < before.index(i)) {
        if (current.count(place) < 0) {
          return true;
        }
        place++;
      }
      boolean there = place < current.size() && current.index(place) == before.index(i);
      if ((there ? current.count(place++) : 0) < before.count(i)) {
        return true;
      }
    }
    return false;
  }
}
