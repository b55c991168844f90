package io.varve.server.http;

import io.varve.server.remote.RemoteWriteReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What senders said about metrics last. Kept in memory only, since senders repeat it every minute,
 * and for the {@link #MAX_METRICS} metrics heard of last. Thread-safe.
 */
final class MetricMetadata implements RemoteWriteReader.MetadataSink {
  static final int MAX_METRICS = 20_000;
  private static final int MAX_TEXT = 1024;

  private static final String[] TYPES = {
    "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"
  };

  /** What is known of a metric. */
  record Description(String type, String help, String unit) {}

  private final Map<String, Description> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Description> eldest) {
          return size() > MAX_METRICS;
        }
      };

  @Override
  public void accept(String metric, int type, String help, String unit) {
    String name = TYPES[type >= 0 && type < TYPES.length ? type : 0];
    Description entry = new Description(name, cut(help), cut(unit));
    synchronized (entries) {
      entries.put(cut(metric), entry);
    }
  }

  private static String cut(String text) {
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }

  /** Visits a copy of the entries. */
  void forEach(BiConsumer<String, Description> visitor) {
    Map<String, Description> copy;
    synchronized (entries) {
      copy = new LinkedHashMap<>(entries);
    }
    copy.forEach(visitor);
  }
}
