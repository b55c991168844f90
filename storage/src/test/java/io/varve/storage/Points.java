package io.varve.storage;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builds batches from readable pieces. Values: Double, Integer, Long (unsigned), Boolean, String.
 */
final class Points {
  private final PointBatch batch = new PointBatch();

  /** Adds a row; the series as {@code measurement,key=value,...}. */
  Points add(String series, long timestampNanos, Object... namesAndValues) {
    byte[] key = key(series).toBytes();
    batch.beginRow(key, 0, key.length);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      byte[] name = ((String) namesAndValues[i]).getBytes(StandardCharsets.UTF_8);
      Object value = namesAndValues[i + 1];
      if (value instanceof Double number) {
        batch.addFloat(name, 0, name.length, number, decimals(number));
      } else if (value instanceof Integer number) {
        batch.addInteger(name, 0, name.length, number);
      } else if (value instanceof Long number) {
        batch.addUnsigned(name, 0, name.length, number);
      } else if (value instanceof Boolean flag) {
        batch.addBoolean(name, 0, name.length, flag);
      } else {
        byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
        batch.addString(name, 0, name.length, text, 0, text.length);
      }
    }
    batch.endRow(timestampNanos);
    return this;
  }

  PointBatch batch() {
    return batch;
  }

  static SeriesKey key(String series) {
    String[] parts = series.split(",", -1);
    Map<String, String> tags = new TreeMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      tags.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
    }
    return SeriesKey.of(parts[0], tags);
  }

  private static int decimals(double value) {
    String text = Double.toString(value);
    if (text.indexOf('E') >= 0 || !Double.isFinite(value)) {
      return PointBatch.UNKNOWN_DECIMALS;
    }
    int digits = text.length() - text.indexOf('.') - 1;
    return Math.min(digits, PointBatch.UNKNOWN_DECIMALS);
  }
}
