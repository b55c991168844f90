package io.varve.storage;

import io.varve.storage.index.SeriesIndex;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.TombstoneRecord;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Deletes rows, series, measurements and fields: what is in the log, in heads and in chunks. Commit
 * thread.
 */
final class Deletions {
  private final Engine engine;
  private final CatalogWrites writes;
  private final Catalog catalog = new Catalog();

  Deletions(Engine engine, CatalogWrites writes) {
    this.engine = engine;
    this.writes = writes;
  }

  /**
   * Deletes rows by series and time: a small record per shard says so, the rows in the heads are
   * hidden at once, and those in chunks are hidden by readers until a compaction removes them.
   *
   * @param policyName null for all
   * @return a shard that has too many such records, if nothing was deleted because of it
   */
  @Nullable Shard delete(
      Database database,
      @Nullable String policyName,
      String measurement,
      TagPredicate predicate,
      TimeRange range) {
    CatalogWrites.ensureExists(database);
    RoaringBitmap seriesIds = database.index().select(measurement, predicate);
    if (range.isEmpty() || seriesIds.isEmpty()) {
      return null;
    }
    List<Shard> shards = new ArrayList<>();
    if (policyName == null) {
      shards.addAll(database.shards());
    } else {
      shards.addAll(database.findPolicy(policyName).shards());
    }
    shards.removeIf(shard -> !shard.bounds().overlaps(range));
    engine.storeLock().lock();
    try {
      return delete(shards, seriesIds, range);
    } finally {
      engine.storeLock().unlock();
    }
  }

  private @Nullable Shard delete(List<Shard> shards, RoaringBitmap seriesIds, TimeRange range) {
    // This thread writes the log: all records there are have been applied to the heads.
    long logSequence = engine.commits().appliedSequence();
    Map<Shard, TombstoneRecord> tombstones = new LinkedHashMap<>();
    Map<Shard, List<TombstoneRecord>> covered = new HashMap<>();
    for (Shard shard : shards) {
      RoaringBitmap affected = RoaringBitmap.and(seriesIds, shard.index().series());
      if (!affected.isEmpty()) {
        affected.runOptimize();
        TombstoneRecord tombstone = shard.newTombstone(logSequence, range, affected);
        List<TombstoneRecord> redundant = shard.coveredBy(tombstone);
        if (shard.tombstones().size() - redundant.size() >= Shard.MAX_TOMBSTONES) {
          return shard;
        }
        tombstones.put(shard, tombstone);
        covered.put(shard, redundant);
      }
    }
    if (tombstones.isEmpty()) {
      return null;
    }
    writes.write(
        batch ->
            tombstones.forEach(
                (shard, tombstone) -> {
                  covered
                      .getOrDefault(shard, List.of())
                      .forEach(other -> catalog.deleteTombstone(batch, other));
                  catalog.putTombstone(batch, tombstone);
                  // Its sequence number stays reserved, whatever became of chunks up to there.
                  catalog.putShard(batch, shard.record());
                  catalog.deleteCompacted(batch, shard.key());
                }));
    engine.moments().beginChanges();
    try {
      tombstones.forEach(
          (shard, tombstone) -> {
            shard.removeTombstones(covered.getOrDefault(shard, List.of()));
            apply(shard, tombstone);
          });
    } finally {
      engine.moments().endChanges();
    }
    return null;
  }

  private void apply(Shard shard, TombstoneRecord tombstone) {
    shard.markChanged();
    shard.addTombstone(tombstone);
    tombstone
        .series()
        .forEach(
            (int seriesId) -> {
              if (shard.head().delete(seriesId, tombstone.range())) {
                engine.flusher().seal(shard, seriesId, tombstone.logSequence());
              }
            });
  }

  /**
   * Drops a field, of whatever type: its ids mean nothing from then on, and a field of that name
   * gets another one. Its chunks go with the next compaction of each shard.
   */
  boolean dropField(Database database, String measurement, String field) {
    CatalogWrites.ensureExists(database);
    SeriesIndex index = database.index();
    int measurementId = index.findMeasurement(measurement);
    boolean known =
        measurementId != SeriesIndex.NONE
            && index.catalog().fields(measurement).stream()
                .anyMatch(each -> each.name().equals(field));
    if (!known) {
      return false;
    }
    writes.withStoreLock(
        () -> {
          engine.ensureNotFailed();
          int[] fieldIds = index.dropField(measurementId, field);
          for (Shard shard : database.shards()) {
            shard.index().removeFields(measurementId, fieldIds);
          }
          writes.writeIndexChanges(
              database,
              batch ->
                  database.shards().forEach(shard -> catalog.deleteCompacted(batch, shard.key())));
          database.shards().forEach(Shard::markChanged);
        });
    return true;
  }

  /** Drops all series of a measurement; what is written under its name later starts anew. */
  boolean dropMeasurement(Database database, String measurement) {
    return dropSeries(database, measurement, new TagPredicate.All()) > 0;
  }

  /**
   * Drops series in all shards of a database.
   *
   * <p>Ids are never handed out again, so a recovery knows which rows in the log belong to nobody.
   */
  int dropSeries(Database database, String measurement, TagPredicate predicate) {
    CatalogWrites.ensureExists(database);
    SeriesIndex index = database.index();
    RoaringBitmap seriesIds = index.select(measurement, predicate);
    if (seriesIds.isEmpty()) {
      return 0;
    }
    int measurementId = index.findMeasurement(measurement);
    List<Shard> shards = database.shards();
    writes.withStoreLock(
        () -> {
          engine.ensureNotFailed();
          boolean emptied = !index.remove(seriesIds).isEmpty();
          Map<Shard, RoaringBitmap> stored = new LinkedHashMap<>();
          for (Shard shard : shards) {
            stored.put(shard, RoaringBitmap.and(seriesIds, shard.index().series()));
            shard.index().removeSeries(seriesIds);
            if (emptied) {
              shard.index().removeMeasurement(measurementId);
            } else {
              shard.index().removeUnused(measurementId);
            }
          }
          engine.chunkCache().beginChange();
          try {
            writes.writeIndexChanges(
                database,
                batch ->
                    stored.forEach(
                        (shard, ids) -> {
                          if (emptied) {
                            SeriesChunks.deleteBlocks(batch, shard, ids);
                          } else {
                            SeriesChunks.delete(engine.kv(), batch, shard, ids);
                          }
                        }));
          } finally {
            stored.forEach((shard, ids) -> engine.chunkCache().remove(shard.cachedChunks(), ids));
            engine.chunkCache().endChange();
          }
          for (Shard shard : shards) {
            seriesIds.forEach((int seriesId) -> shard.head().remove(seriesId));
          }
        });
    return seriesIds.getCardinality();
  }
}
