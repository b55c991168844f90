package io.varve.storage.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The series of one measurement, as a whole and by tag.
 *
 * <p>A series joins the sets of its tags before it joins the set of all. So a reader that takes all
 * first finds every one of them in the tags, and restricts its answer to them. Removal makes a new
 * object, so that no reader meets a series that has lost only some of its tags.
 */
final class Postings {
  private final TagDictionaries dictionaries;
  private volatile Posting all;
  private volatile TagKey[] tagKeys;

  /** Where the writer expects the next tag's key. */
  private int cursor;

  Postings(TagDictionaries dictionaries) {
    this(dictionaries, Posting.empty(), new TagKey[0]);
  }

  private Postings(TagDictionaries dictionaries, Posting all, TagKey[] tagKeys) {
    this.dictionaries = dictionaries;
    this.all = all;
    this.tagKeys = tagKeys;
  }

  /** The key of the tag just read, made if there is none. Writer. */
  TagKey resolve(KeyReader tag) {
    byte[] bytes = tag.bytes();
    TagKey key = next(bytes, tag.tagOffset(), tag.tagLength());
    if (key == null) {
      key = find(bytes, tag.tagOffset(), tag.tagLength());
    }
    return key != null
        ? key
        : insert(Arrays.copyOfRange(bytes, tag.tagOffset(), tag.tagOffset() + tag.tagLength()));
  }

  /** The key after the one that was added last, if it has this name: the keys come sorted. */
  private @Nullable TagKey next(byte[] name, int offset, int length) {
    TagKey[] keys = tagKeys;
    if (cursor >= keys.length) {
      cursor = 0;
    }
    if (keys.length > 0) {
      TagKey key = keys[cursor++];
      byte[] expected = key.dictionary.nameBytes;
      if (Arrays.equals(expected, 0, expected.length, name, offset, offset + length)) {
        return key;
      }
    }
    return null;
  }

  /** Adds a series all of whose tags have been added. Writer. */
  void addSeries(int seriesId) {
    cursor = 0;
    Posting before = all;
    Posting after = before.append(seriesId);
    if (after != before) {
      all = after;
    }
  }

  Postings without(RoaringBitmap seriesIds) {
    List<TagKey> rest = new ArrayList<>();
    for (TagKey key : tagKeys) {
      TagKey without = key.without(seriesIds);
      if (without != null) {
        rest.add(without);
      }
    }
    return new Postings(dictionaries, all.without(seriesIds), rest.toArray(new TagKey[0]));
  }

  Posting all() {
    return all;
  }

  /** By the bytes of their names, ascending; not to be changed. */
  TagKey[] tagKeys() {
    return tagKeys;
  }

  @Nullable TagKey find(byte[] name, int offset, int length) {
    TagKey[] keys = tagKeys;
    int low = 0;
    int high = keys.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      byte[] candidate = keys[middle].dictionary.nameBytes;
      int order =
          Arrays.compareUnsigned(candidate, 0, candidate.length, name, offset, offset + length);
      if (order == 0) {
        return keys[middle];
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  private TagKey insert(byte[] name) {
    TagKey key = new TagKey(dictionaries.resolve(name));
    TagKey[] longer = Arrays.copyOf(tagKeys, tagKeys.length + 1);
    int at = tagKeys.length;
    while (at > 0 && Arrays.compareUnsigned(longer[at - 1].dictionary.nameBytes, name) > 0) {
      longer[at] = longer[at - 1];
      at--;
    }
    longer[at] = key;
    tagKeys = longer;
    return key;
  }
}
