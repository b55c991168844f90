package io.varve.query.plan;

import io.varve.query.operator.SubqueryReader;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields and tags that a statement's sources have, taken together: fields, and the tags that
 * wildcards stand for, as far as the shards that it reads have them.
 */
final class Schema {
  /**
   * Which type wins where a name was written in several: float, integer, unsigned, string, bool.
   */
  private static final Map<FieldType, Integer> PRECEDENCE = new EnumMap<>(FieldType.class);

  static {
    FieldType[] order = {
      FieldType.FLOAT, FieldType.INTEGER, FieldType.UNSIGNED, FieldType.STRING, FieldType.BOOLEAN
    };
    for (int i = 0; i < order.length; i++) {
      PRECEDENCE.put(order[i], i);
    }
  }

  private final SortedMap<String, FieldType> fields = new TreeMap<>(SeriesKey::compareUtf8);

  /** The tags of each source. */
  private final List<List<String>> tags = new ArrayList<>();

  private final List<Supplier<List<String>>> wildcardTags = new ArrayList<>();

  /** Tags that a subquery has made columns: still tags for {@code *}, but read like fields. */
  private final Set<String> rowTags = new HashSet<>();

  /**
   * Adds a source.
   *
   * @param range the times that the whole statement reads
   */
  void add(SeriesReader reader, String measurement, TimeRange range) {
    Set<String> columnsOfTags =
        reader instanceof SubqueryReader subquery ? subquery.rowTags() : Set.of();
    rowTags.addAll(columnsOfTags);
    wildcardTags.add(() -> List.copyOf(columnsOfTags));
    wildcardTags.add(() -> reader.tagKeys(measurement, range));
    for (Field field : reader.fields(measurement, range)) {
      if (columnsOfTags.contains(field.name())) {
        continue;
      }
      fields.merge(field.name(), field.type(), (a, b) -> precedence(a) <= precedence(b) ? a : b);
    }
    tags.add(reader.tagKeys(measurement));
  }

  /** 0 for the type that wins over all others. */
  static int precedence(FieldType type) {
    return PRECEDENCE.getOrDefault(type, Integer.MAX_VALUE);
  }

  /** The type of a field, or null if there is none of that name. */
  @Nullable FieldType fieldType(String name) {
    FieldType type = fields.get(name);
    return type == null && isRowTag(name) ? FieldType.STRING : type;
  }

  /** Whether a name is a column of a subquery that was a tag, and no field. */
  boolean isRowTag(String name) {
    return rowTags.contains(name) && !fields.containsKey(name);
  }

  boolean isTag(String name) {
    for (List<String> keys : tags) {
      if (keys.contains(name)) {
        return true;
      }
    }
    return rowTags.contains(name);
  }

  /** Fields by name. */
  SortedMap<String, FieldType> fields() {
    return fields;
  }

  /** What a wildcard stands for; looked up at each call. */
  SortedSet<String> tags() {
    SortedSet<String> found = new TreeSet<>(SeriesKey::compareUtf8);
    wildcardTags.forEach(of -> found.addAll(of.get()));
    return found;
  }
}
