package io.varve.query.promql.histogram;

/** Bytes that should be a histogram are none. */
public final class HistogramFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  HistogramFormatException(String message) {
    super(message);
  }
}
