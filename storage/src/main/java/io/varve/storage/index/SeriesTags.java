package io.varve.storage.index;

import io.varve.storage.model.TagReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows the numbers in stored keys: values are the dictionaries' own, nothing is copied. */
final class SeriesTags implements TagReader {
  private static final byte[] NOTHING = {};
  private static final int[] NOT_RANKED = {};
  private static final int NOT_WANTED = -1;
  private static final int UNKNOWN = -2;

  private final SeriesIndex index;
  private final List<String> tagKeys;
  private final byte[][] values;

  /** The numbers of the values in their dictionaries; stale where there is no value. */
  private final int[] ordinals;

  /** The dictionaries of the values, and the order of all of theirs once somebody asks for it. */
  private final @Nullable TagDictionary[] sources;

  private final int[][] ranks;
  private @Nullable TagDictionaries dictionaries;

  /** By the number of a tag key in the dictionaries, where its value goes. */
  private int[] places = new int[0];

  SeriesTags(SeriesIndex index, List<String> tagKeys) {
    this.index = index;
    this.tagKeys = tagKeys;
    values = new byte[tagKeys.size()][];
    ordinals = new int[values.length];
    sources = new TagDictionary[values.length];
    ranks = new int[values.length][];
  }

  @Override
  public void read(int seriesId) {
    Arrays.fill(values, NOTHING);
    index.readTags(seriesId, this);
  }

  @Override
  public byte[] value(int tag) {
    return values[tag];
  }

  @Override
  public int rank(int tag, int most) {
    TagDictionary dictionary = sources[tag];
    if (values[tag] == NOTHING || dictionary == null) {
      return 0;
    }
    if (ordinals[tag] >= ranks[tag].length) {
      if (ranks[tag].length > 0 || dictionary.count() > most) {
        return -1;
      }
      ranks[tag] = dictionary.ranks();
    }
    return 1 + ranks[tag][ordinals[tag]];
  }

  /** Takes a tag of the series, by its numbers in the dictionaries of the measurement. */
  void take(TagDictionaries from, int key, int value) {
    if (from != dictionaries) {
      dictionaries = from;
      places = new int[0];
    }
    int known = places.length;
    if (key >= known) {
      places = Arrays.copyOf(places, Math.max(key + 1, known * 2));
      Arrays.fill(places, known, places.length, UNKNOWN);
    }
    int place = places[key];
    if (place == NOT_WANTED) {
      return;
    }
    TagDictionary dictionary = from.get(key);
    if (place == UNKNOWN) {
      // -1, not wanted, if it is not in the list.
      place = tagKeys.indexOf(dictionary.name);
      places[key] = place;
    }
    if (place >= 0) {
      values[place] = dictionary.value(value);
      ordinals[place] = value;
      if (sources[place] != dictionary) {
        sources[place] = dictionary;
        ranks[place] = NOT_RANKED;
      }
    }
  }
}
