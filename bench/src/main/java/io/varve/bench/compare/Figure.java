package io.varve.bench.compare;

/** What is measured of a load. */
enum Figure {
  START_CPU_SECONDS("server CPU-s from the start until the load", false),
  VALUES_PER_SECOND("k values/s, until visible", true),
  ACKNOWLEDGED_PER_SECOND("k values/s, until acknowledged", true),
  CPU_SECONDS("server CPU-s per M values", false),
  CPU_SECONDS_SETTLED("server CPU-s per M values, with background work until idle", false),
  SENDER_CPU_SECONDS("sender CPU-s per M values", false),
  BYTES_PER_VALUE("bytes per value on disk, after flush and stop", false),
  PEAK_RESIDENT("peak resident MiB, mapped files included", false),
  PEAK_ANONYMOUS("peak resident MiB, anonymous", false),
  BATCH_P50("write p50 ms, at full speed", false),
  BATCH_P99("write p99 ms, at full speed", false),
  RETRIES("writes refused as busy and sent again", false),
  TCP_VALUES_PER_SECOND("k values/s over TCP, until visible", true),
  TCP_CPU_SECONDS("server CPU-s per M values over TCP", false),
  RESTART("restart to right counts, ms", false),
  LIVE_P50("write p50 ms, open loop", false),
  LIVE_P99("write p99 ms, open loop", false),
  LIVE_P999("write p99.9 ms, open loop", false);

  private final String label;
  private final boolean moreIsBetter;

  Figure(String label, boolean moreIsBetter) {
    this.label = label;
    this.moreIsBetter = moreIsBetter;
  }

  String label() {
    return label;
  }

  /** The label up to its first comma. */
  String shortLabel() {
    return label.split(",", 2)[0];
  }

  boolean moreIsBetter() {
    return moreIsBetter;
  }
}
