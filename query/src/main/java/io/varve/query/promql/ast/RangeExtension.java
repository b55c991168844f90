package io.varve.query.promql.ast;

import java.util.Locale;

/** How a selector uses samples around its range to have values at the ends of the range. */
public enum RangeExtension {
  /** Not at all. */
  NONE,
  /** The last sample before the range is taken for its beginning, the last one for its end. */
  ANCHORED,
  /** Values at both ends lie on lines between the samples before and behind. */
  SMOOTHED;

  /** The modifier in a query. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
