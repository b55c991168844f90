package io.varve.storage.index;

import io.varve.storage.model.TagReader;
import io.varve.storage.model.TagValues;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Follows the numbers in stored keys: values are the dictionaries' own, nothing is copied. */
final class SeriesTags implements TagReader {
  private static final byte[] NOTHING = {};
  private static final int[] NOT_RANKED = {};
  private static final int UNKNOWN = -2;

  private final SeriesIndex index;
  private final List<String> tagKeys;

  /** By the places of the tags, the numbers of their values in the dictionaries. */
  private final int[] numbers;

  /** The dictionaries of the values, and the order of all of theirs once somebody asks for it. */
  private final @Nullable TagDictionary[] sources;

  private final int[][] ranks;

  /** Those of the measurement that the last series was of. */
  private @Nullable TagDictionaries dictionaries;

  /** By the number of a tag key in the dictionaries, where its value goes. */
  private int[] places = new int[0];

  SeriesTags(SeriesIndex index, List<String> tagKeys) {
    this.index = index;
    this.tagKeys = tagKeys;
    numbers = new int[tagKeys.size()];
    sources = new TagDictionary[numbers.length];
    ranks = new int[numbers.length][];
  }

  @Override
  public void read(int seriesId) {
    Arrays.fill(numbers, NONE);
    index.readTags(seriesId, this);
  }

  @Override
  public byte[] value(int tag) {
    return numbers[tag] == NONE ? NOTHING : source(tag).value(numbers[tag]);
  }

  @Override
  public int number(int tag) {
    return numbers[tag];
  }

  @Override
  public @Nullable TagValues values(int tag) {
    return sources[tag];
  }

  private TagDictionary source(int tag) {
    TagDictionary source = sources[tag];
    if (source == null) {
      throw new IllegalStateException("no series with this tag has been read");
    }
    return source;
  }

  @Override
  public int rank(int tag, int most) {
    int number = numbers[tag];
    if (number == NONE) {
      return 0;
    }
    if (number >= ranks[tag].length) {
      TagDictionary dictionary = source(tag);
      if (ranks[tag].length > 0 || dictionary.count() > most) {
        return -1;
      }
      ranks[tag] = dictionary.ranks();
    }
    return 1 + ranks[tag][number];
  }

  /** Comes to a series of the measurement that has these dictionaries. */
  void begin(TagDictionaries from) {
    if (from != dictionaries) {
      dictionaries = from;
      places = new int[0];
      Arrays.fill(sources, null);
    }
  }

  /** Takes a tag of the series, by its numbers in the dictionaries of the measurement. */
  void take(int key, int number) {
    int place = key < places.length ? places[key] : UNKNOWN;
    if (place == UNKNOWN) {
      place = find(key);
    }
    if (place >= 0) {
      numbers[place] = number;
    }
  }

  /** The place of a tag key seen for the first time; -1, not wanted, if it is not in the list. */
  private int find(int key) {
    int known = places.length;
    if (key >= known) {
      places = Arrays.copyOf(places, Math.max(key + 1, known * 2));
      Arrays.fill(places, known, places.length, UNKNOWN);
    }
    TagDictionary dictionary = Objects.requireNonNull(dictionaries).get(key);
    int place = tagKeys.indexOf(dictionary.name);
    places[key] = place;
    if (place >= 0) {
      sources[place] = dictionary;
      ranks[place] = NOT_RANKED;
    }
    return place;
  }
}
