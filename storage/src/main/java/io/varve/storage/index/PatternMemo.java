package io.varve.storage.index;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a tag a regular expression was found in, for the patterns used last.
 *
 * <p>Values keep their numbers while a dictionary grows, so an answer stays right for ever and new
 * values are tested when they are asked for. A quarter of a byte per value; least recently used
 * answers go when all take more than {@link #MAX_BYTES}. Thread-safe.
 */
final class PatternMemo {
  static final long MAX_BYTES = 4 << 20;
  private static final int ENTRY_BYTES = 200;

  private record Key(TagDictionary dictionary, String pattern, int flags) {}

  /** Answers for the values below a number, of which some are known. For one thread until saved. */
  static final class Answers {
    private final long[] known;
    private final long[] matching;
    private boolean changed;

    private Answers(long[] known, long[] matching) {
      this.known = known;
      this.matching = matching;
    }

    /** Whether a value matches, tested now if nobody has tested it before. */
    boolean test(ValuePattern pattern, TagDictionary dictionary, int ordinal) {
      int word = ordinal >>> 6;
      long bit = 1L << ordinal;
      if ((known[word] & bit) == 0) {
        changed = true;
        known[word] |= bit;
        if (pattern.matches(dictionary.value(ordinal))) {
          matching[word] |= bit;
        }
      }
      return (matching[word] & bit) != 0;
    }
  }

  private final Map<Key, Answers> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** What is known of the values below {@code count}; a copy for the caller. */
  Answers find(TagDictionary dictionary, ValuePattern pattern, int count) {
    int words = (count + 63) >>> 6;
    Answers found;
    synchronized (this) {
      found = entries.get(key(dictionary, pattern));
    }
    return found == null
        ? new Answers(new long[words], new long[words])
        : new Answers(
            Arrays.copyOf(found.known, Math.max(words, found.known.length)),
            Arrays.copyOf(found.matching, Math.max(words, found.matching.length)));
  }

  /** Keeps what {@link #find} gave if anything was added; it is not to be used after that. */
  void save(TagDictionary dictionary, ValuePattern pattern, Answers answers) {
    long size = bytes(answers);
    if (!answers.changed || size > MAX_BYTES) {
      return;
    }
    synchronized (this) {
      @Nullable Answers before = entries.put(key(dictionary, pattern), answers);
      bytes += size - (before == null ? 0 : bytes(before));
      Iterator<Answers> oldest = entries.values().iterator();
      while (bytes > MAX_BYTES) {
        bytes -= bytes(oldest.next());
        oldest.remove();
      }
    }
  }

  /** Bytes held. */
  synchronized long bytes() {
    return bytes;
  }

  private static Key key(TagDictionary dictionary, ValuePattern pattern) {
    return new Key(dictionary, pattern.text(), pattern.flags());
  }

  private static long bytes(Answers answers) {
    return ENTRY_BYTES + 16L * answers.known.length;
  }
}
