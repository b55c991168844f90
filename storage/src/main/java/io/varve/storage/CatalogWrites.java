package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.kv.KvBatch;
import java.util.function.Consumer;

/**
 * How changes of the catalogue reach the disk: one durable batch each. If RocksDB refuses it, the
 * engine learns of it and nothing has changed. Commit thread.
 */
final class CatalogWrites {
  private final Engine engine;

  CatalogWrites(Engine engine) {
    this.engine = engine;
  }

  void write(Consumer<KvBatch> fill) {
    engine.ensureNotFailed();
    try (KvBatch batch = engine.kv().newBatch()) {
      fill.accept(batch);
      engine.kv().write(batch, true);
    } catch (StorageException e) {
      engine.writeFailed(e);
      throw e;
    }
  }

  /**
   * Writes what has changed in an index, and more, in one batch. If that fails, the changes of the
   * index go with the next commit, and nothing else is written before.
   */
  void writeIndexChanges(Database database, Consumer<KvBatch> more) {
    SeriesIndex index = database.index();
    try (KvBatch batch = engine.kv().newBatch()) {
      index.drainChanges(IndexRecords.into(batch, database.id()));
      more.accept(batch);
      engine.kv().write(batch, true);
    } catch (StorageException e) {
      index.changesFailed();
      engine.writeFailed(e);
      throw e;
    }
    index.changesCommitted();
  }

  void withStoreLock(Runnable action) {
    engine.storeLock().lock();
    try {
      action.run();
    } finally {
      engine.storeLock().unlock();
    }
  }

  static void ensureExists(Database database) {
    if (database.isDropped()) {
      throw new StorageException(Kind.USER, "database not found: " + database.name());
    }
  }
}
