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
    for (String measurement : database.index().measurements()) {
      all.or(database.index().select(measurement, new TagPredicate.All()));
    }
    forget(engine, database, all);
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
