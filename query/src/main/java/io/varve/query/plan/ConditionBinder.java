package io.varve.query.plan;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Operator;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.Comparison;
import io.varve.query.operator.RowCondition;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns a condition on tags and fields into what the index decides and what rows decide.
 *
 * <p>InfluxQL conditions have no NOT, so replacing each field comparison by "perhaps" gives a
 * condition on tags that no wanted series fails: the index gets that one, and the rows get the
 * whole, unless the index has already decided it exactly.
 */
final class ConditionBinder {
  /**
   * A condition.
   *
   * @param tags holds for every series that can meet the condition
   * @param rows the whole condition
   * @param rest what is left to be asked of the rows of series for which {@code tags} holds
   */
  record Bound(TagPredicate tags, RowCondition rows, RowCondition rest) {
    static final Bound ALL =
        new Bound(new TagPredicate.All(), RowCondition.TRUE, RowCondition.TRUE);
    static final Bound NONE =
        new Bound(new TagPredicate.None(), RowCondition.FALSE, RowCondition.TRUE);

    /** A condition that the index knows nothing about. */
    static Bound onRows(RowCondition rows) {
      return rows == RowCondition.FALSE ? NONE : new Bound(new TagPredicate.All(), rows, rows);
    }

    /** A condition that the index decides. */
    static Bound onTags(TagPredicate tags, Predicate<SeriesKey> test) {
      return new Bound(tags, RowCondition.onTags(test), RowCondition.TRUE);
    }

    Bound and(Bound other) {
      return new Bound(
          new TagPredicate.And(List.of(tags, other.tags)),
          RowCondition.and(rows, other.rows),
          RowCondition.and(rest, other.rest));
    }

    Bound or(Bound other) {
      boolean exact = rest == RowCondition.TRUE && other.rest == RowCondition.TRUE;
      RowCondition either = RowCondition.or(rows, other.rows);
      return new Bound(
          new TagPredicate.Or(List.of(tags, other.tags)),
          either,
          exact ? RowCondition.TRUE : either);
    }
  }

  private final Inputs inputs;
  private final Predicate<String> isField;
  private final WorkingSpace space;
  private final ExpressionBinder operands;

  /**
   * @param isField whether a name is a field in the source at hand; any other is a tag
   */
  ConditionBinder(Inputs inputs, Predicate<String> isField, WorkingSpace space) {
    this.space = space;
    this.inputs = inputs;
    this.isField = isField;
    // Of an operand that cannot be, InfluxDB finds no row, and says nothing.
    operands =
        new ExpressionBinder(
            this::operand,
            inputs::isCalledTag,
            refusal -> inputs.field(new Expression.VarRef("", Cast.FIELD)),
            space);
  }

  Bound bind(@Nullable Expression condition) {
    if (condition == null) {
      return Bound.ALL;
    }
    Expression expression = Expressions.unwrap(condition);
    if (expression instanceof Expression.BooleanLiteral literal) {
      return literal.value() ? Bound.ALL : Bound.NONE;
    }
    if (!(expression instanceof Expression.Binary binary) || binary.operator().isArithmetic()) {
      throw new QueryException("invalid condition expression: " + Printer.print(expression));
    }
    if (binary.operator().isLogical()) {
      Bound left = bind(binary.left());
      Bound right = bind(binary.right());
      return binary.operator() == Operator.AND ? left.and(right) : left.or(right);
    }
    return compare(binary);
  }

  private Bound compare(Expression.Binary binary) {
    Expression operand = Expressions.unwrap(binary.left());
    Expression value = Expressions.unwrap(binary.right());
    Operator operator = binary.operator();
    if (!isTag(operand) && isTag(value) && !operator.isRegex()) {
      return compare(new Expression.Binary(mirrored(operator), value, operand));
    }
    if (isTag(operand)) {
      return compareTag(((Expression.VarRef) operand).name(), operator, value);
    }
    if (operator.isRegex()) {
      return Bound.onRows(
          RowCondition.matches(
              operands.bind(operand), pattern(value), operator == Operator.NEQ_REGEX));
    }
    space.take(1);
    return Bound.onRows(
        Comparison.of(comparison(operator), operands.bind(operand), operands.bind(value)));
  }

  private boolean isTag(Expression expression) {
    return expression instanceof Expression.VarRef ref
        && switch (ref.cast() == null ? Cast.FIELD : ref.cast()) {
          case TAG -> true;
          case FIELD -> ref.cast() == null && !isField.test(ref.name());
          default -> false;
        };
  }

  private Bound compareTag(String key, Operator operator, Expression right) {
    if (operator.isRegex()) {
      Pattern pattern = pattern(right);
      boolean negated = operator == Operator.NEQ_REGEX;
      TagPredicate matches = new TagPredicate.Matches(key, pattern);
      return Bound.onTags(
          negated ? new TagPredicate.Not(matches) : matches,
          series -> pattern.matcher(series.tag(key)).find() != negated);
    }
    if (right instanceof Expression.StringLiteral literal) {
      return compareTag(key, operator, literal.value());
    }
    if (isTag(right)) {
      String other = ((Expression.VarRef) right).name();
      Comparison.Operator comparison = comparison(operator);
      return Bound.onRows(
          RowCondition.onTags(
              series ->
                  comparison.accepts(SeriesKey.compareUtf8(series.tag(key), series.tag(other)))));
    }
    if (ExpressionBinder.literal(right) != null || right instanceof Expression.DurationLiteral) {
      return Bound.NONE;
    }
    return Bound.onRows(
        Comparison.of(
            comparison(operator),
            inputs.of(new Expression.VarRef(key, Cast.TAG)),
            operands.bind(right)));
  }

  private static Bound compareTag(String key, Operator operator, String value) {
    Predicate<SeriesKey> equal = series -> series.tag(key).equals(value);
    TagPredicate equals = new TagPredicate.Equals(key, value);
    if (operator == Operator.EQ) {
      return Bound.onTags(equals, equal);
    }
    if (operator == Operator.NEQ) {
      return Bound.onTags(new TagPredicate.Not(equals), equal.negate());
    }
    Comparison.Operator comparison = comparison(operator);
    return Bound.onRows(
        RowCondition.onTags(
            series -> comparison.accepts(SeriesKey.compareUtf8(series.tag(key), value))));
  }

  private ColumnExpression operand(Expression leaf) {
    if (leaf instanceof Expression.VarRef ref) {
      return isTag(ref)
          ? inputs.of(new Expression.VarRef(ref.name(), Cast.TAG))
          : inputs.field(ref);
    }
    throw new QueryException("invalid function call in condition: " + Printer.print(leaf));
  }

  private static Pattern pattern(Expression expression) {
    if (expression instanceof Expression.Regex regex) {
      return Pattern.compile(regex.pattern());
    }
    throw new QueryException("expected a regular expression, found " + Printer.print(expression));
  }

  private static Comparison.Operator comparison(Operator operator) {
    return switch (operator) {
      case EQ -> Comparison.Operator.EQUAL;
      case NEQ -> Comparison.Operator.NOT_EQUAL;
      case LT -> Comparison.Operator.LESS;
      case LTE -> Comparison.Operator.LESS_OR_EQUAL;
      case GT -> Comparison.Operator.GREATER;
      case GTE -> Comparison.Operator.GREATER_OR_EQUAL;
      default -> throw new IllegalStateException(operator + " is no comparison");
    };
  }

  private static Operator mirrored(Operator operator) {
    return switch (operator) {
      case LT -> Operator.GT;
      case LTE -> Operator.GTE;
      case GT -> Operator.LT;
      case GTE -> Operator.LTE;
      default -> operator;
    };
  }
}
