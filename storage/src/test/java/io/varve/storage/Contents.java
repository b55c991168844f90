package io.varve.storage;

import io.varve.storage.model.Field;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything a reader sees, as {@code series -> time -> "field:type" -> value}. */
final class Contents {
  private Contents() {}

  static Map<String, Map<Long, Map<String, Object>>> of(Database database) {
    return of(database, null, TimeRange.ALL, false);
  }

  static Map<String, Map<Long, Map<String, Object>>> of(
      Database database, @Nullable String policy, TimeRange range, boolean descending) {
    try (SeriesReader reader = database.reader(policy)) {
      return of(reader, range, descending);
    }
  }

  static Map<String, Map<Long, Map<String, Object>>> of(
      SeriesReader reader, TimeRange range, boolean descending) {
    Map<String, Map<Long, Map<String, Object>>> result = new TreeMap<>();
    for (String measurement : reader.measurements()) {
      List<Field> fields = reader.fields(measurement);
      int[] fieldIds = fields.stream().mapToInt(Field::id).toArray();
      int[] series = reader.select(measurement, new TagPredicate.All(), range);
      try (SeriesCursor cursor = reader.scan(new ScanSpec(series, fieldIds, range, descending))) {
        while (cursor.nextSeries()) {
          Map<Long, Map<String, Object>> rows = rows(cursor, fields, descending);
          if (!rows.isEmpty()) {
            result.put(reader.key(cursor.seriesId()).toString(), rows);
          }
        }
      }
    }
    return result;
  }

  private static Map<Long, Map<String, Object>> rows(
      SeriesCursor cursor, List<Field> fields, boolean descending) {
    Map<Long, Map<String, Object>> rows = new TreeMap<>();
    long edge = 0;
    boolean first = true;
    while (cursor.nextBatch()) {
      ColumnBatch batch = cursor.batch();
      long[] times = batch.timestampsNanos();
      int count = batch.rowCount();
      if (!first && (descending ? times[count - 1] >= edge : times[0] <= edge)) {
        throw new AssertionError("batches overlap or come in the wrong order at " + times[0]);
      }
      first = false;
      edge = descending ? times[0] : times[count - 1];
      for (int column = 0; column < fields.size(); column++) {
        Column values = batch.column(column);
        if (values.isAbsent()) {
          continue;
        }
        String name = fields.get(column).name() + ":" + fields.get(column).type().label();
        long[] presence = values.presence();
        for (int row = 0; row < count; row++) {
          if (presence == null || (presence[row >>> 6] >>> row & 1) != 0) {
            rows.computeIfAbsent(times[row], any -> new TreeMap<>()).put(name, value(values, row));
          }
        }
      }
    }
    return Collections.unmodifiableMap(rows);
  }

  private static Object value(Column values, int row) {
    return switch (values.type()) {
      case FLOAT -> values.doubles()[row];
      case INTEGER -> Math.toIntExact(values.longs()[row]);
      case UNSIGNED -> values.longs()[row];
      case BOOLEAN -> values.longs()[row] != 0;
      case STRING -> new String(values.strings()[row], StandardCharsets.UTF_8);
    };
  }
}
