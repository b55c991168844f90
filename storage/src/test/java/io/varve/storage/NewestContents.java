package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Compares the {@link NewestRows} that a reader takes with what {@link Contents} are expected. */
final class NewestContents {
  private NewestContents() {}

  /**
   * Looks for the newest rows of each field that is a number, and of all of them.
   *
   * @param expected of the range, as of the reader
   * @return how many rows were found
   */
  static int check(
      SeriesReader reader,
      TimeRange range,
      Map<String, ? extends Map<Long, Map<String, Object>>> expected) {
    int found = 0;
    for (String measurement : reader.measurements()) {
      List<Field> numbers = new ArrayList<>(reader.fields(measurement));
      numbers.removeIf(field -> field.type() == FieldType.STRING);
      List<List<Field>> wanted = new ArrayList<>();
      numbers.forEach(field -> wanted.add(List.of(field)));
      wanted.add(numbers);
      int[] ids = reader.select(measurement, new TagPredicate.All(), range);
      for (List<Field> fields : wanted) {
        if (!fields.isEmpty()) {
          found += check(reader, range, ids, fields, expected);
        }
      }
    }
    return found;
  }

  private static int check(
      SeriesReader reader,
      TimeRange range,
      int[] ids,
      List<Field> fields,
      Map<String, ? extends Map<Long, Map<String, Object>>> expected) {
    NewestRows rows = new NewestRows(ids, fields.stream().mapToInt(Field::id).toArray(), range);
    reader.read(rows);
    int found = 0;
    for (int place = 0; place < ids.length; place++) {
      if (rows.isFound(place)) {
        found++;
        String key = reader.key(ids[place]).toString();
        Map<Long, Map<String, Object>> series = Objects.requireNonNull(expected.get(key), key);
        Map<String, Object> row = new TreeMap<>();
        for (int f = 0; f < fields.size(); f++) {
          long bits = rows.bits(f)[place];
          boolean isFloat = fields.get(f).type() == FieldType.FLOAT;
          Object value = isFloat ? Double.longBitsToDouble(bits) : (Object) Math.toIntExact(bits);
          row.put(name(fields.get(f)), value);
        }
        assertThat(Map.of(rows.timestampsNanos()[place], row))
            .as(key)
            .isEqualTo(newest(series, fields));
      }
    }
    return found;
  }

  private static String name(Field field) {
    return field.name() + ":" + field.type().label();
  }

  private static Map<Long, Map<String, Object>> newest(
      Map<Long, Map<String, Object>> series, List<Field> fields) {
    TreeMap<Long, Map<String, Object>> chosen = new TreeMap<>();
    series.forEach(
        (time, row) -> {
          Map<String, Object> values = new TreeMap<>();
          for (Field field : fields) {
            Object value = row.get(name(field));
            if (value != null) {
              values.put(name(field), value);
            }
          }
          if (!values.isEmpty()) {
            chosen.put(time, values);
          }
        });
    Map.Entry<Long, Map<String, Object>> last = chosen.lastEntry();
    return last == null ? Map.of() : Map.of(last.getKey(), last.getValue());
  }
}
