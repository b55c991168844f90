package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Visits series sorted by their labels, batch by batch: holds the labels of all, but the samples of
 * one batch only.
 *
 * <p>Neighbours of one metric are read by one scan, and as the name sorts before labels in small
 * letters that mostly is one scan per metric.
 */
final class SortedSeries {
  /** Most series of a request, at some 500 bytes each. */
  static final int MAX_SERIES = 500_000;

  /** A metric of a database. */
  private record Source(DatabaseView database, MetricField metric) {}

  /**
   * A series.
   *
   * @param source its place among the sources
   */
  private record Entry(Labels labels, int source, int seriesId) {}

  private final List<DatabaseView> databases;
  private final TimeRange range;
  private final QueryGuard guard;
  private final List<Source> sources = new ArrayList<>();
  private final Samples samples = new Samples();
  private @Nullable Labels last;

  SortedSeries(List<DatabaseView> databases, TimeRange range, QueryGuard guard) {
    this.databases = databases;
    this.range = range;
    this.guard = guard;
  }

  /** Visits the series that meet all matchers. Of several with the same labels the first counts. */
  void visit(List<LabelMatcher> matchers, SeriesVisitor visitor) {
    List<Entry> entries = find(matchers);
    entries.sort(Comparator.comparing(Entry::labels));
    int from = 0;
    while (from < entries.size()) {
      int source = entries.get(from).source();
      int to = from + 1;
      while (to < entries.size() && entries.get(to).source() == source) {
        to++;
      }
      read(sources.get(source), entries.subList(from, to), visitor);
      from = to;
    }
  }

  private List<Entry> find(List<LabelMatcher> matchers) {
    List<Entry> entries = new ArrayList<>();
    for (DatabaseView database : databases) {
      TagPredicate predicate = LabelPredicates.of(matchers, database.label());
      Map<String, List<MetricField>> byMeasurement = new TreeMap<>();
      for (MetricField metric : Metrics.matching(database.names(), matchers)) {
        byMeasurement.computeIfAbsent(metric.measurement(), m -> new ArrayList<>()).add(metric);
      }
      byMeasurement.forEach(
          (measurement, metrics) -> {
            int[] ids = database.reader().select(measurement, predicate, range);
            if (entries.size() + (long) ids.length * metrics.size() > MAX_SERIES) {
              throw new PromException(
                  PromException.Kind.BAD_DATA,
                  "the query selects more than " + MAX_SERIES + " series");
            }
            guard.check();
            add(database, metrics, ids, entries);
          });
    }
    return entries;
  }

  private void add(
      DatabaseView database, List<MetricField> metrics, int[] ids, List<Entry> entries) {
    int first = sources.size();
    for (MetricField metric : metrics) {
      sources.add(new Source(database, metric));
    }
    for (int id : ids) {
      SeriesKey key = database.reader().key(id);
      for (int m = 0; m < metrics.size(); m++) {
        Labels labels = SeriesBlock.labels(key, metrics.get(m).name(), database.label());
        entries.add(new Entry(labels, first + m, id));
      }
    }
  }

  private void read(Source source, List<Entry> entries, SeriesVisitor visitor) {
    int[] ids = entries.stream().mapToInt(Entry::seriesId).toArray();
    ScanSpec spec = new ScanSpec(ids, source.metric().fieldIds(), range, false);
    try (SeriesCursor cursor = source.database().reader().scan(spec)) {
      for (int next = 0; cursor.nextSeries(); next++) {
        Labels labels = entries.get(next).labels();
        if (!labels.equals(last)) {
          read(cursor, spec.fieldIds().length, labels, visitor);
        }
      }
    }
  }

  /** Keeps the last sample of a batch back: the next batch may begin in the same millisecond. */
  private void read(SeriesCursor cursor, int columns, Labels labels, SeriesVisitor visitor) {
    samples.clear();
    while (cursor.nextBatch()) {
      guard.check();
      ColumnBatch batch = cursor.batch();
      SampleColumns.append(batch, 0, columns, true, samples);
      int count = samples.count() - 1;
      if (count > 0) {
        long time = samples.timesMillis()[count];
        double value = samples.values()[count];
        FloatHistogram histogram = samples.histogram(count);
        pass(labels, count, visitor);
        samples.clear();
        if (histogram == null) {
          samples.add(time, value);
        } else {
          samples.put(time, histogram);
        }
      }
    }
    if (samples.count() > 0) {
      pass(labels, samples.count(), visitor);
      visitor.endSeries();
    }
  }

  private void pass(Labels labels, int count, SeriesVisitor visitor) {
    if (!labels.equals(last)) {
      last = labels;
      visitor.beginSeries(labels);
    }
    visitor.samples(new SampleRun(samples, count));
  }
}
