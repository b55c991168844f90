package io.varve.query.prometheus;

import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of a database by name. Field {@code f} of measurement {@code m} is {@code m_f}, field
 * {@code value} is {@code m}, and so is the field of its native histograms. A name that PromQL can
 * write only in quotes has a second one, in which {@code _} stands for each character that does not
 * fit; it is found, but not listed.
 *
 * <p>Several fields can have one name ({@code a_b} of {@code c}, {@code b_c} of {@code a}): they
 * are in order of their measurements. Immutable; costs some 200 bytes per field.
 */
final class MetricNames {
  /** The field whose metric is named like the measurement. */
  static final String VALUE_FIELD = "value";

  private final long schemaVersion;
  private final SortedMap<String, List<MetricField>> listed = new TreeMap<>(SeriesKey::compareUtf8);
  private final Map<String, List<MetricField>> aliases = new LinkedHashMap<>();

  MetricNames(SeriesReader reader) {
    this.schemaVersion = reader.schemaVersion();
    for (String measurement : reader.measurements()) {
      addFields(measurement, reader.fields(measurement));
    }
  }

  /** The version of the schema that this is of. */
  long schemaVersion() {
    return schemaVersion;
  }

  private void addFields(String measurement, List<Field> fields) {
    Map<String, List<Field>> byName = new LinkedHashMap<>();
    for (Field field : fields) {
      if (isHistograms(field)) {
        byName.computeIfAbsent(VALUE_FIELD, n -> new ArrayList<>()).add(field);
      } else if (field.type() != FieldType.STRING) {
        byName.computeIfAbsent(field.name(), n -> new ArrayList<>()).add(field);
      }
    }
    byName.forEach((name, ofName) -> add(measurement, name, ofName));
  }

  private static boolean isHistograms(Field field) {
    return field.type() == FieldType.STRING && field.name().equals(HistogramCodec.FIELD);
  }

  private void add(String measurement, String field, List<Field> ofName) {
    String name = field.equals(VALUE_FIELD) ? measurement : measurement + "_" + field;
    int[] ids = ofName.stream().mapToInt(Field::id).toArray();
    boolean histograms = ofName.stream().anyMatch(MetricNames::isHistograms);
    FieldType onlyType = ids.length == 1 && !histograms ? ofName.get(0).type() : null;
    MetricField metric = new MetricField(name, measurement, ids, onlyType, histograms);
    listed.computeIfAbsent(name, n -> new ArrayList<>(1)).add(metric);
    String plain = plain(name);
    if (!plain.equals(name)) {
      aliases.computeIfAbsent(plain, n -> new ArrayList<>(1)).add(metric.named(plain));
    }
  }

  /** The name with {@code _} for each character that is not {@code [a-zA-Z0-9_:]}. */
  private static String plain(String name) {
    StringBuilder plain = new StringBuilder(name.length() + 1);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (digit && i == 0) {
        plain.append('_');
      }
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
      plain.append(digit || letter ? c : '_');
    }
    return plain.toString();
  }

  /** What a name stands for; empty if nothing. */
  List<MetricField> find(String name) {
    List<MetricField> exact = listed.getOrDefault(name, List.of());
    List<MetricField> more = aliases.getOrDefault(name, List.of());
    if (more.isEmpty()) {
      return exact;
    }
    List<MetricField> all = new ArrayList<>(exact);
    all.addAll(more);
    return all;
  }

  /** All metrics by name, aliases left out. */
  SortedMap<String, List<MetricField>> listed() {
    return listed;
  }
}
