package io.varve.query.model;

import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.lifecycle.ShardBounds;
import io.varve.storage.model.Field;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Answers by looking at everything. */
final class NaiveReader implements SeriesReader {
  private final NaiveDatabase database;
  private final String policy;
  private final Runnable onClose;
  private final AtomicInteger openCursors = new AtomicInteger();

  NaiveReader(NaiveDatabase database, String policy, Runnable onClose) {
    this.database = database;
    this.policy = policy;
    this.onClose = onClose;
  }

  @Override
  public List<String> measurements() {
    return List.copyOf(database.fields.keySet());
  }

  @Override
  public long schemaVersion() {
    return 0;
  }

  @Override
  public List<Field> fields(String measurement) {
    return database.fields.getOrDefault(measurement, List.of()).stream()
        .sorted(
            Comparator.comparing(Field::name, SeriesKey::compareUtf8).thenComparing(Field::type))
        .toList();
  }

  @Override
  public List<Field> fields(String measurement, TimeRange range) {
    Set<Integer> written = new HashSet<>();
    for (int id = 0; id < database.series.size(); id++) {
      if (database.series.get(id).measurement().equals(measurement)) {
        database
            .rows(policy, id)
            .forEach(
                (time, row) -> {
                  if (isInShardOf(range, time)) {
                    written.addAll(row.values.keySet());
                  }
                });
      }
    }
    return fields(measurement).stream().filter(field -> written.contains(field.id())).toList();
  }

  @Override
  public List<String> tagKeys(String measurement, TimeRange range) {
    TreeSet<String> keys = new TreeSet<>(SeriesKey::compareUtf8);
    for (int id = 0; id < database.series.size(); id++) {
      SeriesKey key = database.series.get(id);
      if (key.measurement().equals(measurement)
          && database.rows(policy, id).keySet().stream()
              .anyMatch(time -> isInShardOf(range, time))) {
        keys.addAll(key.tags().keySet());
      }
    }
    return List.copyOf(keys);
  }

  /** Whether a range overlaps a week, as shards are by default, that has a time in it. */
  private static boolean isInShardOf(TimeRange range, long timestampNanos) {
    return ShardBounds.of(timestampNanos, RetentionPolicy.of("weeks", 0)).overlaps(range);
  }

  @Override
  public List<String> tagKeys(String measurement) {
    TreeSet<String> keys = new TreeSet<>(SeriesKey::compareUtf8);
    for (SeriesKey key : database.series) {
      if (key.measurement().equals(measurement)) {
        keys.addAll(key.tags().keySet());
      }
    }
    return List.copyOf(keys);
  }

  @Override
  public List<String> tagValues(String measurement, String tagKey) {
    TreeSet<String> values = new TreeSet<>(SeriesKey::compareUtf8);
    for (SeriesKey key : database.series) {
      if (key.measurement().equals(measurement) && !key.tag(tagKey).isEmpty()) {
        values.add(key.tag(tagKey));
      }
    }
    return List.copyOf(values);
  }

  @Override
  public int[] select(String measurement, TagPredicate predicate, TimeRange range) {
    return IntStream.range(0, database.series.size())
        .filter(id -> database.series.get(id).measurement().equals(measurement))
        .filter(id -> holds(predicate, database.series.get(id)))
        .filter(id -> range.equals(TimeRange.ALL) || hasRows(id, range))
        .toArray();
  }

  private boolean hasRows(int id, TimeRange range) {
    return database.rows(policy, id).keySet().stream().anyMatch(range::contains);
  }

  static boolean holds(TagPredicate predicate, SeriesKey key) {
    if (predicate instanceof TagPredicate.All) {
      return true;
    }
    if (predicate instanceof TagPredicate.None) {
      return false;
    }
    if (predicate instanceof TagPredicate.Equals equals) {
      return key.tag(equals.key()).equals(equals.value());
    }
    if (predicate instanceof TagPredicate.Matches matches) {
      return matches.pattern().matcher(key.tag(matches.key())).find();
    }
    if (predicate instanceof TagPredicate.Not not) {
      return !holds(not.operand(), key);
    }
    if (predicate instanceof TagPredicate.And and) {
      return and.operands().stream().allMatch(operand -> holds(operand, key));
    }
    return ((TagPredicate.Or) predicate)
        .operands().stream().anyMatch(operand -> holds(operand, key));
  }

  @Override
  public SeriesKey key(int seriesId) {
    return database.series.get(seriesId);
  }

  @Override
  public SeriesCursor scan(ScanSpec spec) {
    openCursors.incrementAndGet();
    return new NaiveCursor(database, policy, spec, openCursors::decrementAndGet);
  }

  @Override
  public void close() {
    if (openCursors.get() != 0) {
      throw new IllegalStateException(openCursors + " cursors are still open");
    }
    onClose.run();
  }
}
