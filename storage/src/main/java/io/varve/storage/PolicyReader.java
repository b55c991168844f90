package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.index.ShardIndex;
import io.varve.storage.model.Field;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TagReader;
import io.varve.storage.model.TimeRange;
import io.varve.storage.read.SeriesScan;
import io.varve.storage.read.ShardSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The reader of one policy: one view for all its cursors, each of which has an iterator of its own.
 */
final class PolicyReader implements SeriesReader {
  private final Engine engine;
  private final PolicyState policy;
  private final SeriesIndex index;
  private final ReadView view;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Takes the view over. */
  PolicyReader(Engine engine, PolicyState policy, ReadView view) {
    this.engine = engine;
    this.policy = policy;
    this.index = policy.database().index();
    this.view = view;
    engine.openReaders().incrementAndGet();
  }

  @Override
  public List<String> measurements() {
    ensureOpen();
    return index.catalog().measurements();
  }

  @Override
  public long schemaVersion() {
    ensureOpen();
    return index.schemaVersion();
  }

  @Override
  public List<Field> fields(String measurement) {
    ensureOpen();
    return index.catalog().fields(measurement);
  }

  @Override
  public List<Field> fields(String measurement, TimeRange range) {
    ensureOpen();
    int measurementId = index.findMeasurement(measurement);
    if (measurementId == SeriesIndex.NONE) {
      return List.of();
    }
    List<Field> found = new ArrayList<>();
    for (Field field : index.catalog().fields(measurement)) {
      if (anyShard(range, shard -> shard.hasField(measurementId, field.id()))) {
        found.add(field);
      }
    }
    return found;
  }

  @Override
  public List<String> tagKeys(String measurement) {
    ensureOpen();
    return index.catalog().tagKeys(measurement);
  }

  @Override
  public List<String> tagKeys(String measurement, TimeRange range) {
    ensureOpen();
    return index
        .catalog()
        .tagKeys(measurement, series -> anyShard(range, shard -> shard.containsAny(series)));
  }

  private boolean anyShard(TimeRange range, Predicate<ShardIndex> wanted) {
    for (ReadView.Seen seen : view.shards()) {
      if (seen.shard().bounds().overlaps(range) && wanted.test(seen.shard().index())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<String> tagValues(String measurement, String tagKey) {
    ensureOpen();
    return index.catalog().tagValues(measurement, tagKey);
  }

  @Override
  public int[] select(String measurement, TagPredicate predicate, TimeRange range) {
    ensureOpen();
    RoaringBitmap candidates = index.select(measurement, predicate);
    if (range.equals(TimeRange.ALL)) {
      return candidates.toArray();
    }
    List<ShardIndex> shards = new ArrayList<>();
    for (ReadView.Seen seen : view.shards()) {
      if (seen.shard().bounds().overlaps(range)) {
        shards.add(seen.shard().index());
      }
    }
    int[] found = new int[candidates.getCardinality()];
    int count = 0;
    IntIterator ids = candidates.getIntIterator();
    while (ids.hasNext()) {
      int seriesId = ids.next();
      if (isInAny(shards, seriesId)) {
        found[count++] = seriesId;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static boolean isInAny(List<ShardIndex> shards, int seriesId) {
    for (int i = 0; i < shards.size(); i++) {
      if (shards.get(i).containsSeries(seriesId)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public SeriesKey key(int seriesId) {
    ensureOpen();
    return index.key(seriesId);
  }

  @Override
  public TagReader tags(List<String> tagKeys) {
    ensureOpen();
    return index.tags(tagKeys);
  }

  @Override
  public void read(NewestRows wanted) {
    ensureOpen();
    new NewestRowsSearch(engine, view, wanted).run();
  }

  @Override
  public SeriesCursor scan(ScanSpec spec) {
    ensureOpen();
    PolicyIterator iterator = new PolicyIterator(engine, policy.id(), view);
    List<ShardSource> sources = new ArrayList<>();
    for (ReadView.Seen seen : view.shards()) {
      if (seen.shard().bounds().overlaps(spec.range())) {
        sources.add(new ShardView(engine, seen, spec, iterator, view));
      }
    }
    AtomicInteger open = engine.openReaders();
    open.incrementAndGet();
    AtomicBoolean cursorClosed = new AtomicBoolean();
    return new SeriesScan(
        spec,
        sources,
        () -> {
          if (cursorClosed.compareAndSet(false, true)) {
            iterator.close();
            open.decrementAndGet();
          }
        });
  }

  @Override
  public int shardCount(TimeRange range) {
    int count = 0;
    for (ReadView.Seen seen : view.shards()) {
      count += seen.shard().bounds().overlaps(range) ? 1 : 0;
    }
    return count;
  }

  @Override
  public ScanCost cost(ScanSpec spec, long most, Runnable beforeSeries) {
    ensureOpen();
    int found = 0;
    long looks = 0;
    ScanCost total = ScanCost.NONE;
    try (PolicyIterator iterator = new PolicyIterator(engine, policy.id(), view)) {
      for (ReadView.Seen seen : view.shards()) {
        if (!seen.shard().bounds().overlaps(spec.range())) {
          continue;
        }
        ShardView source = new ShardView(engine, seen, spec, iterator, view).keepingChunks(false);
        boolean any = false;
        for (int seriesId : spec.seriesIds()) {
          if (looks++ >= most || !total.complete()) {
            return total.in(found + (any ? 1 : 0), false);
          }
          beforeSeries.run();
          if (source.mayContain(seriesId)) {
            any = true;
            total = ShardCost.of(source, seriesId, spec, most, total);
          }
        }
        found += any ? 1 : 0;
      }
    }
    return total.in(found, total.complete());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      view.close();
      engine.openReaders().decrementAndGet();
    }
  }

  private void ensureOpen() {
    if (closed.get()) {
      throw new StorageException(Kind.UNAVAILABLE, "the reader is closed");
    }
    engine.ensureOpen();
  }
}
