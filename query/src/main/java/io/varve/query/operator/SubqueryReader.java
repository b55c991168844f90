package io.varve.query.operator;

import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The rows of one measurement of a subquery, in the shape of stored data: each output series is a
 * series whose tags are what it was grouped by, each column a field. So the outer statement plans
 * and runs as over a snapshot.
 *
 * <p>Nothing is kept: a scan runs the inner plan for the series it asks for and hands its blocks
 * on. An outer statement that scans a range slice by slice therefore runs the inner plan once per
 * slice. Unlike stored rows, times of a series ascend but need not differ, unless asked for.
 */
public final class SubqueryReader implements SeriesReader {
  /** What an inner plan says beside its rows. */
  public record Shape(
      List<String> columns, List<String> tags, Set<String> rowTags, long limit, long offset) {}

  private final String measurement;
  private final RowPlan plan;
  private final Shape shape;
  private final TimeRange range;
  private final QueryBudget budget;
  private final boolean strict;
  private final List<Field> fields;
  private final SeriesKey[] keys;

  /**
   * @param range the times of the outer statement; rows are cut to a scan's range only where that
   *     is narrower, as windows may start before the times they are made of
   * @param strict whether rows at the same time must come in different batches
   */
  public SubqueryReader(
      String measurement,
      RowPlan plan,
      Shape shape,
      TimeRange range,
      boolean strict,
      QueryBudget budget) {
    this.measurement = measurement;
    this.plan = plan;
    this.shape = shape;
    this.range = range;
    this.strict = strict;
    this.budget = budget;
    fields = fields(plan, shape.columns());
    keys =
        plan.groups().stream()
            .map(group -> SeriesKey.of(measurement, group.tags()))
            .toArray(SeriesKey[]::new);
  }

  /** Of columns with the same name the first is the one that can be asked for. */
  private static List<Field> fields(RowPlan plan, List<String> columns) {
    List<Field> fields = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int c = 0; c < columns.size(); c++) {
      if (names.add(columns.get(c))) {
        FieldType type = plan.outputs().get(c).type();
        fields.add(new Field(c + 1, columns.get(c), type));
      }
    }
    fields.sort(Comparator.comparing(Field::name, SeriesKey::compareUtf8));
    return List.copyOf(fields);
  }

  /** The columns that were tags before the subquery selected them. */
  public Set<String> rowTags() {
    return shape.rowTags();
  }

  @Override
  public List<String> measurements() {
    return List.of(measurement);
  }

  @Override
  public long schemaVersion() {
    return 0;
  }

  @Override
  public List<Field> fields(String name) {
    return fields;
  }

  @Override
  public List<String> tagKeys(String name) {
    return shape.tags();
  }

  @Override
  public List<String> tagValues(String name, String tagKey) {
    return IntStream.range(0, keys.length)
        .mapToObj(id -> keys[id].tag(tagKey))
        .filter(value -> !value.isEmpty())
        .distinct()
        .sorted(SeriesKey::compareUtf8)
        .toList();
  }

  @Override
  public int[] select(String name, TagPredicate predicate, TimeRange times) {
    return IntStream.range(0, keys.length).filter(id -> holds(predicate, keys[id])).toArray();
  }

  private static boolean holds(TagPredicate predicate, SeriesKey key) {
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
    if (predicate instanceof TagPredicate.Or or) {
      return or.operands().stream().anyMatch(operand -> holds(operand, key));
    }
    return predicate instanceof TagPredicate.All;
  }

  @Override
  public SeriesKey key(int seriesId) {
    return keys[seriesId];
  }

  /** Runs in the direction of the statement, whatever that of the scan: fills depend on it. */
  @Override
  public SeriesCursor scan(ScanSpec spec) {
    List<Group> groups = IntStream.of(spec.seriesIds()).mapToObj(plan.groups()::get).toList();
    boolean limited = shape.limit() > 0 || shape.offset() > 0;
    RowPlan part = plan.with(groups);
    RowSource rows = new LimitedRows(part.open(budget), shape.limit(), shape.offset());
    long start = spec.range().startNanos();
    long end = spec.range().endNanos();
    return new SubqueryCursor(
        rows,
        part,
        spec,
        start <= range.startNanos() ? Long.MIN_VALUE : start,
        end >= range.endNanos() ? Long.MAX_VALUE : end,
        limited,
        strict);
  }

  @Override
  public void close() {
    // The snapshots below belong to whoever opened them, cursors to whoever scans.
  }
}
