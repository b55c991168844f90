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
  private volatile Posting all;
  private volatile TagKey[] tagKeys;

  /** Where the writer expects the next tag's key. */
  private int cursor;

  Postings() {
    this(Posting.empty(), new TagKey[0]);
  }

  private Postings(Posting all, TagKey[] tagKeys) {
    this.all = all;
    this.tagKeys = tagKeys;
  }

  /** Adds a tag of a series; to be followed by {@link #addSeries}. Writer. */
  void addTag(KeyReader tag, int seriesId) {
    byte[] bytes = tag.bytes();
    TagKey key = next(bytes, tag.tagOffset(), tag.tagLength());
    if (key == null) {
      key = find(bytes, tag.tagOffset(), tag.tagLength());
    }
    if (key == null) {
      key = insert(Arrays.copyOfRange(bytes, tag.tagOffset(), tag.tagOffset() + tag.tagLength()));
    }
    key.add(bytes, tag.valueOffset(), tag.valueLength(), seriesId);
  }

  /** The key after the one that was added last, if it has this name: the keys come sorted. */
  private @Nullable TagKey next(byte[] name, int offset, int length) {
    TagKey[] keys = tagKeys;
    if (cursor >= keys.length) {
      cursor = 0;
    }
    if (keys.length > 0) {
      TagKey key = keys[cursor++];
      if (Arrays.equals(key.nameBytes, 0, key.nameBytes.length, name, offset, offset + length)) {
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
    return new Postings(all.without(seriesIds), rest.toArray(new TagKey[0]));
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
      byte[] candidate = keys[middle].nameBytes;
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
    TagKey key = new TagKey(name);
    TagKey[] longer = Arrays.copyOf(tagKeys, tagKeys.length + 1);
    int at = tagKeys.length;
    while (at > 0 && Arrays.compareUnsigned(longer[at - 1].nameBytes, name) > 0) {
      longer[at] = longer[at - 1];
      at--;
    }
    longer[at] = key;
    tagKeys = longer;
    return key;
  }
}
