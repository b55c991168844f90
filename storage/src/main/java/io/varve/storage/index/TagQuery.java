package io.varve.storage.index;

import io.varve.storage.StorageException;
import io.varve.storage.model.TagPredicate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/**
 * Answers a {@link TagPredicate} from the postings of one measurement.
 *
 * <p>Equality costs one look-up; a pattern one test per distinct value of the tag, not per series;
 * a conjunction starts with its smallest set and subtracts negated operands at the end. Bitmaps
 * between the steps may be shared with the index and are never changed.
 */
final class TagQuery {
  private static final int MAX_DEPTH = 500;

  private final Postings postings;
  private final RoaringBitmap all;

  private TagQuery(Postings postings) {
    this.postings = postings;
    this.all = postings.all().bitmap();
  }

  /** The series that meet the predicate; the bitmap belongs to the caller. */
  static RoaringBitmap select(Postings postings, TagPredicate predicate) {
    TagQuery query = new TagQuery(postings);
    return RoaringBitmap.and(query.evaluate(predicate, 0), query.all);
  }

  private RoaringBitmap evaluate(TagPredicate predicate, int depth) {
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
      return matching(matches);
    } else if (predicate instanceof TagPredicate.Not not) {
      return RoaringBitmap.andNot(all, evaluate(not.operand(), depth + 1));
    } else if (predicate instanceof TagPredicate.And and) {
      return conjunction(and, depth);
    } else if (predicate instanceof TagPredicate.Or or) {
      return disjunction(or, depth);
    }
    throw new IllegalStateException("unknown predicate " + predicate);
  }

  private RoaringBitmap conjunction(TagPredicate.And and, int depth) {
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
    RoaringBitmap result = wanted.isEmpty() ? all : evaluate(wanted.get(0), depth + 1);
    for (int i = 1; i < wanted.size() && !result.isEmpty(); i++) {
      result = RoaringBitmap.and(result, evaluate(wanted.get(i), depth + 1));
    }
    for (TagPredicate operand : unwanted) {
      if (result.isEmpty()) {
        return result;
      }
      result = RoaringBitmap.andNot(result, evaluate(operand, depth + 1));
    }
    return result;
  }

  private RoaringBitmap disjunction(TagPredicate.Or or, int depth) {
    RoaringBitmap result = new RoaringBitmap();
    for (TagPredicate operand : or.operands()) {
      result.or(evaluate(operand, depth + 1));
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
      Posting posting = key == null ? null : posting(key, utf8(equals.value()));
      return posting == null ? 0 : posting.cardinality();
    }
    return predicate instanceof TagPredicate.All ? Long.MAX_VALUE : Long.MAX_VALUE - 1;
  }

  private RoaringBitmap equalTo(TagPredicate.Equals equals) {
    TagKey key = find(equals.key());
    if (equals.value().isEmpty()) {
      return key == null ? all : RoaringBitmap.andNot(all, key.present().bitmap());
    }
    Posting posting = key == null ? null : posting(key, utf8(equals.value()));
    return posting == null ? new RoaringBitmap() : posting.bitmap();
  }

  private RoaringBitmap matching(TagPredicate.Matches matches) {
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
      return union(key, wholeValues);
    }
    return matchesEmpty
        ? RoaringBitmap.andNot(all, scan(key, pattern, false))
        : scan(key, pattern, true);
  }

  private static RoaringBitmap union(TagKey key, List<byte[]> values) {
    List<Posting> found = new ArrayList<>();
    for (byte[] value : values) {
      Posting posting = posting(key, value);
      if (posting != null) {
        found.add(posting);
      }
    }
    return union(found);
  }

  /** The series whose value of the tag does, or does not, match. */
  private static RoaringBitmap scan(TagKey key, ValuePattern pattern, boolean wanted) {
    List<Posting> found = new ArrayList<>();
    int count = key.valueCount();
    for (int ordinal = 0; ordinal < count; ordinal++) {
      if (pattern.matches(key.value(ordinal)) == wanted) {
        found.add(key.posting(ordinal));
      }
    }
    return found.size() == count ? key.present().bitmap() : union(found);
  }

  private static RoaringBitmap union(List<Posting> postings) {
    RoaringBitmap small = new RoaringBitmap();
    List<RoaringBitmap> large = new ArrayList<>();
    for (Posting posting : postings) {
      if (posting.isSmall()) {
        posting.addTo(small);
      } else {
        large.add(posting.bitmap());
      }
    }
    if (large.isEmpty()) {
      return small;
    }
    large.add(small);
    return FastAggregation.or(large.iterator());
  }

  private @Nullable TagKey find(String key) {
    byte[] name = utf8(key);
    return postings.find(name, 0, name.length);
  }

  private static @Nullable Posting posting(TagKey key, byte[] value) {
    int ordinal = key.find(value, 0, value.length);
    return ordinal < 0 ? null : key.posting(ordinal);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
