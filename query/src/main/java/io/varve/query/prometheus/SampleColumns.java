package io.varve.query.prometheus;

import io.varve.query.promql.PromException;
import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StaleMarker;
import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.query.promql.histogram.HistogramFormatException;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * Makes samples of the columns of a metric: one for each type its field ever had, and one of native
 * histograms. Of a float and a histogram in one row the histogram counts.
 */
final class SampleColumns {
  private static final double STALE = Double.longBitsToDouble(StaleMarker.BITS);

  private SampleColumns() {}

  /**
   * Appends the values of a batch.
   *
   * @param first place of the metric's first column
   * @param count how many it has
   */
  static void append(ColumnBatch batch, int first, int count, boolean keepStale, Samples samples) {
    Column histograms = histograms(batch, first, count);
    if (histograms != null) {
      appendMixed(new BatchTimes(batch), first, count, histograms, keepStale, samples);
      return;
    }
    BatchTimes times = new BatchTimes(batch);
    SampleBatch floats = new SampleBatch();
    for (int i = first; i < first + count; i++) {
      Column column = batch.column(i);
      if (!column.isAbsent()) {
        SampleColumn.read(times, column, keepStale, floats);
        samples.append(floats);
      }
    }
  }

  /** The column of histograms, if there are some in the batch. */
  static @Nullable Column histograms(ColumnBatch batch, int first, int count) {
    for (int i = first; i < first + count; i++) {
      Column column = batch.column(i);
      if (!column.isAbsent() && column.type() == FieldType.STRING) {
        return column;
      }
    }
    return null;
  }

  /** Appends the values of a batch with histograms. */
  static void appendMixed(
      BatchTimes times,
      int first,
      int count,
      Column histograms,
      boolean keepStale,
      Samples samples) {
    ColumnBatch batch = times.batch();
    Samples floats = new Samples();
    SampleBatch read = new SampleBatch();
    for (int i = first; i < first + count; i++) {
      Column column = batch.column(i);
      if (!column.isAbsent() && column != histograms) {
        SampleColumn.read(times, column, keepStale, read);
        floats.append(read);
      }
    }
    long[] timesMillis = times.millis();
    long[] presence = histograms.presence();
    byte[][] texts = histograms.strings();
    int next = 0;
    for (int row = 0; row < batch.rowCount(); row++) {
      if (!SampleColumn.isPresent(presence, row) || !HistogramCodec.isHistogram(texts[row])) {
        continue;
      }
      long millis = timesMillis[row];
      for (; next < floats.count() && floats.timesMillis()[next] <= millis; next++) {
        samples.put(floats.timesMillis()[next], floats.values()[next]);
      }
      append(millis, texts[row], keepStale, samples);
    }
    for (; next < floats.count(); next++) {
      samples.put(floats.timesMillis()[next], floats.values()[next]);
    }
  }

  private static void append(long millis, byte[] text, boolean keepStale, Samples samples) {
    if (!HistogramCodec.isStale(text)) {
      try {
        samples.put(millis, HistogramCodec.decode(text));
      } catch (HistogramFormatException e) {
        throw new PromException(PromException.Kind.EXECUTION, String.valueOf(e.getMessage()));
      }
    } else if (keepStale) {
      samples.put(millis, STALE);
    }
  }
}
