package io.varve.storage.index;

import io.varve.storage.StorageException;
import io.varve.storage.model.TagPredicate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/**
 * Answers a {@link TagPredicate} from the postings of one measurement.
 *
 * <p>Equality costs one look-up; a pattern one test per distinct value of the tag that nobody
 * tested before ({@link PatternMemo}), and passing over the values. A conjunction starts with its
 * smallest set, which narrows what the others look at: a set much smaller than the dictionary has
 * its values looked up series by series. Negated operands are subtracted at the end. Bitmaps
 * between the steps may be shared with the index and are never changed.
 */
final class TagQuery {
  private static final int MAX_DEPTH = 500;

  /** Looking up the value of one series costs about as much as passing over so many values. */
  private static final int VALUES_PER_LOOKUP = 8;

  private final ValueLookup values;
  private final PatternMemo memo;
  private final Postings postings;
  private final RoaringBitmap all;

  /** What the keys of series say. */
  interface ValueLookup {
    /** The number of the value that a series has for a tag key, or -1. */
    int valueOf(int seriesId, TagDictionary dictionary);
  }

  private TagQuery(Postings postings, ValueLookup values, PatternMemo memo) {
    this.values = values;
    this.memo = memo;
    this.postings = postings;
    this.all = postings.all().bitmap();
  }

  /** The series that meet the predicate; the bitmap belongs to the caller. */
  static RoaringBitmap select(
      Postings postings, ValueLookup values, PatternMemo memo, TagPredicate predicate) {
    TagQuery query = new TagQuery(postings, values, memo);
    return RoaringBitmap.and(query.evaluate(predicate, query.all, 0), query.all);
  }

  /** The series that meet the predicate; of those outside {@code within} it may say anything. */
  private RoaringBitmap evaluate(TagPredicate predicate, RoaringBitmap within, int depth) {
    if (depth > MAX_DEPTH) {
      throw new StorageException(
          StorageException.Kind.USER, "conditions on tags are nested deeper than " + MAX_DEPTH);
    }
    if (predicate instanceof TagPredicate.All) {
      return all;
    } else if (predicate instanceof TagPredicate.None) {
      return new RoaringBitmap();
    } else if (predicate instanceof TagPredicate.Equals equals) {
      return equalTo(equals);
    } else if (predicate instanceof TagPredicate.Matches matches) {
      return matching(matches, within);
    } else if (predicate instanceof TagPredicate.Not not) {
      return RoaringBitmap.andNot(all, evaluate(not.operand(), within, depth + 1));
    } else if (predicate instanceof TagPredicate.And and) {
      return conjunction(and, within, depth);
    } else if (predicate instanceof TagPredicate.Or or) {
      return disjunction(or, within, depth);
    }
    throw new IllegalStateException("unknown predicate " + predicate);
  }

  private RoaringBitmap conjunction(TagPredicate.And and, RoaringBitmap within, int depth) {
    List<TagPredicate> wanted = new ArrayList<>();
    List<TagPredicate> unwanted = new ArrayList<>();
    for (TagPredicate operand : and.operands()) {
      if (operand instanceof TagPredicate.Not not) {
        unwanted.add(not.operand());
      } else {
        wanted.add(operand);
      }
    }
    wanted.sort(Comparator.comparingLong(this::estimate));
    RoaringBitmap result = within;
    for (int i = 0; i < wanted.size() && !result.isEmpty(); i++) {
      result = RoaringBitmap.and(result, evaluate(wanted.get(i), result, depth + 1));
    }
    for (TagPredicate operand : unwanted) {
      if (result.isEmpty()) {
        return result;
      }
      result = RoaringBitmap.andNot(result, evaluate(operand, result, depth + 1));
    }
    return result;
  }

  private RoaringBitmap disjunction(TagPredicate.Or or, RoaringBitmap within, int depth) {
    RoaringBitmap result = new RoaringBitmap();
    for (TagPredicate operand : or.operands()) {
      result.or(evaluate(operand, within, depth + 1));
    }
    return result;
  }

  /** Upper bound of the answer's size if that is cheap to tell, else what sorts behind those. */
  private long estimate(TagPredicate predicate) {
    if (predicate instanceof TagPredicate.None) {
      return 0;
    }
    if (predicate instanceof TagPredicate.Equals equals && !equals.value().isEmpty()) {
      TagKey key = find(equals.key());
      int ordinal = key == null ? -1 : find(key, utf8(equals.value()));
      return key == null || ordinal < 0 ? 0 : key.cardinality(ordinal);
    }
    return predicate instanceof TagPredicate.All ? Long.MAX_VALUE : Long.MAX_VALUE - 1;
  }

