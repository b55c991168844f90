package io.varve.query.prometheus;

import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.eval.SampleSource;
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

/**
 * Selects series over the databases of a view. All metrics of a measurement that a selector wants
 * are read by one scan.
 */
final class StoreSamples implements SampleSource {
  /** Metrics times series of a block, roughly: what is worth a scan of its own. */
  private static final int BLOCK_SERIES = 256;

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
  public List<SampleBlock> select(
      List<LabelMatcher> matchers, long afterMillis, long upToMillis, boolean keepStale) {
    TimeRange range = Times.leftOpen(afterMillis, upToMillis);
    List<SampleBlock> blocks = new ArrayList<>();
    for (DatabaseView database : databases) {
      List<SampleBlock> found = new ArrayList<>();
      TagPredicate predicate = LabelPredicates.of(matchers, database.label());
      Set<String> names = new HashSet<>();
      boolean distinct = true;
      Map<String, List<MetricField>> byMeasurement = new LinkedHashMap<>();
      for (MetricField metric : Metrics.matching(database.names(), matchers)) {
        byMeasurement.computeIfAbsent(metric.measurement(), m -> new ArrayList<>()).add(metric);
        distinct &= names.add(metric.name());
      }
      byMeasurement.forEach(
          (measurement, metrics) -> {
            int[] series = database.reader().select(measurement, predicate, range);
            addBlocks(found, database, series, metrics, range, keepStale);
          });
      if (distinct) {
        blocks.addAll(found);
      } else {
        blocks.add(new DistinctBlock(found));
      }
    }
    return blocks;
  }

  private void addBlocks(
      List<SampleBlock> blocks,
      DatabaseView database,
      int[] series,
      List<MetricField> metrics,
      TimeRange range,
      boolean keepStale) {
    int perBlock = Math.max(1, BLOCK_SERIES / metrics.size());
    for (int from = 0; from < series.length; from += perBlock) {
      int[] some = Arrays.copyOfRange(series, from, Math.min(series.length, from + perBlock));
      SeriesBlock block = new SeriesBlock(database, some, metrics, range, keepStale);
      blocks.add(new GuardedBlock(block, guard, samplesRead));
    }
  }

  /** Looks at the guard before each series, and counts its samples. */
  private record GuardedBlock(SampleBlock block, QueryGuard guard, LongAdder samplesRead)
      implements SampleBlock {
    @Override
    public int seriesCount() {
      return block.seriesCount();
    }

    @Override
    public void read(SampleVisitor visitor) {
      block.read(
          (labels, samples) -> {
            guard.check();
            samplesRead.add(samples.count());
            visitor.visit(labels, samples);
          });
    }
  }
}
