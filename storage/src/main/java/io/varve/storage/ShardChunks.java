package io.varve.storage;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of the {@link ChunkCache} that is of one shard: for some series, runs of some fields.
 *
 * <p>Looked at by any thread; changed under the lock of the cache.
 */
final class ShardChunks {
  private static final ChunkRun[] NONE = {};

  /** By count of an entry, its key and its array. */
  private static final long ENTRY_BYTES = 112;

  /** The runs of one series, not changed but for the note of their use. */
  private static final class Entry {
    private final ChunkRun[] runs;

    /** Lost updates do no harm. */
    private int usedIn;

    Entry(ChunkRun[] runs, int usedIn) {
      this.runs = runs;
      this.usedIn = usedIn;
    }

    long bytes() {
      long bytes = ENTRY_BYTES + 4L * runs.length;
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
    if (entry.usedIn != round) {
      entry.usedIn = round;
    }
    return entry.runs;
  }

  /** Adds a run to those of a series; how many bytes more there are. */
  long put(int seriesId, ChunkRun run, int round) {
    Entry old = entries.get(seriesId);
    ChunkRun[] runs = old == null ? NONE : old.runs;
    int at = 0;
    while (at < runs.length && runs[at].fieldId() != run.fieldId()) {
      at++;
    }
    ChunkRun added = at < runs.length ? run.with(runs[at]) : run;
    ChunkRun[] changed = Arrays.copyOf(runs, Math.max(runs.length, at + 1));
    changed[at] = added;
    Entry entry = new Entry(changed, round);
    entries.put(seriesId, entry);
    return entry.bytes() - bytes(old);
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
