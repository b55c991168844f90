package io.varve.storage.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * One tag key of one measurement: the series of each value.
 *
 * <p>A value with one series costs four bytes for its id, one with more a {@link Posting}. One
 * writer; readers take no lock, arrays being replaced when they grow.
 */
final class TagKey {
  private static final VarHandle POSTING = MethodHandles.arrayElementVarHandle(Posting[].class);
  private static final VarHandle SINGLE = MethodHandles.arrayElementVarHandle(int[].class);

  final TagDictionary dictionary;

  /** By value: the id of its first series + 1, or 0; of no meaning if there is a posting. */
  private volatile int[] singles;

  private volatile @Nullable Posting[] postings;
  private volatile int valueCount;
  private volatile Posting present = Posting.empty();

  TagKey(TagDictionary dictionary) {
    this.dictionary = dictionary;
    int size = Math.max(2, dictionary.count());
    singles = new int[size];
    postings = new Posting[size];
  }

  /** Notes that a series has a value. Writer. */
  void add(int ordinal, int seriesId) {
    reserve(ordinal);
    Posting before = postings[ordinal];
    if (before != null) {
      Posting after = before.append(seriesId);
      if (after != before) {
        POSTING.setRelease(postings, ordinal, after);
      }
    } else if (singles[ordinal] == 0) {
      SINGLE.setRelease(singles, ordinal, seriesId + 1);
      noteValue();
    } else {
      POSTING.setRelease(postings, ordinal, Posting.of(singles[ordinal] - 1).append(seriesId));
    }
    Posting all = present;
    Posting more = all.append(seriesId);
    if (more != all) {
      present = more;
    }
  }

  /** This key without some series: itself if it has none of them, null if it has no others. */
  @Nullable TagKey without(RoaringBitmap seriesIds) {
    Posting rest = present.without(seriesIds);
    if (rest == present) {
      return this;
    }
    if (rest.cardinality() == 0) {
      return null;
    }
    TagKey copy = new TagKey(dictionary);
    for (int ordinal = 0; ordinal < singles.length; ordinal++) {
      Posting posting = postings[ordinal];
      if (posting != null) {
        Posting fewer = posting.without(seriesIds);
        if (fewer.cardinality() > 0) {
          copy.postings[ordinal] = fewer;
          copy.noteValue();
        }
      } else if (singles[ordinal] != 0 && !seriesIds.contains(singles[ordinal] - 1)) {
        copy.singles[ordinal] = singles[ordinal];
        copy.noteValue();
      }
    }
    copy.present = rest;
    return copy;
  }

  /** Values with at least one series. */
  int valueCount() {
    return valueCount;
  }

  /** How many series have a value. */
  int cardinality(int ordinal) {
    Posting posting = posting(ordinal);
    return posting != null ? posting.cardinality() : single(ordinal) < 0 ? 0 : 1;
  }

  /** Whether a series of the set has a value. */
  boolean intersects(int ordinal, RoaringBitmap seriesIds) {
    Posting posting = posting(ordinal);
    return posting != null
        ? posting.intersects(seriesIds)
        : single(ordinal) >= 0 && seriesIds.contains(single(ordinal));
  }

  /** The series with a value, as a bitmap that may be shared and must not be changed. */
  RoaringBitmap bitmap(int ordinal) {
    Posting posting = posting(ordinal);
    if (posting != null) {
      return posting.bitmap();
    }
    int single = single(ordinal);
    return single < 0 ? new RoaringBitmap() : RoaringBitmap.bitmapOf(single);
  }

  /** The series with a value if they are more than a few. */
  @Nullable Posting largePosting(int ordinal) {
    Posting posting = posting(ordinal);
    return posting != null && !posting.isSmall() ? posting : null;
  }

  /** Adds the series with a value to a bitmap of the caller, if they are few. */
  void addSmallTo(int ordinal, RoaringBitmap target) {
    Posting posting = posting(ordinal);
    if (posting != null) {
      posting.addTo(target);
    } else if (single(ordinal) >= 0) {
      target.add(single(ordinal));
    }
  }

  /** The series that have this tag. */
  Posting present() {
    return present;
  }

  private @Nullable Posting posting(int ordinal) {
    @Nullable Posting[] known = postings;
    return ordinal < known.length ? (Posting) POSTING.getAcquire(known, ordinal) : null;
  }

  /** The only series, or -1. */
  private int single(int ordinal) {
    int[] known = singles;
    return ordinal < known.length ? (int) SINGLE.getAcquire(known, ordinal) - 1 : -1;
  }

  private void reserve(int ordinal) {
    int size = singles.length;
    if (ordinal >= size) {
      int grown = Math.max(ordinal + 1, size + size / 2);
      singles = Arrays.copyOf(singles, grown);
      postings = Arrays.copyOf(postings, grown);
    }
  }

  private void noteValue() {
    int before = valueCount;
    valueCount = before + 1;
  }
}
