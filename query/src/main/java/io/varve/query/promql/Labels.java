package io.varve.query.promql;

import io.varve.storage.model.SeriesKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a PromQL series, the metric's name among them, sorted by the UTF-8 bytes of their
 * names. Immutable; a label with an empty value does not exist.
 *
 * <p>The metric's name stands apart, so that all metrics of a series share its other labels and
 * what is known about those.
 */
public final class Labels implements Comparable<Labels> {
  /** The label that holds the name of the metric. */
  public static final String NAME = "__name__";

  public static final Labels EMPTY = new Labels(new String[0]);

  /** What goes with the name: it says what the number was, and the number has changed. */
  private static final List<String> NAME_LIKE = List.of("__type__", "__unit__");

  /** The name of the metric; empty if there is none. */
  private final String metric;

  /** The place of the metric's name among the labels. */
  private final int metricPlace;

  /** These labels without the metric's name; null if they have none. */
  private final @Nullable Labels others;

  /** Names and values of the other labels in turn. */
  private final String[] pairs;

  /** 0 until it is asked for: of most labels nobody does. Threads may race for it. */
  private int hash;

  /** Whether it is known that no label goes with the metric's name. Threads may race for it. */
  private boolean plain;

  /** What {@link #only} gave last: metrics of one series are mostly grouped alike. */
  private @Nullable Chosen lastChosen;

  /** Some labels by their names; immutable, so that threads may race for the last one. */
  private record Chosen(List<String> names, Labels labels) {}

  private Labels(String[] pairs) {
    this.metric = "";
    this.metricPlace = 0;
    this.others = null;
    this.pairs = pairs;
  }

  private Labels(String metric, Labels others) {
    this.metric = metric;
    this.others = others;
    this.pairs = others.pairs;
    int before = 0;
    while (before < pairs.length && SeriesKey.compareUtf8(pairs[before], NAME) < 0) {
      before += 2;
    }
    this.metricPlace = before / 2;
  }

  /** Labels from names and values in any order. */
  public static Labels of(Map<String, String> labels) {
    TreeMap<String, String> sorted = new TreeMap<>(SeriesKey::compareUtf8);
    sorted.putAll(labels);
    sorted.values().removeIf(String::isEmpty);
    String metric = sorted.remove(NAME);
    String[] pairs = new String[2 * sorted.size()];
    int next = 0;
    for (Map.Entry<String, String> label : sorted.entrySet()) {
      pairs[next++] = label.getKey();
      pairs[next++] = label.getValue();
    }
    Labels others = new Labels(pairs);
    return metric == null ? others : others.named(metric);
  }

  /**
   * The tags of a series, with the names' objects of other labels where they are equal: what
   * compares them with one another later on need not look at the text.
   */
  public static Labels ofTags(SeriesKey key, Labels similar) {
    String[] pairs = new String[2 * key.tagCount()];
    String metric = "";
    int next = 0;
    for (int tag = 0; tag < key.tagCount(); tag++) {
      String name = key.tagKey(tag);
      if (name.equals(NAME)) {
        metric = key.tagValue(tag);
        continue;
      }
      boolean known = next < similar.pairs.length && similar.pairs[next].equals(name);
      pairs[next] = known ? similar.pairs[next] : name;
      pairs[next + 1] = key.tagValue(tag);
      next += 2;
    }
    return metric.isEmpty()
        ? new Labels(pairs)
        : new Labels(Arrays.copyOf(pairs, next)).named(metric);
  }

  public int size() {
    return pairs.length / 2 + (metric.isEmpty() ? 0 : 1);
  }

  public String name(int index) {
    return isMetric(index) ? NAME : pairs[2 * placeInPairs(index)];
  }

  public String value(int index) {
    return isMetric(index) ? metric : pairs[2 * placeInPairs(index) + 1];
  }

  private boolean isMetric(int index) {
    return index == metricPlace && !metric.isEmpty();
  }

  private int placeInPairs(int index) {
    return index < metricPlace || metric.isEmpty() ? index : index - 1;
  }

