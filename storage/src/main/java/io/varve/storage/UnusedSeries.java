package io.varve.storage;

import io.varve.storage.index.SeriesIndex;
import io.varve.storage.kv.KvBatch;
import io.varve.storage.model.TagPredicate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes series off the lists that have no rows in any shard of any policy any more.
 *
 * <p>On the commit thread no row is between a batch and a shard: a shard's set of series has each
 * that has rows there, in the head or in chunks. So a series that is in no set has no rows, and one
 * that is written later is a new series. Looks at the given series only, in the newest shards
 * first, where most are found.
 *
 * <p>That they are gone need not be durable: the next opening finds them again.
 */
final class UnusedSeries {
  private static final Logger LOG = LoggerFactory.getLogger(UnusedSeries.class);

  private UnusedSeries() {}

  /** Looks at all series of a database, as after a crash. */
  static void forgetAll(Engine engine, Database database) {
    RoaringBitmap all = new RoaringBitmap();
    for (String measurement : database.index().catalog().measurements()) {
      all.or(database.index().select(measurement, new TagPredicate.All()));
    }
    forget(engine, database, all);
  }

  /**
   * Takes series off a shard's list that have no chunks in it as of so many changes, unless they
   * have rows in the head, and then off the lists of the database. Commit thread.
   *
   * @param changes {@link Shard#changes}
   * @return false if the shard has changed since
   */
  static boolean leave(Engine engine, Shard shard, RoaringBitmap emptied, long changes) {
    engine.storeLock().lock();
    try {
      if (shard.isDropped()) {
        return true;
      }
      if (shard.changes() != changes) {
        return false;
      }
      engine.ensureNotFailed();
      for (int seriesId : shard.head().seriesIds()) {
        emptied.remove(seriesId);
      }
      if (emptied.isEmpty()) {
        return true;
      }
      shard.forget(emptied);
      SeriesIndex index = shard.policy().database().index();
      for (int measurementId : index.measurementsOf(emptied)) {
        shard.index().removeUnused(measurementId);
      }
      try (KvBatch batch = engine.kv().newBatch()) {
        IndexRecords.putSeries(batch, shard);
        index.drainChanges(IndexRecords.into(batch, shard.policy().database().id()));
        engine.kv().write(batch, false);
        index.changesCommitted();
      } catch (StorageException e) {
        index.changesFailed();
        engine.writeFailed(e);
        throw e;
      }
      shard.index().seriesStored();
    } finally {
      engine.storeLock().unlock();
    }
    forget(engine, shard.policy().database(), emptied);
    return true;
  }

  /** Forgets those of the candidates that have no rows. Commit thread. */
  static void forget(Engine engine, Database database, RoaringBitmap candidates) {
    RoaringBitmap unused = candidates.clone();
    List<Shard> shards = new ArrayList<>(database.shards());
    Collections.reverse(shards);
    for (Shard shard : shards) {
      if (unused.isEmpty()) {
        return;
      }
      unused.andNot(RoaringBitmap.bitmapOf(shard.index().intersect(unused)));
    }
    if (unused.isEmpty() || database.isDropped()) {
      return;
    }
    SeriesIndex index = database.index();
    for (int measurementId : index.remove(unused)) {
      shards.forEach(shard -> shard.index().removeMeasurement(measurementId));
    }
    LOG.debug("{} series of {} have no rows any more", unused.getCardinality(), database.name());
    try (KvBatch batch = engine.kv().newBatch()) {
      index.drainChanges(IndexRecords.into(batch, database.id()));
      engine.kv().write(batch, false);
      index.changesCommitted();
    } catch (StorageException e) {
      index.changesFailed();
      engine.writeFailed(e);
      LOG.warn("the lists of series of {} are stored with its next commit", database.name(), e);
    }
  }
}
