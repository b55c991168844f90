package io.varve.query.prometheus;

import io.varve.query.promql.function.StaleMarker;
import io.varve.storage.NewestRows;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TimeRange;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest samples of some series, where those are all that is wanted and are to be had without a
 * scan. For one thread.
 */
final class NewestSamples {
  private final int[] seriesIds;
  private final FieldType[] types;
  private final NewestRows rows;

  private NewestSamples(
      SeriesReader reader, int[] seriesIds, int[] fieldIds, FieldType[] types, TimeRange range) {
    this.seriesIds = seriesIds;
    this.types = types;
    rows = new NewestRows(seriesIds, fieldIds, range);
    reader.read(rows);
  }

  /** Null if one of the metrics is of several fields, or of histograms. */
  static @Nullable NewestSamples of(
      SeriesReader reader, int[] seriesIds, List<MetricField> metrics, TimeRange range) {
    int[] fieldIds = new int[metrics.size()];
    FieldType[] types = new FieldType[fieldIds.length];
    for (int m = 0; m < fieldIds.length; m++) {
      FieldType type = metrics.get(m).onlyType();
      if (type == null) {
        return null;
      }
      fieldIds[m] = metrics.get(m).fieldIds()[0];
      types[m] = type;
    }
    return new NewestSamples(reader, seriesIds, fieldIds, types, range);
  }

  /** Whether the samples of a series are here, by the place of its id: one of each metric. */
  boolean has(int place) {
    if (!rows.isFound(place)) {
      return false;
    }
    for (int m = 0; m < types.length; m++) {
      // The one before may be wanted.
      if (types[m] == FieldType.FLOAT && rows.bits(m)[place] == StaleMarker.BITS) {
        return false;
      }
    }
    return true;
  }

  /** The series whose samples have to be looked for. */
  int[] others() {
    int[] others = new int[seriesIds.length];
    int count = 0;
    for (int place = 0; place < seriesIds.length; place++) {
      if (!has(place)) {
        others[count++] = seriesIds[place];
      }
    }
    return Arrays.copyOf(others, count);
  }

  /** Adds the samples of a series to those of its metrics. */
  void add(int place, FieldSamples[] metrics) {
    long millis = BatchTimes.millis(rows.timestampsNanos()[place]);
    for (int m = 0; m < metrics.length; m++) {
      metrics[m].begin();
      metrics[m].addNewest(millis, types[m], rows.bits(m)[place]);
    }
  }
}
