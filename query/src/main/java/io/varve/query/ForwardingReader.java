package io.varve.query;

import io.varve.storage.NewestRows;
import io.varve.storage.ScanCost;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TagReader;
import io.varve.storage.model.TimeRange;
import java.util.List;

/** Leaves everything to another reader, but for what a subclass does in its own way. */
abstract class ForwardingReader implements SeriesReader {
  final SeriesReader reader;

  ForwardingReader(SeriesReader reader) {
    this.reader = reader;
  }

  @Override
  public void read(NewestRows wanted) {
    reader.read(wanted);
  }

  @Override
  public SeriesCursor scan(ScanSpec spec) {
    return reader.scan(spec);
  }

  @Override
  public ScanCost cost(ScanSpec spec, long most, Runnable beforeSeries) {
    return reader.cost(spec, most, beforeSeries);
  }

  @Override
  public int shardCount(TimeRange range) {
    return reader.shardCount(range);
  }

  @Override
  public List<String> measurements() {
    return reader.measurements();
  }

  @Override
  public long schemaVersion() {
    return reader.schemaVersion();
  }

  @Override
  public List<Field> fields(String measurement) {
    return reader.fields(measurement);
  }

  @Override
  public List<Field> fields(String measurement, TimeRange range) {
    return reader.fields(measurement, range);
  }

  @Override
  public List<String> tagKeys(String measurement) {
    return reader.tagKeys(measurement);
  }

  @Override
  public List<String> tagKeys(String measurement, TimeRange range) {
    return reader.tagKeys(measurement, range);
  }

  @Override
  public List<String> tagValues(String measurement, String tagKey) {
    return reader.tagValues(measurement, tagKey);
  }

  @Override
  public int[] select(String measurement, TagPredicate predicate, TimeRange range) {
    return reader.select(measurement, predicate, range);
  }

  @Override
  public SeriesKey key(int seriesId) {
    return reader.key(seriesId);
  }

  @Override
  public TagReader tags(List<String> tagKeys) {
    return reader.tags(tagKeys);
  }

  @Override
  public void close() {
    reader.close();
  }
}
