package io.varve.storage.read;

import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanCounters;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cursor over chunks and unsealed rows.
 *
 * <p>Goes series by series and, within, shard by shard. The row sources of a shard fall into
 * clusters: sets that overlap in time, directly or through others. A cluster of one source, the
 * normal case, becomes a batch as it is, decoded when touched; any other is merged and cut into
 * batches. A few dozen row groups are in memory at a time, more only where they overlap each other.
 * For one thread.
 */
public final class SeriesScan implements SeriesCursor {
  private final ScanSpec spec;
  private final List<ShardSource> shards;
  private final Runnable onClose;
  private final Tally tally = new Tally();

  private final SourceLoader loader;
  private final SourceBatch sourceBatch;

  /** Made when sources overlap for the first time. */
  private @Nullable MergedBatch mergedBatch;

  /** Sources of the current series and shard that are not delivered yet, by first timestamp. */
  private final List<RowSource> sources = new ArrayList<>();

  /** The sources that make up the current batch. */
  private final List<RowSource> cluster = new ArrayList<>();

  private int seriesIndex = -1;
  private int shardsVisited;
  private @Nullable ColumnBatch batch;

  /** Merged rows not delivered yet. */
  private int mergedFrom;

  private int mergedTo;
  private boolean closed;

  /**
   * @param shards all shards with rows in the range of the scan, ascending and disjoint
   * @param onClose run once by {@link #close}, to release what the shards hold
   */
  public SeriesScan(ScanSpec spec, List<ShardSource> shards, Runnable onClose) {
    this.spec = spec;
    this.shards = shards;
    this.onClose = onClose;
    int columnCount = spec.fieldIds().length;
    loader = new SourceLoader(spec, tally);
    sourceBatch = new SourceBatch(columnCount);
  }

  @Override
  public boolean nextSeries() {
    batch = null;
    sources.clear();
    loader.stop();
    mergedFrom = 0;
    mergedTo = 0;
    if (seriesIndex < spec.seriesIds().length) {
      seriesIndex++;
    }
    boolean found = seriesIndex < spec.seriesIds().length;
    tally.series += found ? 1 : 0;
    shardsVisited = found && !spec.range().isEmpty() ? 0 : shards.size();
    return found;
  }

  @Override
  public int seriesId() {
    if (seriesIndex < 0 || seriesIndex >= spec.seriesIds().length) {
      throw new IllegalStateException("the cursor is on no series");
    }
    return spec.seriesIds()[seriesIndex];
  }

  @Override
  public boolean nextBatch() {
    int seriesId = seriesId();
    batch = null;
    while (mergedFrom == mergedTo) {
      takeCluster();
      if (cluster.isEmpty()) {
        if (!nextShard(seriesId)) {
          return false;
        }
      } else if (cluster.size() == 1 && cluster.get(0).standsAlone()) {
        if (sourceBatch.open(cluster.get(0), spec.range())) {
          batch = sourceBatch;
          count(sourceBatch);
          return true;
        }
      } else {
        mergedFrom = 0;
        mergedTo = merged().merge(cluster, spec.range());
      }
    }
    takeMergedRows();
    return true;
  }

  private boolean nextShard(int seriesId) {
    while (shardsVisited < shards.size()) {
      int index = spec.descending() ? shards.size() - 1 - shardsVisited : shardsVisited;
      shardsVisited++;
      ShardSource shard = shards.get(index);
      if (shard.mayContain(seriesId)) {
        loader.start(shard, seriesId, sources);
        return true;
      }
    }
    return false;
  }

  /** Moves the next cluster out of the sources; leaves it empty if the shard has no more. */
  private void takeCluster() {
    cluster.clear();
    int from = 0;
    int to;
    if (spec.descending()) {
      from = trailingCluster();
      while (!loader.isDone() && (sources.isEmpty() || loader.mayBeOverlapped(sources.get(from)))) {
        loader.load(sources);
        from = trailingCluster();
      }
      to = sources.size();
    } else {
      to = leadingCluster();
      while (to == sources.size() && !loader.isDone()) {
        loader.load(sources);
        to = leadingCluster();
      }
    }
    List<RowSource> taken = sources.subList(from, to);
    cluster.addAll(taken);
    taken.clear();
  }

  /** Sources in the first cluster. */
  private int leadingCluster() {
    int count = 0;
    long last = Long.MIN_VALUE;
    while (count < sources.size()
        && (count == 0 || sources.get(count).firstTimestampNanos() <= last)) {
      last = Math.max(last, sources.get(count).lastTimestampNanos());
      count++;
    }
    return count;
  }

  /** Index of the first source in the last cluster. */
  private int trailingCluster() {
    int start = 0;
    long last = Long.MIN_VALUE;
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).firstTimestampNanos() > last) {
        start = i;
      }
      last = Math.max(last, sources.get(i).lastTimestampNanos());
    }
    return start;
  }

  /** Makes a batch of the first or last merged rows. */
  private void takeMergedRows() {
    MergedBatch merged = merged();
    int count = Math.min(mergedTo - mergedFrom, ColumnBatch.MAX_ROWS);
    if (spec.descending()) {
      mergedTo -= count;
      merged.open(mergedTo, mergedTo + count);
    } else {
      merged.open(mergedFrom, mergedFrom + count);
      mergedFrom += count;
    }
    batch = merged;
    count(merged);
  }

  private MergedBatch merged() {
    MergedBatch made = mergedBatch;
    if (made == null) {
      made = new MergedBatch(spec.fieldIds().length);
      mergedBatch = made;
    }
    return made;
  }

  private void count(ColumnBatch next) {
    tally.batches++;
    tally.rows += next.rowCount();
  }

  @Override
  public ScanCounters counters() {
    return tally.counters();
  }

  @Override
  public ColumnBatch batch() {
    if (batch == null) {
      throw new IllegalStateException("the cursor is on no batch");
    }
    return batch;
  }

  /** Whether the current batch is of several row groups, or of one without deleted rows. */
  public boolean isMerged() {
    return batch() == mergedBatch;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onClose.run();
    }
  }
}
