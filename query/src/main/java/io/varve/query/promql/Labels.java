package io.varve.query.promql;

import io.varve.storage.model.SeriesKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a PromQL series, the metric's name among them, sorted by the UTF-8 bytes of their
 * names. Immutable; a label with an empty value does not exist.
 */
public final class Labels implements Comparable<Labels> {
  /** The label that holds the name of the metric. */
  public static final String NAME = "__name__";

  public static final Labels EMPTY = new Labels(new String[0]);

  /** What goes when the name goes: it says what the number was, and the number has changed. */
  private static final List<String> NAME_LIKE = List.of(NAME, "__type__", "__unit__");

  /** Names and values in turn. */
  private final String[] pairs;

  /** 0 until it is asked for: of most labels nobody does. Threads may race for it. */
  private int hash;

  /** What {@link #withoutName} gives, if that is known. */
  private final @Nullable Labels nameless;

  /** What {@link #only} gave last: metrics of one series are mostly grouped alike. */
  private @Nullable Chosen lastChosen;

  /** Some labels by their names; immutable, so that threads may race for the last one. */
  private record Chosen(List<String> names, Labels labels) {}

  private Labels(String[] pairs) {
    this(pairs, null);
  }

  private Labels(String[] pairs, @Nullable Labels nameless) {
    this.pairs = pairs;
    this.nameless = nameless;
  }

  /** Labels from names and values in any order. */
  public static Labels of(Map<String, String> labels) {
    TreeMap<String, String> sorted = new TreeMap<>(SeriesKey::compareUtf8);
    sorted.putAll(labels);
    sorted.values().removeIf(String::isEmpty);
    String[] pairs = new String[2 * sorted.size()];
    int next = 0;
    for (Map.Entry<String, String> label : sorted.entrySet()) {
      pairs[next++] = label.getKey();
      pairs[next++] = label.getValue();
    }
    return new Labels(pairs);
  }

  /** Labels from names and values in the order of {@link SeriesKey#compareUtf8}, none empty. */
  public static Labels ofSorted(SortedMap<String, String> labels) {
    return ofSorted(labels, EMPTY);
  }

  /**
   * The same, with the names' objects of other labels where they are equal: what compares them with
   * one another later on need not look at the text.
   */
  public static Labels ofSorted(SortedMap<String, String> labels, Labels similar) {
    String[] pairs = new String[2 * labels.size()];
    int next = 0;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      String name = label.getKey();
      boolean known = next < similar.pairs.length && similar.pairs[next].equals(name);
      pairs[next] = known ? similar.pairs[next] : name;
      pairs[next + 1] = label.getValue();
      next += 2;
    }
    return new Labels(pairs);
  }

  public int size() {
    return pairs.length / 2;
  }

  public String name(int index) {
    return pairs[2 * index];
  }

  public String value(int index) {
    return pairs[2 * index + 1];
  }

  /** The value of a label, empty if there is none. */
  public String get(String name) {
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

  /** These labels without the metric's name and what depends on it. */
  public Labels withoutName() {
    if (nameless != null) {
      return nameless;
    }
    return hasNameLike() ? without(NAME_LIKE) : this;
  }

  private boolean hasNameLike() {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].startsWith("__") && NAME_LIKE.contains(pairs[i])) {
        return true;
      }
    }
    return false;
  }

  /** These labels without some. */
  public Labels without(Collection<String> names) {
    return filter(names, false);
  }

  /** Those of these labels that are named. */
  public Labels only(List<String> names) {
    if (nameless != null && !names.contains(NAME)) {
      // The same for all metrics of a series, and remembered there.
      return nameless.only(names);
    }
    Chosen last = lastChosen;
    if (last != null && last.names.equals(names)) {
      return last.labels;
    }
    Labels chosen = filter(names, true);
    lastChosen = new Chosen(names, chosen);
    return chosen;
  }

  /** These labels with the name of a metric. */
  public Labels named(String metric) {
    return hasNameLike() ? with(NAME, metric) : new Labels(placed(NAME, metric), this);
  }

  /** These labels with one set, or removed if the value is empty. */
  public Labels with(String name, String value) {
    return new Labels(placed(name, value));
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
    int shared = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < shared; i++) {
      if (!pairs[i].equals(other.pairs[i])) {
        return SeriesKey.compareUtf8(pairs[i], other.pairs[i]);
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Labels labels
            && labels.hashCode() == hashCode()
            && Arrays.equals(labels.pairs, pairs));
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      hash = Arrays.hashCode(pairs);
    }
    return hash;
  }

  /** As PromQL writes them: {@code name{a="b"}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(get(NAME)).append('{');
    String separator = "";
    for (int i = 0; i < pairs.length; i += 2) {
      if (!pairs[i].equals(NAME)) {
        text.append(separator).append(pairs[i]).append("=\"").append(pairs[i + 1]).append('"');
        separator = ", ";
      }
    }
    return text.append('}').toString();
  }
}
