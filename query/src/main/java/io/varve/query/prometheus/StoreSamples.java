package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.eval.SampleSource;
import io.varve.query.promql.function.Condenser;
import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.Samples;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Selects series over the databases of a view. All metrics of a measurement that a selector wants
 * are read by one scan.
 */
final class StoreSamples implements SampleSource {
  private final List<DatabaseView> databases;
  private final QueryGuard guard;
  private final LongAdder samplesRead = new LongAdder();

  StoreSamples(List<DatabaseView> databases, QueryGuard guard) {
    this.databases = databases;
    this.guard = guard;
  }

  /** Samples that have come from the store so far. */
  long samplesRead() {
    return samplesRead.sum();
  }

  @Override
  public Selection select(
      List<String> names,
      List<LabelMatcher> matchers,
      long afterMillis,
      long upToMillis,
      boolean keepStale,
      Condenser condenser,
      int seriesPerBlock) {
    TimeRange range = Times.leftOpen(afterMillis, upToMillis);
    List<SampleBlock> blocks = new ArrayList<>();
    int databasesFound = 0;
    boolean mayRepeat = false;
    boolean joint = false;
    boolean histograms = false;
    boolean ownLabel = false;
    for (DatabaseView database : databases) {
      TagPredicate predicate = LabelPredicates.of(matchers, database.label());
      Set<String> found = new HashSet<>();
      Map<String, List<MetricField>> byMeasurement = new LinkedHashMap<>();
      for (MetricField metric : metrics(database, names, matchers)) {
        List<MetricField> together =
            byMeasurement.computeIfAbsent(metric.measurement(), m -> new ArrayList<>());
        together.add(metric);
        joint |= together.size() > 1;
        histograms |= metric.histograms();
        mayRepeat |= !found.add(metric.name());
      }
      int before = blocks.size();
      byMeasurement.forEach(
          (measurement, metrics) -> {
            int[] series = database.reader().select(measurement, predicate, range);
            addBlocks(
                blocks, database, series, metrics, range, keepStale, condenser, seriesPerBlock);
          });
      if (blocks.size() > before) {
        databasesFound++;
        ownLabel |= hasDatabaseTag(database, byMeasurement.keySet());
      }
    }
    boolean repeats = mayRepeat || (ownLabel && databasesFound > 1);
    return new Selection(blocks, repeats, joint && !histograms);
  }

  private static List<MetricField> metrics(
      DatabaseView database, List<String> names, List<LabelMatcher> matchers) {
    if (names.isEmpty()) {
      return Metrics.matching(database.names(), matchers);
    }
    List<MetricField> found = new ArrayList<>();
    names.forEach(name -> found.addAll(database.names().find(name)));
    return found;
  }

  /** Whether series may say by a tag that they are of another database. */
  private static boolean hasDatabaseTag(DatabaseView database, Set<String> measurements) {
    for (String measurement : measurements) {
      if (database.reader().tagKeys(measurement).contains(LabelPredicates.DATABASE)) {
        return true;
      }
    }
    return false;
  }

  private void addBlocks(
      List<SampleBlock> blocks,
      DatabaseView database,
      int[] series,
      List<MetricField> metrics,
      TimeRange range,
      boolean keepStale,
      Condenser condenser,
      int seriesPerBlock) {
    int perBlock = Math.max(1, seriesPerBlock / metrics.size());
    for (int from = 0; from < series.length; from += perBlock) {
      int[] some = Arrays.copyOfRange(series, from, Math.min(series.length, from + perBlock));
      SeriesBlock block = new SeriesBlock(database, some, metrics, range, keepStale, condenser);
      blocks.add(new GuardedBlock(block, guard, samplesRead));
    }
  }

  /** Looks at the guard when a batch comes, and counts the samples of each series. */
  private record GuardedBlock(SampleBlock block, QueryGuard guard, LongAdder samplesRead)
      implements SampleBlock {
    @Override
    public int seriesCount() {
      return block.seriesCount();
    }

    @Override
    public void read(Supplier<SampleSink> sinks, Room room) {
      block.read(
          () -> new CountingSink(sinks.get(), samplesRead),
          wanted -> {
            guard.check();
            room.ensure(wanted);
          });
    }
  }

  private record CountingSink(SampleSink sink, LongAdder samplesRead) implements SampleSink {
    @Override
    public void begin() {
      sink.begin();
    }

    @Override
    public void add(SampleBatch batch) {
      samplesRead.add(batch.samples(batch.count()));
      sink.add(batch);
    }

    @Override
    public void end(Labels labels) {
      sink.end(labels);
    }

    @Override
    public void all(Labels labels, Samples samples) {
      samplesRead.add(samples.count());
      sink.all(labels, samples);
    }
  }
}
