package io.varve.storage;

import io.varve.storage.model.Field;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import io.varve.storage.read.SeriesScan;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Finds the series that a delete has left without rows, so that they are off the lists when it is
 * answered, and not only after a compaction.
 *
 * <p>A series has rows if a scan of what is left finds a first one: some ten microseconds each for
 * most. Done by the thread that deletes, once more by the commit thread if rows were stored in
 * between. Where a delete concerns very many series it is left to the compaction.
 */
final class EmptiedSeries {
  /** Most series looked at in a shard. */
  static final int MAX_SERIES = 20_000;

  /** Most series looked at while commits wait. */
  private static final int MAX_SERIES_WHILE_WAITING = 1_000;

  private final Engine engine;
  private final Shard shard;

  private EmptiedSeries(Engine engine, Shard shard) {
    this.engine = engine;
    this.shard = shard;
  }

  /**
   * Takes series without rows off the lists, after a delete of the same parameters. For any thread
   * but the commit thread.
   */
  static void forget(
      Engine engine,
      Database database,
      @Nullable String policy,
      String measurement,
      TagPredicate predicate,
      TimeRange range) {
    RoaringBitmap deleted = database.index().select(measurement, predicate);
    List<Shard> shards = policy == null ? database.shards() : database.findPolicy(policy).shards();
    for (Shard shard : shards) {
      if (shard.bounds().overlaps(range)) {
        new EmptiedSeries(engine, shard).forget(RoaringBitmap.and(deleted, shard.index().series()));
      }
    }
  }

  private void forget(RoaringBitmap candidates) {
    if (candidates.isEmpty() || candidates.getCardinality() > MAX_SERIES) {
      return;
    }
    long changes = engine.changesOf(shard);
    RoaringBitmap emptied = withoutRows(candidates);
    if (!emptied.isEmpty()
        && !Engine.await(
            engine.commits().submit(() -> UnusedSeries.leave(engine, shard, emptied, changes)))
        && emptied.getCardinality() <= MAX_SERIES_WHILE_WAITING) {
      Engine.await(engine.commits().submit(() -> forgetAtOnce(emptied)));
    }
  }

  /** Commit thread. */
  private boolean forgetAtOnce(RoaringBitmap candidates) {
    engine.storeLock().lock();
    try {
      RoaringBitmap emptied = withoutRows(candidates);
      return UnusedSeries.leave(engine, shard, emptied, shard.changes());
    } finally {
      engine.storeLock().unlock();
    }
  }

  private RoaringBitmap withoutRows(RoaringBitmap candidates) {
    RoaringBitmap emptied = new RoaringBitmap();
    try (PolicyIterator iterator = new PolicyIterator(engine, shard.policy().id())) {
      for (int seriesId : candidates) {
        // So that the series is not dropped meanwhile.
        engine.storeLock().lock();
        try {
          if (shard.isDropped()) {
            return new RoaringBitmap();
          }
          if (shard.policy().database().index().contains(seriesId)
              && !hasRows(seriesId, iterator)) {
            emptied.add(seriesId);
          }
        } finally {
          engine.storeLock().unlock();
        }
      }
    }
    return emptied;
  }

  private boolean hasRows(int seriesId, PolicyIterator iterator) {
    int[] fieldIds =
        shard.policy().database().index().fieldsOf(seriesId).stream()
            .mapToInt(Field::id)
            .sorted()
            .toArray();
    ScanSpec spec = new ScanSpec(new int[] {seriesId}, fieldIds, TimeRange.ALL, false);
    ShardView view = ShardView.ofPresent(engine, shard, spec, iterator);
    try (SeriesScan scan = new SeriesScan(spec, List.of(view), () -> {})) {
      scan.nextSeries();
      // What cannot be read may come back from a backup.
      return scan.nextBatch() || view.hasSeenDamage();
    }
  }
}
