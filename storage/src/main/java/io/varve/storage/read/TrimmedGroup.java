package io.varve.storage.read;

import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored row group without the rows that were deleted from it.
 *
 * <p>Its extent in time stays that of the whole group, so that it takes the same place among the
 * others; its chunks' statistics do not hold for it.
 */
final class TrimmedGroup extends RowSource {
  private final StoredGroup group;
  private final int[] kept;

  private TrimmedGroup(StoredGroup group, int[] kept) {
    this.group = group;
    this.kept = kept;
  }

  /** What deletions leave of a group; the group itself if that is all, null if nothing. */
  static @Nullable RowSource of(StoredGroup group, List<Deletion> deletions) {
    boolean touched = false;
    for (Deletion deletion : deletions) {
      if (group.rank() < deletion.beforeSequence()
          && deletion.range().overlaps(group.firstTimestampNanos(), group.lastTimestampNanos())) {
        if (deletion.range().covers(group.firstTimestampNanos(), group.lastTimestampNanos())) {
          return null;
        }
        touched = true;
      }
    }
    if (!touched) {
      return group;
    }
    long[] times = new long[ColumnBatch.MAX_ROWS];
    group.readTimes(times);
    int[] kept = new int[group.rowCount()];
    int count = 0;
    for (int row = 0; row < group.rowCount(); row++) {
      if (!isDeleted(times[row], group.rank(), deletions)) {
        kept[count++] = row;
      }
    }
    if (count == group.rowCount()) {
      return group;
    }
    return count == 0 ? null : new TrimmedGroup(group, Arrays.copyOf(kept, count));
  }

  private static boolean isDeleted(long time, long sequence, List<Deletion> deletions) {
    for (Deletion deletion : deletions) {
      if (sequence < deletion.beforeSequence() && deletion.range().contains(time)) {
        return true;
      }
    }
    return false;
  }

  @Override
  long rank() {
    return group.rank();
  }

  @Override
  long firstTimestampNanos() {
    return group.firstTimestampNanos();
  }

  @Override
  long lastTimestampNanos() {
    return group.lastTimestampNanos();
  }

  @Override
  int rowCount() {
    return kept.length;
  }

  @Override
  void readTimes(long[] into) {
    group.readTimes(into);
    for (int i = 0; i < kept.length; i++) {
      into[i] = into[kept[i]];
    }
  }

  @Override
  @Nullable FieldType type(int column) {
    return group.type(column);
  }

  @Override
  boolean standsAlone() {
    return false;
  }

  @Override
  void readColumn(int column, ColumnValues into) {
    group.readColumn(column, into);
    for (int i = 0; i < kept.length; i++) {
      into.copyRow(into, kept[i], i);
    }
    into.presence = keptOf(into.presence);
  }

  @Override
  long @Nullable [] presence(int column) {
    return keptOf(group.presence(column));
  }

  private long @Nullable [] keptOf(long @Nullable [] presence) {
    if (presence == null) {
      return null;
    }
    long[] keptPresence = new long[Bitmaps.words(kept.length)];
    for (int i = 0; i < kept.length; i++) {
      if (Bitmaps.has(presence, kept[i])) {
        Bitmaps.set(keptPresence, i);
      }
    }
    return keptPresence;
  }
}
