package io.varve.storage;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of the {@link ChunkCache} that is of one shard: for some series, runs of some fields,
 * and the last row if somebody wanted it.
 *
 * <p>Looked at by any thread; changed under the lock of the cache.
 */
final class ShardChunks {
  private static final ChunkRun[] NONE = {};

  /** By count of an entry, its key and its array. */
  private static final long ENTRY_BYTES = 112;

  /**
   * Runs of a field that do not touch, the newest first; whoever asks about one hour here and
   * another there has all of a day at hand soon.
   */
  private static final int MAX_RUNS_PER_FIELD = 6;

  /** What there is of one series, not changed but for the note of its use. */
  private static final class Entry {
    private final ChunkRun[] runs;
    private final @Nullable StoredLastRow lastRow;

    /** Lost updates do no harm. */
    private int usedIn;

    Entry(ChunkRun[] runs, @Nullable StoredLastRow lastRow, int usedIn) {
      this.runs = runs;
      this.lastRow = lastRow;
      this.usedIn = usedIn;
    }

    void use(int round) {
      if (usedIn != round) {
        usedIn = round;
      }
    }

    long bytes() {
      long bytes = ENTRY_BYTES + 4L * runs.length + (lastRow == null ? 0 : lastRow.bytes());
      for (ChunkRun run : runs) {
        bytes += run.bytes();
      }
      return bytes;
    }
  }

  private final ConcurrentHashMap<Integer, Entry> entries = new ConcurrentHashMap<>();

  /**
   * The runs of a series, of whatever versions; not to be changed.
   *
   * @param round the number of the current round, see {@link ChunkCache}
   */
  ChunkRun[] runs(int seriesId, int round) {
    Entry entry = entries.get(seriesId);
    if (entry == null) {
      return NONE;
    }
    entry.use(round);
    return entry.runs;
  }

  /** The end of a series, of whatever version and fields; null if it is not here. */
  @Nullable StoredLastRow lastRow(int seriesId, int round) {
    Entry entry = entries.get(seriesId);
    if (entry == null) {
      return null;
    }
    entry.use(round);
    return entry.lastRow;
  }

  /** Adds a run to those of a series; how many bytes more there are. */
  long put(int seriesId, ChunkRun run, int round) {
    Entry old = entries.get(seriesId);
    ChunkRun[] runs = with(run, old == null ? NONE : old.runs);
    // Another run may tell more than that the row is not a plain one.
    StoredLastRow last = old == null ? null : old.lastRow;
    Entry entry = new Entry(runs, last != null && last.hasValues() ? last : null, round);
    entries.put(seriesId, entry);
    return entry.bytes() - bytes(old);
  }

  /** A run joined with those of its field that it touches, before the others. */
  private static ChunkRun[] with(ChunkRun run, ChunkRun[] others) {
    ChunkRun[] runs = new ChunkRun[others.length + 1];
    ChunkRun joined = run;
    int count = 1;
    int ofField = 1;
    for (ChunkRun other : others) {
      if (other.fieldId() != run.fieldId()) {
        runs[count++] = other;
      } else if (joined.touches(other)) {
        joined = joined.with(other);
      } else if (ofField++ < MAX_RUNS_PER_FIELD) {
        runs[count++] = other;
      }
    }
    runs[0] = joined;
    return Arrays.copyOf(runs, count);
  }

  /**
   * Notes the end of a series beside its runs, if those are here; how many bytes more there are.
   */
  long put(int seriesId, StoredLastRow lastRow, int round) {
    Entry old = entries.get(seriesId);
    if (old == null) {
      return 0;
    }
    Entry entry = new Entry(old.runs, lastRow, round);
    entries.put(seriesId, entry);
    return entry.bytes() - old.bytes();
  }

  private static long bytes(@Nullable Entry entry) {
    return entry == null ? 0 : entry.bytes();
  }

  /** Forgets a series; how many bytes it had. */
  long remove(int seriesId) {
    return bytes(entries.remove(seriesId));
  }

  /** Forgets what was not used in a round or since; how many bytes that were. */
  long removeUnused(int round) {
    long[] freed = {0};
    entries
        .values()
        .removeIf(
            entry -> {
              boolean unused = entry.usedIn - round < 0;
              freed[0] += unused ? entry.bytes() : 0;
              return unused;
            });
    return freed[0];
  }

  /** Forgets everything; how many bytes that were. */
  long clear() {
    long bytes = 0;
    for (Entry entry : entries.values()) {
      bytes += entry.bytes();
    }
    entries.clear();
    return bytes;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }
}
