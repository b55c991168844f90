package io.varve.query.catalog;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Operator;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.TagPredicate;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The WHERE clause of SHOW statements: conditions on tags, without times. */
final class TagConditions {
  private TagConditions() {}

  /**
   * The condition as a predicate.
   *
   * @param isTag tells names that count; comparisons of others are left out
   */
  static TagPredicate of(@Nullable Expression condition, Predicate<String> isTag) {
    if (condition == null) {
      return new TagPredicate.All();
    }
    Expression expression = Expressions.unwrap(condition);
    if (expression instanceof Expression.BooleanLiteral literal) {
      return literal.value() ? new TagPredicate.All() : new TagPredicate.None();
    }
    if (!(expression instanceof Expression.Binary binary)) {
      throw invalid(expression);
    }
    if (binary.operator().isLogical()) {
      List<TagPredicate> operands = List.of(of(binary.left(), isTag), of(binary.right(), isTag));
      return binary.operator() == Operator.AND
          ? new TagPredicate.And(operands)
          : new TagPredicate.Or(operands);
    }
    Expression left = Expressions.unwrap(binary.left());
    Expression right = Expressions.unwrap(binary.right());
    if (left instanceof Expression.StringLiteral && right instanceof Expression.VarRef) {
      Expression swap = left;
      left = right;
      right = swap;
    }
    if (!(left instanceof Expression.VarRef ref)) {
      throw invalid(expression);
    }
    return isTag.test(ref.name())
        ? compare(ref.name(), binary.operator(), right)
        : new TagPredicate.All();
  }

  /**
   * Whether SHOW MEASUREMENTS shows a measurement. Here a comparison asks whether any value of the
   * tag meets {@code =} or {@code =~}, and {@code !=} and {@code !~} are true if none does: they
   * look at the measurement as a whole, unlike conditions on series. Without the tag, all are
   * false.
   */
  static boolean acceptsMeasurement(
      @Nullable Expression condition, SeriesReader reader, String measurement) {
    if (condition == null) {
      return true;
    }
    Expression expression = Expressions.unwrap(condition);
    if (expression instanceof Expression.Binary binary && binary.operator().isLogical()) {
      boolean left = acceptsMeasurement(binary.left(), reader, measurement);
      boolean right = acceptsMeasurement(binary.right(), reader, measurement);
      return binary.operator() == Operator.AND ? left && right : left || right;
    }
    TagPredicate predicate = of(expression, tag -> true);
    boolean negated = predicate instanceof TagPredicate.Not;
    TagPredicate positive = predicate instanceof TagPredicate.Not not ? not.operand() : predicate;
    if (positive instanceof TagPredicate.Equals equals) {
      List<String> values = reader.tagValues(measurement, equals.key());
      return !values.isEmpty() && values.contains(equals.value()) != negated;
    }
    if (positive instanceof TagPredicate.Matches matches) {
      List<String> values = reader.tagValues(measurement, matches.key());
      return !values.isEmpty()
          && values.stream().anyMatch(value -> matches.pattern().matcher(value).find()) != negated;
    }
    return positive instanceof TagPredicate.All;
  }

  /** Whether a value meets the comparisons with {@code name} that stand under no OR. */
  static boolean accepts(@Nullable Expression condition, String name, String value) {
    if (condition == null) {
      return true;
    }
    Expression expression = Expressions.unwrap(condition);
    if (!(expression instanceof Expression.Binary binary)) {
      return true;
    }
    if (binary.operator() == Operator.AND) {
      return accepts(binary.left(), name, value) && accepts(binary.right(), name, value);
    }
    if (!(Expressions.unwrap(binary.left()) instanceof Expression.VarRef ref)
        || !ref.name().equals(name)) {
      return true;
    }
    Expression right = Expressions.unwrap(binary.right());
    return switch (binary.operator()) {
      case EQ -> right instanceof Expression.StringLiteral text && text.value().equals(value);
      case NEQ -> right instanceof Expression.StringLiteral text && !text.value().equals(value);
      case EQ_REGEX -> pattern(right).matcher(value).find();
      case NEQ_REGEX -> !pattern(right).matcher(value).find();
      default -> true;
    };
  }

  private static TagPredicate compare(String key, Operator operator, Expression right) {
    if (operator.isRegex()) {
      TagPredicate matches = new TagPredicate.Matches(key, pattern(right));
      return operator == Operator.EQ_REGEX ? matches : new TagPredicate.Not(matches);
    }
    if (operator != Operator.EQ && operator != Operator.NEQ) {
      throw new QueryException("invalid tag comparison operator");
    }
    if (!(right instanceof Expression.StringLiteral literal)) {
      return new TagPredicate.None();
    }
    TagPredicate equals = new TagPredicate.Equals(key, literal.value());
    return operator == Operator.EQ ? equals : new TagPredicate.Not(equals);
  }

  private static Pattern pattern(Expression expression) {
    if (expression instanceof Expression.Regex regex) {
      return Pattern.compile(regex.pattern());
    }
    throw invalid(expression);
  }

  private static QueryException invalid(Expression expression) {
    return new QueryException("invalid condition expression: " + Printer.print(expression));
  }
}
