package io.varve.query.promql;

/**
 * What the parser lets through.
 *
 * @param experimentalFunctions whether functions, aggregators and modifiers that Prometheus calls
 *     experimental are allowed
 * @param maxLength the most characters that a text may have
 */
public record ParserOptions(boolean experimentalFunctions, int maxLength) {
  /** A Prometheus server without feature flags; texts of up to 1 Mi characters. */
  public static final ParserOptions DEFAULT = new ParserOptions(false, 1 << 20);

  public ParserOptions withExperimentalFunctions() {
    return new ParserOptions(true, maxLength);
  }
}
