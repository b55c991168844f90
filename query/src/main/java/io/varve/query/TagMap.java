package io.varve.query;

import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tags of one output series among thousands with the same keys: the keys are shared, values are
 * bytes of the index, and texts are made for those who ask. Immutable; looks are linear.
 */
@SuppressWarnings("JdkObsolete") // A result's tags are a SortedMap.
public final class TagMap extends AbstractMap<String, String> implements SortedMap<String, String> {
  private final Keys keys;
  private final byte[][] values;

  /**
   * The keys of all series of a statement, one object for all of them.
   *
   * @param names ascending by their UTF-8 bytes; not copied, not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by identity.
  public record Keys(String... names) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * A map over arrays, which are not copied and not to be changed.
   *
   * @param values in the order of the keys, UTF-8
   */
  public TagMap(Keys keys, byte[][] values) {
    this.keys = keys;
    this.values = values;
  }

  /** The same object for all series of a statement. */
  public Keys keys() {
    return keys;
  }

  /** A value in UTF-8, by the place of its key; not to be changed. */
  public byte[] utf8(int place) {
    return values[place];
  }

  private Map.Entry<String, String> entry(int place) {
    return Map.entry(keys.names()[place], new String(values[place], StandardCharsets.UTF_8));
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return values.length;
      }

      @Override
      public Iterator<Map.Entry<String, String>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < values.length;
          }

          @Override
          public Map.Entry<String, String> next() {
            if (next == values.length) {
              throw new NoSuchElementException();
            }
            return entry(next++);
          }
        };
      }
    };
  }

  @Override
  public Comparator<? super String> comparator() {
    return SeriesKey::compareUtf8;
  }

  private SortedMap<String, String> sorted() {
    SortedMap<String, String> copy = new TreeMap<>(comparator());
    copy.putAll(this);
    return Collections.unmodifiableSortedMap(copy);
  }

  @Override
  public SortedMap<String, String> subMap(String from, String to) {
    return sorted().subMap(from, to);
  }

  @Override
  public SortedMap<String, String> headMap(String to) {
    return sorted().headMap(to);
  }

  @Override
  public SortedMap<String, String> tailMap(String from) {
    return sorted().tailMap(from);
  }

  @Override
  public String firstKey() {
    return sorted().firstKey();
  }

  @Override
  public String lastKey() {
    return sorted().lastKey();
  }
}
