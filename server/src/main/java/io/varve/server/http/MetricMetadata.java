package io.varve.server.http;

import io.varve.server.remote.RemoteWriteReader;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What senders said about metrics last, for the {@link #MAX_METRICS} metrics heard of last. Metrics
 * are in {@link #PAGES} pages by their names, which {@link StoredMetadata} keeps. Senders repeat
 * all of it every minute, which changes no page. Thread-safe.
 */
final class MetricMetadata implements RemoteWriteReader.MetadataSink {
  static final int MAX_METRICS = 20_000;
  static final int PAGES = 64;
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

  /** Pages in which something is not as it was kept. */
  private final BitSet changed = new BitSet(PAGES);

  @Override
  public void accept(String metric, int type, String help, String unit) {
    String name = cut(metric);
    Description entry =
        new Description(TYPES[type >= 0 && type < TYPES.length ? type : 0], cut(help), cut(unit));
    synchronized (entries) {
      if (!entry.equals(entries.put(name, entry))) {
        changed.set(page(name));
      }
    }
  }

  /** Adds what was kept, unless something newer is known. */
  void restore(String metric, Description description) {
    synchronized (entries) {
      entries.putIfAbsent(metric, description);
    }
  }

  private static String cut(String text) {
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }

  private static int page(String metric) {
    return Math.floorMod(metric.hashCode(), PAGES);
  }

  /** The changed pages, which from now on count as kept; each sorted by name. */
  Map<Integer, Map<String, Description>> takeChanged() {
    Map<Integer, Map<String, Description>> pages = new TreeMap<>();
    synchronized (entries) {
      changed.stream().forEach(page -> pages.put(page, new TreeMap<>()));
      entries.forEach(
          (metric, description) -> {
            Map<String, Description> page = pages.get(page(metric));
            if (page != null) {
              page.put(metric, description);
            }
          });
      changed.clear();
    }
    return pages;
  }

  /** Says that a page could not be kept. */
  void putBack(int page) {
    synchronized (entries) {
      changed.set(page);
    }
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
