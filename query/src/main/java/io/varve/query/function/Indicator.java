package io.varve.query.function;

/** An indicator of technical analysis: a running number over a run of prices. */
interface Indicator {
  /** Begins anew. */
  void begin();

  /** Takes a value and gives the indicator with it; not finite where it is undefined. */
  double add(double value);

  /** How many values come before the first meaningful result. */
  int defaultHold();
}
