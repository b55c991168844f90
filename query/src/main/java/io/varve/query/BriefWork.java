package io.varve.query;

import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Statement;
import io.varve.storage.model.TagPredicate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request may do that runs on a thread which must not wait: how little that is, in numbers.
 *
 * <p>Before it runs, only its text is known, so what could be long is left out from the start:
 * {@link #mayBeBrief}. What the data makes of the rest is found out on the way. Each step counts,
 * and the clock is looked at once a step; the one too many ends the attempt by {@link
 * NotBriefException}, and the request begins anew where it may take its time. So an attempt costs
 * at most {@link #MAX_NANOS} and one more step, a batch of 1,024 rows. For one thread.
 */
final class BriefWork {
  /** Longer texts are not even parsed. */
  static final int MAX_TEXT_CHARS = 4096;

  /** After this, the next step ends an attempt. */
  private static final long MAX_NANOS = 2_000_000;

  /** Series and batches come to. */
  private static final int MAX_STEPS = 128;

  private static final int MAX_SERIES = 16;

  /** Looks at a series in a shard. */
  private static final int MAX_LOOKS = 64;

  /** So many rows of a series are few. */
  private static final long FEW_ROWS = 8;

  /** What takes the place of the above if few rows of each series are wanted. */
  private static final int MAX_STEPS_OF_FEW_ROWS = 512;

  private static final int MAX_SERIES_OF_FEW_ROWS = 128;
  private static final int MAX_LOOKS_OF_FEW_ROWS = 512;

  /** Shards of a policy. */
  static final int MAX_SHARDS = 512;

  /** Series of a measurement of which any may be meant. */
  static final int MAX_MEASUREMENT_SERIES = 1024;

  /** Windows and bytes of state of one statement; there are no helpers. */
  private static final long MAX_WINDOWS = 2048;

  private static final long MAX_STATE_BYTES = 1 << 20;

  /** Functions whose cost is that of reading their rows, or close to. */
  private static final Set<String> PLAIN_FUNCTIONS =
      Set.of(
          "count",
          "sum",
          "mean",
          "min",
          "max",
          "first",
          "last",
          "spread",
          "stddev",
          "median",
          "percentile",
          "derivative",
          "non_negative_derivative",
          "difference",
          "non_negative_difference",
          "moving_average",
          "cumulative_sum",
          "elapsed",
          "time",
          "now");

  private final long startNanos = System.nanoTime();
  private final boolean fewRows;
  private int stepsLeft;

  /** Begins an attempt; the time counts from here. */
  BriefWork(Select select) {
    Limits limits = select.limits();
    fewRows =
        select.isRaw()
            && !select.dimensions().isEmpty()
            && limits.limit() > 0
            && limits.limit() <= FEW_ROWS
            && limits.offset() <= FEW_ROWS;
    stepsLeft = fewRows ? MAX_STEPS_OF_FEW_ROWS : MAX_STEPS;
  }

  int maxSeries() {
    return fewRows ? MAX_SERIES_OF_FEW_ROWS : MAX_SERIES;
  }

  int maxLooks() {
    return fewRows ? MAX_LOOKS_OF_FEW_ROWS : MAX_LOOKS;
  }

  /** What the statement may use. */
  QueryLimits limits() {
    return new QueryLimits(MAX_WINDOWS, maxSeries(), MAX_STATE_BYTES);
  }

  /** Counts a series or a batch that is come to. */
  void step() {
    if (--stepsLeft < 0) {
      throw new NotBriefException("too much to read");
    }
    if (System.nanoTime() - startNanos > MAX_NANOS) {
      throw new NotBriefException("too slow");
    }
  }

  /**
   * The statement of a request that may be brief: one SELECT of named measurements, without
   * patterns; null for others.
   */
  static @Nullable Select in(List<Statement> statements) {
    return statements.size() == 1
            && statements.get(0) instanceof Select select
            && mayBeBrief(select)
        ? select
        : null;
  }

  private static boolean mayBeBrief(Select select) {
    if (select.target() != null || (select.condition() != null && !isPlain(select.condition()))) {
      return false;
    }
    for (Source source : select.sources()) {
      if (!(source instanceof Source.Measurement measurement) || measurement.name() == null) {
        return false;
      }
    }
    for (SelectField field : select.fields()) {
      if (!isPlain(field.expression())) {
        return false;
      }
    }
    for (Dimension dimension : select.dimensions()) {
      if (!isPlain(dimension.expression())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(Expression expression) {
    return !Expressions.anyMatch(
        expression,
        part ->
            part instanceof Expression.Regex
                || part instanceof Expression.Distinct
                || (part instanceof Expression.Call call
                    && !PLAIN_FUNCTIONS.contains(call.name())));
  }

  /** Whether the series that meet a condition are found by look-ups of values, and are few. */
  static boolean isNarrow(TagPredicate predicate) {
    if (predicate instanceof TagPredicate.Equals equals) {
      return !equals.value().isEmpty();
    }
    if (predicate instanceof TagPredicate.And and) {
      return and.operands().stream().anyMatch(BriefWork::isNarrow);
    }
    if (predicate instanceof TagPredicate.Or or) {
      return or.operands().stream().allMatch(BriefWork::isNarrow);
    }
    return predicate instanceof TagPredicate.None;
  }

  /** Whether a condition has no pattern, which would be tried on many values. */
  static boolean hasNoPattern(TagPredicate predicate) {
    if (predicate instanceof TagPredicate.Not not) {
      return hasNoPattern(not.operand());
    }
    if (predicate instanceof TagPredicate.And and) {
      return and.operands().stream().allMatch(BriefWork::hasNoPattern);
    }
    if (predicate instanceof TagPredicate.Or or) {
      return or.operands().stream().allMatch(BriefWork::hasNoPattern);
    }
    return !(predicate instanceof TagPredicate.Matches);
  }
}
