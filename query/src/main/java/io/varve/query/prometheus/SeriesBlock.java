package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.eval.SampleSource;
import io.varve.query.promql.function.Condenser;
import io.varve.query.promql.function.SampleBatch;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Some series of a measurement with all their wanted fields, which one scan reads together: their
 * times are decoded once.
 */
final class SeriesBlock implements SampleSource.SampleBlock {
  /** Of series of one sample per field, so many come between two looks whether to go on. */
  private static final int SERIES_PER_LOOK = 64;

  private final DatabaseView database;
  private final int[] seriesIds;
  private final List<MetricField> fields;
  private final TimeRange range;
  private final boolean keepStale;
  private final Condenser condenser;

  /** The tags of the series before. */
  private Labels similar = Labels.EMPTY;

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
  public void read(Supplier<SampleSource.SampleSink> sinks, SampleSource.Room room) {
    int[] fieldIds = fields.stream().flatMapToInt(f -> IntStream.of(f.fieldIds())).toArray();
    List<SampleSource.SampleSink> perField = new ArrayList<>();
    for (int f = 0; f < fields.size(); f++) {
      perField.add(sinks.get());
    }
    FieldSamples[] samples = fieldSamples(condenser, perField);
    NewestSamples newest =
        condenser.wantsNewest()
            ? NewestSamples.of(database.reader(), seriesIds, fields, range)
            : null;
    int[] scanned = newest == null ? seriesIds : newest.others();
    ScanSpec spec = new ScanSpec(scanned, fieldIds, range, false);
    try (SeriesCursor cursor = database.reader().scan(spec)) {
      for (int place = 0; place < seriesIds.length; place++) {
        if (newest != null && newest.has(place)) {
          if (place % SERIES_PER_LOOK == 0) {
            room.ensure(samples.length);
          }
          newest.add(place, samples);
          end(seriesIds[place], samples);
        } else if (cursor.nextSeries()) {
          if (addAll(cursor, samples, room)) {
            end(cursor.seriesId(), samples);
          } else {
            readOneByOne(cursor.seriesId(), fieldIds, perField, room);
          }
        }
      }
    }
  }

  private FieldSamples[] fieldSamples(Condenser what, List<SampleSource.SampleSink> sinks) {
    FieldSamples[] samples = new FieldSamples[fields.size()];
    SampleBatch read = new SampleBatch();
    for (int f = 0; f < samples.length; f++) {
      boolean collects = fields.get(f).histograms();
      samples[f] = new FieldSamples(what, keepStale, collects, read, sinks.get(f));
    }
    return samples;
  }

  /** Reads a series that cannot be condensed. */
  private void readOneByOne(
      int seriesId, int[] fieldIds, List<SampleSource.SampleSink> sinks, SampleSource.Room room) {
    FieldSamples[] samples = fieldSamples(Condenser.EVERYTHING, sinks);
    ScanSpec spec = new ScanSpec(new int[] {seriesId}, fieldIds, range, false);
    try (SeriesCursor cursor = database.reader().scan(spec)) {
      while (cursor.nextSeries()) {
        if (!addAll(cursor, samples, room)) {
          throw new IllegalStateException("samples were condensed that are all wanted");
        }
        end(seriesId, samples);
      }
    }
  }

  /** Reads a series; false if it must be read without condensing. */
  private boolean addAll(SeriesCursor cursor, FieldSamples[] samples, SampleSource.Room room) {
    for (FieldSamples each : samples) {
      each.begin();
    }
    while (cursor.nextBatch()) {
      room.ensure(weight(samples) + (long) cursor.batch().rowCount() * samples.length);
      if (!add(cursor.batch(), samples)) {
        return false;
      }
    }
    // What histograms take is known once they are decoded; a batch bounds it.
    room.ensure(weight(samples));
    return true;
  }

  private void end(int seriesId, FieldSamples[] samples) {
    Labels tags = null;
    for (int f = 0; f < samples.length; f++) {
      if (samples[f].hasSamples()) {
        if (tags == null) {
          tags = Labels.ofTags(database.reader().key(seriesId), similar);
          similar = tags;
          tags = placed(tags, database.label());
        }
        samples[f].end(tags.named(fields.get(f).name()));
      }
    }
  }

  private static long weight(FieldSamples[] samples) {
    long weight = 0;
    for (FieldSamples each : samples) {
      weight += each.weight();
    }
    return weight;
  }

  /** The labels of a metric of a series; a tag goes before the database's label. */
  static Labels labels(SeriesKey key, String metric, String databaseLabel) {
    return placed(Labels.ofTags(key, Labels.EMPTY), databaseLabel).named(metric);
  }

  private static Labels placed(Labels tags, String databaseLabel) {
    return databaseLabel.isEmpty() || tags.has(LabelPredicates.DATABASE)
        ? tags
        : tags.with(LabelPredicates.DATABASE, databaseLabel);
  }

  private boolean add(ColumnBatch batch, FieldSamples[] samples) {
    BatchTimes times = new BatchTimes(batch);
    int column = 0;
    for (int f = 0; f < samples.length; f++) {
      int ids = fields.get(f).fieldIds().length;
      if (fields.get(f).histograms() && samples[f].addHistograms(times, column, ids)) {
        column += ids;
        continue;
      }
      for (int i = 0; i < ids; i++) {
        Column values = batch.column(column++);
        if (!values.isAbsent() && !samples[f].add(times, values, ids == 1)) {
          return false;
        }
      }
    }
    return true;
  }
}
