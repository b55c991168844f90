package io.varve.query.model;

import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Series in maps, shared by all policies as in the engine; rows per policy. */
public final class NaiveDatabase {
  /** Values of one row by field id: Double, Long, Boolean or String. */
  public static final class Row {
    final Map<Integer, Object> values = new HashMap<>();
  }

  final int batchRows;
  final boolean stats;
  final List<SeriesKey> series = new ArrayList<>();
  final Map<String, List<Field>> fields = new TreeMap<>(SeriesKey::compareUtf8);

  private final Map<String, RetentionPolicy> policies;
  private String defaultPolicy;
  private final Map<String, Map<Integer, NavigableMap<Long, Row>>> rows = new HashMap<>();
  private int openReaders;

  NaiveDatabase(RetentionPolicy first, int batchRows, boolean stats) {
    policies = NaiveStore.policies(first);
    defaultPolicy = first.name();
    this.batchRows = batchRows;
    this.stats = stats;
  }

  Map<String, RetentionPolicy> policies() {
    return policies;
  }

  String defaultPolicy() {
    return defaultPolicy;
  }

  void addPolicy(RetentionPolicy policy, boolean makeDefault) {
    policies.put(policy.name(), policy);
    if (makeDefault) {
      defaultPolicy = policy.name();
    }
  }

  /** Puts one value; {@code unsigned} tells what a Long means. */
  public void put(
      @Nullable String policy,
      SeriesKey key,
      long timestampNanos,
      String field,
      Object value,
      boolean unsigned) {
    int id = series.indexOf(key);
    if (id < 0) {
      id = series.size();
      series.add(key);
    }
    int fieldId = fieldId(key.measurement(), field, typeOf(value, unsigned));
    rows.computeIfAbsent(policy == null ? defaultPolicy : policy, p -> new HashMap<>())
        .computeIfAbsent(id, s -> new TreeMap<>())
        .computeIfAbsent(timestampNanos, t -> new Row())
        .values
        .put(fieldId, value);
  }

  private int fieldId(String measurement, String name, FieldType type) {
    List<Field> known = fields.computeIfAbsent(measurement, m -> new ArrayList<>());
    for (Field field : known) {
      if (field.name().equals(name) && field.type() == type) {
        return field.id();
      }
    }
    known.add(new Field(known.size() + 1, name, type));
    return known.size();
  }

  private static FieldType typeOf(Object value, boolean unsigned) {
    if (value instanceof Double) {
      return FieldType.FLOAT;
    }
    if (value instanceof Boolean) {
      return FieldType.BOOLEAN;
    }
    if (value instanceof String) {
      return FieldType.STRING;
    }
    return unsigned ? FieldType.UNSIGNED : FieldType.INTEGER;
  }

  NavigableMap<Long, Row> rows(String policy, int seriesId) {
    return rows.getOrDefault(policy, Map.of()).getOrDefault(seriesId, new TreeMap<>());
  }

  SeriesReader reader(@Nullable String policy) {
    openReaders++;
    return new NaiveReader(this, policy == null ? defaultPolicy : policy, () -> openReaders--);
  }

  int openReaders() {
    return openReaders;
  }
}
