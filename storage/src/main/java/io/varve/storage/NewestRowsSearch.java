package io.varve.storage;

import io.varve.storage.head.LastRows;
import io.varve.storage.lifecycle.TombstoneRecord;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes newest rows as of a view without a scan, shard by shard, the newest first. The head has the
 * row if its last one is behind all chunks of the shard, or else not before the last one of the
 * series in chunks; if it has none, the chunks have. A series of which neither tells must not be in
 * the shard at all, or is left to a scan. For one thread.
 */
final class NewestRowsSearch {
  /** In place of an id; those are not negative. */
  private static final int DECIDED = -1;

  /** Series whose rows are looked for at once. */
  private static final int TOUCHED_AHEAD = 32;

  private final Engine engine;
  private final ReadView view;
  private final NewestRows wanted;

  /** Ids of series, {@link #DECIDED} in place of those that need no older shard. */
  private final int[] undecided;

  NewestRowsSearch(Engine engine, ReadView view, NewestRows wanted) {
    this.engine = engine;
    this.view = view;
    this.wanted = wanted;
    undecided = wanted.seriesIds().clone();
  }

  void run() {
    for (int s = view.shards().size() - 1; s >= 0; s--) {
      ReadView.Seen seen = view.shards().get(s);
      if (seen.shard().bounds().overlaps(wanted.range())) {
        search(seen);
      }
    }
    if (!view.isHeld()) {
      // Some rows may have gone to chunks before they were looked for.
      Arrays.fill(wanted.found(), false);
    }
  }

  private void search(ReadView.Seen seen) {
    boolean[] found = wanted.found();
    long[] times = wanted.timestampsNanos();
    LastRows rows = seen.shard().head().lastRows(wanted.fieldIds(), view.moment());
    for (int i = 0; i < undecided.length; i++) {
      if (i % TOUCHED_AHEAD == 0) {
        rows.touch(undecided, i, Math.min(undecided.length, i + TOUCHED_AHEAD));
      }
      if (undecided[i] != DECIDED) {
        found[i] = rows.take(undecided[i], i, times, wanted.bits());
      }
    }
    // After the rows: what had left the head before has raised it.
    long lastStored = seen.shard().lastStoredNanos();
    StoredLastRows stored =
        new StoredLastRows(
            engine.chunkCache(), seen.shard(), view.chunkVersion(), wanted.fieldIds());
    for (int i = 0; i < undecided.length; i++) {
      int id = undecided[i];
      if (id != DECIDED && (found[i] || seen.mayContain(id))) {
        undecided[i] = DECIDED;
        if (!found[i]) {
          found[i] = rows.isEmpty(id) && takeStored(seen, stored.get(id), i);
        } else if (times[i] <= lastStored) {
          found[i] = isLast(seen, stored.get(id), i);
        }
        found[i] &= wanted.range().contains(times[i]);
      }
    }
  }

  /** Whether the row at a place, of the head, is the last; if it is in chunks, takes that one. */
  private boolean isLast(ReadView.Seen seen, @Nullable StoredLastRow stored, int place) {
    return stored != null
        && (stored.timestampNanos() <= wanted.timestampsNanos()[place]
            || takeStored(seen, stored, place));
  }

  private boolean takeStored(ReadView.Seen seen, @Nullable StoredLastRow stored, int place) {
    if (stored == null
        || !stored.hasValues()
        || isDeleted(seen.tombstones(), wanted.seriesIds()[place], stored.timestampNanos())) {
      return false;
    }
    wanted.timestampsNanos()[place] = stored.timestampNanos();
    stored.copyTo(wanted.bits(), place);
    return true;
  }

  /** Whether something was deleted at a time, if not later written again. */
  private static boolean isDeleted(
      List<TombstoneRecord> tombstones, int seriesId, long timestampNanos) {
    for (TombstoneRecord tombstone : tombstones) {
      if (tombstone.range().contains(timestampNanos) && tombstone.series().contains(seriesId)) {
        return true;
      }
    }
    return false;
  }
}
