package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.eval.SampleSource;
import io.varve.query.promql.function.Condenser;
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
  private final Condenser condenser;

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
      boolean keepStale,
      Condenser condenser) {
    this.database = database;
    this.seriesIds = seriesIds;
    this.fields = fields;
    this.range = range;
    this.keepStale = keepStale;
    this.condenser = condenser;
  }

  @Override
  public int seriesCount() {
    return seriesIds.length * fields.size();
  }

  @Override
  public void read(SampleSource.SampleVisitor visitor, SampleSource.Room room) {
    int[] fieldIds = fields.stream().flatMapToInt(f -> IntStream.of(f.fieldIds())).toArray();
    FieldSamples[] samples = fieldSamples(condenser);
    ScanSpec spec = new ScanSpec(seriesIds, fieldIds, range, false);
    try (SeriesCursor cursor = database.reader().scan(spec)) {
      while (cursor.nextSeries()) {
        if (addAll(cursor, samples, room)) {
          visit(cursor.seriesId(), samples, visitor);
        } else {
          readOneByOne(cursor.seriesId(), fieldIds, visitor, room);
        }
      }
    }
  }

  private FieldSamples[] fieldSamples(Condenser what) {
    FieldSamples[] samples = new FieldSamples[fields.size()];
    for (int f = 0; f < samples.length; f++) {
      samples[f] = new FieldSamples(what, keepStale);
    }
    return samples;
  }

  /** Reads a series that cannot be condensed. */
  private void readOneByOne(
      int seriesId, int[] fieldIds, SampleSource.SampleVisitor visitor, SampleSource.Room room) {
    FieldSamples[] samples = fieldSamples(Condenser.EVERYTHING);
    ScanSpec spec = new ScanSpec(new int[] {seriesId}, fieldIds, range, false);
    try (SeriesCursor cursor = database.reader().scan(spec)) {
      while (cursor.nextSeries()) {
        if (!addAll(cursor, samples, room)) {
          throw new IllegalStateException("samples were condensed that are all wanted");
        }
        visit(seriesId, samples, visitor);
      }
    }
  }

  /** Reads a series; false if it must be read without condensing. */
  private boolean addAll(SeriesCursor cursor, FieldSamples[] samples, SampleSource.Room room) {
    for (FieldSamples each : samples) {
      each.clear();
    }
    while (cursor.nextBatch()) {
      room.ensure(count(samples) + (long) cursor.batch().rowCount() * samples.length);
      if (!add(cursor.batch(), samples)) {
        return false;
      }
      ensureHistograms(samples, room);
    }
    return true;
  }

  /** What histograms take is known once they are decoded; a batch bounds it. */
  private static void ensureHistograms(FieldSamples[] samples, SampleSource.Room room) {
    for (FieldSamples each : samples) {
      if (each.samples().hasHistograms()) {
        room.ensure(count(samples));
        return;
      }
    }
  }

  private void visit(int seriesId, FieldSamples[] samples, SampleSource.SampleVisitor visitor) {
    SeriesKey key = null;
    for (int f = 0; f < samples.length; f++) {
      if (samples[f].samples().count() > 0) {
        key = key == null ? database.reader().key(seriesId) : key;
        visitor.visit(labels(key, fields.get(f).name(), database.label()), samples[f].samples());
      }
    }
  }

  private static long count(FieldSamples[] samples) {
    long count = 0;
    for (FieldSamples each : samples) {
      count += each.samples().weight();
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

  private boolean add(ColumnBatch batch, FieldSamples[] samples) {
    int column = 0;
    for (int f = 0; f < samples.length; f++) {
      int ids = fields.get(f).fieldIds().length;
      if (fields.get(f).histograms() && samples[f].addHistograms(batch, column, ids)) {
        column += ids;
        continue;
      }
      for (int i = 0; i < ids; i++) {
        Column values = batch.column(column++);
        if (!values.isAbsent() && !samples[f].add(batch, values, ids == 1)) {
          return false;
        }
      }
    }
    return true;
  }
}
