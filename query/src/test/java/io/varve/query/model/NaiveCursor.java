package io.varve.query.model;

import io.varve.storage.ColumnBatch;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Cuts the rows of each series into batches. */
final class NaiveCursor implements SeriesCursor {
  private final NaiveDatabase database;
  private final String policy;
  private final ScanSpec spec;
  private final Runnable onClose;
  private int series = -1;
  private final List<NaiveBatch> batches = new ArrayList<>();
  private int batch = -1;
  private boolean closed;

  NaiveCursor(NaiveDatabase database, String policy, ScanSpec spec, Runnable onClose) {
    this.database = database;
    this.policy = policy;
    this.spec = spec;
    this.onClose = onClose;
  }

  @Override
  public boolean nextSeries() {
    if (++series >= spec.seriesIds().length) {
      return false;
    }
    batches.clear();
    batch = -1;
    FieldType[] types = types();
    List<Map.Entry<Long, NaiveDatabase.Row>> chunk = new ArrayList<>();
    for (Map.Entry<Long, NaiveDatabase.Row> row : database.rows(policy, seriesId()).entrySet()) {
      chunk.add(row);
      if (chunk.size() == database.batchRows) {
        addBatch(chunk, types);
      }
    }
    addBatch(chunk, types);
    if (spec.descending()) {
      Collections.reverse(batches);
    }
    return true;
  }

  private FieldType[] types() {
    String measurement = database.series.get(seriesId()).measurement();
    FieldType[] types = new FieldType[spec.fieldIds().length];
    for (int i = 0; i < types.length; i++) {
      for (Field field : database.fields.getOrDefault(measurement, List.of())) {
        if (field.id() == spec.fieldIds()[i]) {
          types[i] = field.type();
        }
      }
    }
    return types;
  }

  /** A batch of those rows that lie in the range; cut ones have no statistics. */
  private void addBatch(List<Map.Entry<Long, NaiveDatabase.Row>> chunk, FieldType[] types) {
    List<Map.Entry<Long, NaiveDatabase.Row>> kept =
        chunk.stream().filter(row -> spec.range().contains(row.getKey())).toList();
    if (!kept.isEmpty()) {
      boolean stats = database.stats && kept.size() == chunk.size();
      batches.add(new NaiveBatch(kept, spec.fieldIds(), types, stats));
    }
    chunk.clear();
  }

  @Override
  public int seriesId() {
    return spec.seriesIds()[series];
  }

  @Override
  public boolean nextBatch() {
    return ++batch < batches.size();
  }

  @Override
  public ColumnBatch batch() {
    return batches.get(batch);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onClose.run();
    }
  }
}