  private RoaringBitmap equalTo(TagPredicate.Equals equals) {
    TagKey key = find(equals.key());
    if (equals.value().isEmpty()) {
      return key == null ? all : RoaringBitmap.andNot(all, key.present().bitmap());
    }
    int ordinal = key == null ? -1 : find(key, utf8(equals.value()));
    return key == null || ordinal < 0 ? new RoaringBitmap() : key.bitmap(ordinal);
  }

  private RoaringBitmap matching(TagPredicate.Matches matches, RoaringBitmap within) {
    ValuePattern pattern = ValuePattern.of(matches.pattern());
    if (pattern.matchesEverything()) {
      return all;
    }
    TagKey key = find(matches.key());
    boolean matchesEmpty = pattern.matchesEmpty();
    if (key == null) {
      return matchesEmpty ? all : new RoaringBitmap();
    }
    List<byte[]> wholeValues = pattern.wholeValues();
    if (wholeValues != null && !matchesEmpty) {
      Union union = new Union(key);
      for (byte[] value : wholeValues) {
        int ordinal = find(key, value);
        if (ordinal >= 0) {
          union.add(ordinal);
        }
      }
      return union.bitmap();
    }
    RoaringBitmap found = scan(key, pattern, !matchesEmpty, within);
    return matchesEmpty ? RoaringBitmap.andNot(all, found) : found;
  }

  /** The series, of those {@code within}, whose value of the tag does, or does not, match. */
  private RoaringBitmap scan(
      TagKey key, ValuePattern pattern, boolean wanted, RoaringBitmap within) {
    TagDictionary dictionary = key.dictionary;
    int count = dictionary.count();
    PatternMemo.Answers answers = memo.find(dictionary, pattern, count);
    RoaringBitmap found;
    long cardinality = within.getLongCardinality();
    if (cardinality * VALUES_PER_LOOKUP < count) {
      found = lookUp(dictionary, pattern, answers, count, wanted, within);
    } else {
      boolean narrow = cardinality < all.getLongCardinality();
      boolean every = !narrow;
      Union union = new Union(key);
      for (int ordinal = 0; ordinal < count; ordinal++) {
        if (narrow && !key.intersects(ordinal, within)) {
          continue;
        }
        if (answers.test(pattern, dictionary, ordinal) == wanted) {
          union.add(ordinal);
        } else {
          every = false;
        }
      }
      found = every ? key.present().bitmap() : union.bitmap();
    }
    memo.save(dictionary, pattern, answers);
    return found;
  }

  /** As {@link #scan}, from the keys of the series rather than from the values of the tag. */
  private RoaringBitmap lookUp(
      TagDictionary dictionary,
      ValuePattern pattern,
      PatternMemo.Answers answers,
      int count,
      boolean wanted,
      RoaringBitmap within) {
    RoaringBitmapWriter<RoaringBitmap> found = RoaringBitmapWriter.writer().get();
    IntIterator ids = within.getIntIterator();
    while (ids.hasNext()) {
      int id = ids.next();
      int value = values.valueOf(id, dictionary);
      // Values from beyond the count are of series newer than this query.
      if (value >= 0 && value < count && answers.test(pattern, dictionary, value) == wanted) {
        found.add(id);
      }
    }
    return found.get();
  }

  /** Gathers the series of values. */
  private static final class Union {
    private final TagKey key;
    private final RoaringBitmap small = new RoaringBitmap();
    private final List<RoaringBitmap> large = new ArrayList<>();

    Union(TagKey key) {
      this.key = key;
    }

    void add(int ordinal) {
      Posting posting = key.largePosting(ordinal);
      if (posting != null) {
        large.add(posting.bitmap());
      } else {
        key.addSmallTo(ordinal, small);
      }
    }

    RoaringBitmap bitmap() {
      if (large.isEmpty()) {
        return small;
      }
      large.add(small);
      return FastAggregation.or(large.iterator());
    }
  }

  private @Nullable TagKey find(String key) {
    byte[] name = utf8(key);
    return postings.find(name, 0, name.length);
  }

  /** The number of a value, or -1. */
  private static int find(TagKey key, byte[] value) {
    return key.dictionary.find(value, 0, value.length);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
