package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.eval.SampleSource;
import io.varve.query.promql.function.Samples;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TimeRange;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some series of a measurement with all their wanted fields, which one scan reads together: their
 * times are decoded once.
 */
final class SeriesBlock implements SampleSource.SampleBlock {
  private final DatabaseView database;
  private final int[] seriesIds;
  private final List<MetricField> fields;
  private final TimeRange range;
  private final boolean keepStale;

  /**
   * A block.
   *
   * @param fields of one measurement
   */
  SeriesBlock(
      DatabaseView database,
      int[] seriesIds,
      List<MetricField> fields,
      TimeRange range,
      boolean keepStale) {
    this.database = database;
    this.seriesIds = seriesIds;
    this.fields = fields;
    this.range = range;
    this.keepStale = keepStale;
  }

  @Override
  public int seriesCount() {
    return seriesIds.length * fields.size();
  }

  @Override
  public void read(SampleSource.SampleVisitor visitor, SampleSource.Room room) {
    int[] fieldIds = fields.stream().flatMapToInt(f -> IntStream.of(f.fieldIds())).toArray();
    Samples[] samples = new Samples[fields.size()];
    for (int f = 0; f < samples.length; f++) {
      samples[f] = new Samples();
    }
    ScanSpec spec = new ScanSpec(seriesIds, fieldIds, range, false);
    try (SeriesCursor cursor = database.reader().scan(spec)) {
      while (cursor.nextSeries()) {
        for (Samples each : samples) {
          each.clear();
        }
        while (cursor.nextBatch()) {
          room.ensure(samples(samples) + (long) cursor.batch().rowCount() * samples.length);
          append(cursor.batch(), samples);
        }
        SeriesKey key = null;
        for (int f = 0; f < samples.length; f++) {
          if (samples[f].count() > 0) {
            key = key == null ? database.reader().key(cursor.seriesId()) : key;
            visitor.visit(labels(key, fields.get(f).name(), database.label()), samples[f]);
          }
        }
      }
    }
  }

  private static long samples(Samples[] samples) {
    long count = 0;
    for (Samples each : samples) {
      count += each.count();
    }
    return count;
  }

  /** The labels of a metric of a series; a tag goes before the database's label. */
  static Labels labels(SeriesKey key, String metric, String databaseLabel) {
    Labels tags = Labels.ofSorted(key.tags());
    Labels placed =
        databaseLabel.isEmpty() || tags.has(LabelPredicates.DATABASE)
            ? tags
            : tags.with(LabelPredicates.DATABASE, databaseLabel);
    return placed.with(Labels.NAME, metric);
  }

  private void append(ColumnBatch batch, Samples[] samples) {
    int column = 0;
    for (int f = 0; f < samples.length; f++) {
      int ids = fields.get(f).fieldIds().length;
      for (int i = 0; i < ids; i++) {
        Column values = batch.column(column++);
        if (!values.isAbsent()) {
          SampleColumn.append(batch, values, keepStale, samples[f]);
        }
      }
    }
  }
}
