package io.varve.storage.index;

import io.varve.storage.model.Field;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagCardinality;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * What there is in a database, by name: measurements, their fields and tags, and how many of each.
 * Threads as in {@link SeriesIndex}; nothing here is the writer's.
 */
public final class IndexCatalog {
  private final MeasurementTable measurements;

  IndexCatalog(MeasurementTable measurements) {
    this.measurements = measurements;
  }

  /** Names of the measurements with at least one series, sorted by UTF-8 bytes. */
  public List<String> measurements() {
    List<String> found = new ArrayList<>();
    for (Measurement measurement : measurements.all()) {
      if (measurement != null && measurement.postings().all().cardinality() > 0) {
        found.add(measurement.name);
      }
    }
    found.sort(SeriesKey::compareUtf8);
    return found;
  }

  /** The fields of a measurement by name, then type; empty if there is no such measurement. */
  public List<Field> fields(String measurement) {
    Measurement found = measurements.named(measurement);
    return found == null ? List.of() : found.fields.all();
  }

  /**
   * The tag keys of a measurement, sorted by UTF-8 bytes; empty if there is no such measurement.
   */
  public List<String> tagKeys(String measurement) {
    Measurement found = measurements.named(measurement);
    List<String> tagKeys = new ArrayList<>();
    if (found != null) {
      for (TagKey key : found.postings().tagKeys()) {
        tagKeys.add(key.dictionary.name);
      }
    }
    return tagKeys;
  }

  /** Those tag keys of a measurement whose series, in a bitmap not to be changed, are wanted. */
  public List<String> tagKeys(String measurement, Predicate<RoaringBitmap> wanted) {
    Measurement found = measurements.named(measurement);
    List<String> tagKeys = new ArrayList<>();
    if (found != null) {
      for (TagKey key : found.postings().tagKeys()) {
        if (wanted.test(key.present().bitmap())) {
          tagKeys.add(key.dictionary.name);
        }
      }
    }
    return tagKeys;
  }

  /** The values a tag has in a measurement, sorted by UTF-8 bytes; empty if there is none. */
  public List<String> tagValues(String measurement, String tagKey) {
    TagKey key = tagKey(measurement, tagKey);
    List<String> values = new ArrayList<>();
    if (key != null) {
      for (int ordinal : key.dictionary.sortedOrdinals()) {
        if (key.cardinality(ordinal) > 0) {
          values.add(new String(key.dictionary.value(ordinal), StandardCharsets.UTF_8));
        }
      }
    }
    return values;
  }

  /** Series of a measurement; 0 if there is no such measurement. */
  public long seriesCount(String measurement) {
    Measurement found = measurements.named(measurement);
    return found == null ? 0 : found.postings().all().cardinality();
  }

  /** Distinct values of a tag in a measurement; 0 if there is none. */
  public long tagValueCount(String measurement, String tagKey) {
    TagKey key = tagKey(measurement, tagKey);
    return key == null ? 0 : key.valueCount();
  }

  /** The tags of a measurement by key; empty if there is no such measurement. From counters. */
  public List<TagCardinality> tagCardinalities(String measurement) {
    List<TagCardinality> tags = new ArrayList<>();
    Measurement found = measurements.named(measurement);
    if (found != null) {
      addTagCardinalities(found, tags);
    }
    return tags;
  }

  /** The tags with the most values, most first, of all measurements. From counters. */
  public List<TagCardinality> topTags(int limit) {
    List<TagCardinality> tags = new ArrayList<>();
    for (Measurement measurement : measurements.all()) {
      if (measurement != null) {
        addTagCardinalities(measurement, tags);
      }
    }
    tags.sort(Comparator.comparingLong(TagCardinality::valueCount).reversed());
    return List.copyOf(tags.subList(0, Math.min(limit, tags.size())));
  }

  private static void addTagCardinalities(Measurement measurement, List<TagCardinality> tags) {
    for (TagKey key : measurement.postings().tagKeys()) {
      tags.add(
          new TagCardinality(
              measurement.name,
              key.dictionary.name,
              key.valueCount(),
              key.present().cardinality()));
    }
  }

  private @Nullable TagKey tagKey(String measurement, String tagKey) {
    Measurement found = measurements.named(measurement);
    byte[] name = tagKey.getBytes(StandardCharsets.UTF_8);
    return found == null ? null : found.postings().find(name, 0, name.length);
  }
}