  /** The value of a label, empty if there is none. */
  public String get(String name) {
    if (name.equals(NAME)) {
      return metric;
    }
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  public boolean has(String name) {
    return !get(name).isEmpty();
  }

  /** These labels without the metric's name; the same object for all metrics of a series. */
  public Labels others() {
    return others == null ? this : others;
  }

  /** These labels without the metric's name and what depends on it. */
  @SuppressWarnings("ReferenceEquality") // A filter that takes nothing out answers with its object.
  public Labels withoutName() {
    Labels rest = others();
    if (rest.plain) {
      return rest;
    }
    Labels filtered = rest.filter(NAME_LIKE, false);
    rest.plain = filtered == rest;
    return filtered;
  }

  /** These labels without some. */
  public Labels without(Collection<String> names) {
    Labels rest = others().filter(names, false);
    return names.contains(NAME) ? rest : withMetricOf(rest);
  }

  /** Those of these labels that are named. */
  public Labels only(List<String> names) {
    Labels chosen = others().choose(names);
    return names.contains(NAME) ? withMetricOf(chosen) : chosen;
  }

  /** The other labels that are named; the same for all metrics of a series. */
  private Labels choose(List<String> names) {
    Chosen last = lastChosen;
    if (last != null && last.names.equals(names)) {
      return last.labels;
    }
    Labels chosen = filter(names, true);
    lastChosen = new Chosen(names, chosen);
    return chosen;
  }

  /** What has become of the other labels, with the metric's name again. */
  @SuppressWarnings("ReferenceEquality") // As for withoutName.
  private Labels withMetricOf(Labels changed) {
    return changed == others() ? this : changed.named(metric);
  }

  /** These labels with the name of a metric. */
  public Labels named(String newMetric) {
    return newMetric.isEmpty() ? others() : new Labels(newMetric, others());
  }

  /** These labels with one set, or removed if the value is empty. */
  public Labels with(String name, String value) {
    return name.equals(NAME) ? named(value) : new Labels(placed(name, value)).named(metric);
  }

  private String[] placed(String name, String value) {
    String[] changed = new String[pairs.length + 2];
    int length = 0;
    boolean placed = value.isEmpty();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        continue;
      }
      if (!placed && SeriesKey.compareUtf8(name, pairs[i]) < 0) {
        changed[length++] = name;
        changed[length++] = value;
        placed = true;
      }
      changed[length++] = pairs[i];
      changed[length++] = pairs[i + 1];
    }
    if (!placed) {
      changed[length++] = name;
      changed[length++] = value;
    }
    return length == changed.length ? changed : Arrays.copyOf(changed, length);
  }

  /** Some of the labels, of which none is the metric's name. */
  private Labels filter(Collection<String> names, boolean keepNamed) {
    int kept = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      kept += names.contains(pairs[i]) == keepNamed ? 2 : 0;
    }
    if (kept == pairs.length) {
      return this;
    }
    if (kept == 0) {
      return EMPTY;
    }
    String[] filtered = new String[kept];
    int length = 0;
    for (int i = 0; length < kept; i += 2) {
      if (names.contains(pairs[i]) == keepNamed) {
        filtered[length++] = pairs[i];
        filtered[length++] = pairs[i + 1];
      }
    }
    return new Labels(filtered);
  }

  /** Pair by pair, names before values, by UTF-8 bytes; fewer labels first. */
  @Override
  public int compareTo(Labels other) {
    if (metric.isEmpty() != other.metric.isEmpty() || metricPlace + other.metricPlace > 0) {
      return compareByPlace(other);
    }
    if (!metric.equals(other.metric)) {
      return SeriesKey.compareUtf8(metric, other.metric);
    }
    if (pairs == other.pairs) {
      return 0;
    }
    int shared = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < shared; i++) {
      if (!pairs[i].equals(other.pairs[i])) {
        return SeriesKey.compareUtf8(pairs[i], other.pairs[i]);
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  private int compareByPlace(Labels other) {
    int shared = Math.min(size(), other.size());
    for (int i = 0; i < shared; i++) {
      int order = SeriesKey.compareUtf8(name(i), other.name(i));
      if (order == 0) {
        order = SeriesKey.compareUtf8(value(i), other.value(i));
      }
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(size(), other.size());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Labels labels
            && labels.hashCode() == hashCode()
            && labels.metric.equals(metric)
            && Arrays.equals(labels.pairs, pairs));
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = others == null ? Arrays.hashCode(pairs) : 31 * others.hashCode() + metric.hashCode();
    }
    return hash;
  }

  /** As PromQL writes them: {@code name{a="b"}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(metric).append('{');
    String separator = "";
    for (int i = 0; i < pairs.length; i += 2) {
      text.append(separator).append(pairs[i]).append("=\"").append(pairs[i + 1]).append('"');
      separator = ", ";
    }
    return text.append('}').toString();
  }
}
