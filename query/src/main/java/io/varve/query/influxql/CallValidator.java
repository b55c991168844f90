package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the fields of one SELECT and gathers what they are made of. Arguments of transformations
 * are the business of {@link TransformationValidator}.
 */
final class CallValidator {
  private final boolean hasInterval;
  private final boolean ownInterval;
  private final long limit;
  private final List<Expression.Call> functions = new ArrayList<>();
  private boolean onlySelectors = true;
  private boolean auxiliaryFields;
  private boolean distinct;
  private boolean allowWildcard;
  private @Nullable String topOrBottom;

  /**
   * Starts a SELECT.
   *
   * @param hasInterval whether rows are grouped by time, if only because the outer SELECT is
   * @param ownInterval whether this SELECT says so itself
   * @param limit its LIMIT, 0 without one
   */
  CallValidator(boolean hasInterval, boolean ownInterval, long limit) {
    this.hasInterval = hasInterval;
    this.ownInterval = ownInterval;
    this.limit = limit;
  }

  /** The functions called, scalar ones apart. */
  List<Expression.Call> functions() {
    return functions;
  }

  /** Whether every function picks points. */
  boolean onlySelectors() {
    return onlySelectors;
  }

  /** Whether fields or tags are selected outside of functions. */
  boolean hasAuxiliaryFields() {
    return auxiliaryFields;
  }

  boolean hasDistinct() {
    return distinct;
  }

  /** {@code top} or {@code bottom} if it is called, otherwise null. */
  @Nullable String topOrBottom() {
    return topOrBottom;
  }

  boolean hasInterval() {
    return hasInterval;
  }

  boolean ownInterval() {
    return ownInterval;
  }

  void markAggregate() {
    onlySelectors = false;
  }

  /** Checks one entry of the SELECT list, constants already folded. */
  void validateField(Expression field) {
    allowWildcard = true;
    validate(field);
  }

  void validate(Expression expression) {
    if (expression instanceof Expression.VarRef) {
      auxiliaryFields = true;
    } else if (expression instanceof Expression.Wildcard) {
      auxiliaryFields = true;
      if (!allowWildcard) {
        throw new QueryException("unable to use wildcard in a binary expression");
      }
    } else if (expression instanceof Expression.Regex) {
      if (!allowWildcard) {
        throw new QueryException("unable to use regex in a binary expression");
      }
      auxiliaryFields = true;
    } else if (expression instanceof Expression.Call call) {
      call(call);
    } else if (expression instanceof Expression.Distinct name) {
      Expression argument = new Expression.VarRef(name.name(), null);
      functions.add(new Expression.Call("distinct", List.of(argument)));
      distinct(List.of(argument), false);
    } else if (expression instanceof Expression.Binary binary) {
      binary(binary);
    } else if (expression instanceof Expression.Paren paren) {
      validate(paren.inner());
    } else {
      throw new QueryException("field must contain at least one variable");
    }
  }

  private void binary(Expression.Binary binary) {
    allowWildcard = false;
    boolean leftLiteral = Functions.isConstant(binary.left());
    boolean rightLiteral = Functions.isConstant(binary.right());
    if (leftLiteral && rightLiteral) {
      throw new QueryException("cannot perform a binary expression on two literals");
    }
    if (!leftLiteral) {
      validate(binary.left());
    }
    if (!rightLiteral) {
      validate(binary.right());
    }
  }

  private void call(Expression.Call call) {
    if (Functions.isMath(call.name())) {
      Functions.checkMathArity(call);
      if (Functions.isConstant(call)) {
        throw new QueryException("field must contain at least one variable");
      }
      for (Expression argument : call.arguments()) {
        if (!Functions.isConstant(argument)) {
          validate(argument);
        }
      }
      return;
    }
    functions.add(call);
    switch (call.name()) {
      case "percentile" -> percentile(call);
      case "sample" -> sample(call);
      case "distinct" -> distinct(call.arguments(), false);
      case "top", "bottom" -> topOrBottom(call);
      case "integral" -> integral(call);
      case "max", "min", "first", "last" -> simple(call);
      case "count", "sum", "mean", "median", "mode", "stddev", "spread", "sum_hll" -> {
        markAggregate();
        simple(call);
      }
      case "count_hll" -> countHll(call);
      default -> {
        if (!TransformationValidator.validate(call, this)) {
          throw new QueryException("undefined function " + call.name() + "()");
        }
      }
    }
  }

  private void simple(Expression.Call call) {
    Functions.checkArity(call.name(), call.arguments(), 1);
    Expression argument = call.arguments().get(0);
    if (call.name().equals("count") && isDistinct(argument)) {
      nestedDistinct(argument);
    } else {
      symbol(call.name(), argument);
    }
  }

  /** Takes a field with texts of sketches, or a call that gives such. */
  private void countHll(Expression.Call call) {
    Functions.checkArity("count_hll", call.arguments(), 1);
    markAggregate();
    if (call.arguments().get(0) instanceof Expression.Call inner) {
      validate(inner);
    } else {
      symbol("count_hll", call.arguments().get(0));
    }
  }

  private static boolean isDistinct(Expression expression) {
    return expression instanceof Expression.Distinct
        || (expression instanceof Expression.Call call && call.name().equals("distinct"));
  }

  private void nestedDistinct(Expression expression) {
    if (expression instanceof Expression.Call call) {
      distinct(call.arguments(), true);
    } else {
      markAggregate();
    }
  }

  /** The call inside a transformation. */
  void validateNested(Expression.Call call) {
    if (isDistinct(call)) {
      nestedDistinct(call);
    } else {
      validate(call);
    }
  }

  /** A field, or a wildcard or regular expression that stands for fields. */
  void symbol(String function, Expression argument) {
    if (argument instanceof Expression.Wildcard) {
      if (!allowWildcard) {
        throw new QueryException("unsupported expression with wildcard: " + function + "()");
      }
      markAggregate();
    } else if (argument instanceof Expression.Regex) {
      if (!allowWildcard) {
        throw new QueryException("unsupported expression with regex field: " + function + "()");
      }
      markAggregate();
    } else if (!(argument instanceof Expression.VarRef)) {
      throw new QueryException("expected field argument in " + function + "()");
    }
  }

  private void percentile(Expression.Call call) {
    Functions.checkArity("percentile", call.arguments(), 2);
    Expression rank = call.arguments().get(1);
    if (!(rank instanceof Expression.IntegerLiteral)
        && !(rank instanceof Expression.NumberLiteral)) {
      throw new QueryException("expected float argument in percentile()");
    }
    symbol("percentile", call.arguments().get(0));
  }

  private void sample(Expression.Call call) {
    Functions.checkArity("sample", call.arguments(), 2);
    if (!(call.arguments().get(1) instanceof Expression.IntegerLiteral size)) {
      throw new QueryException("expected integer argument in sample()");
    }
    if (size.value() <= 0) {
      throw new QueryException("sample window must be greater than 1, got " + size.value());
    }
    symbol("sample", call.arguments().get(0));
  }

  private void integral(Expression.Call call) {
    Functions.checkArity("integral", call.arguments(), 1, 2);
    if (call.arguments().size() == 2) {
      if (!(call.arguments().get(1) instanceof Expression.DurationLiteral unit)) {
        throw new QueryException("second argument must be a duration");
      }
      TransformationValidator.checkPositive(unit);
    }
    markAggregate();
    symbol("integral", call.arguments().get(0));
  }

  private void distinct(List<Expression> arguments, boolean nested) {
    if (arguments.isEmpty()) {
      throw new QueryException("distinct function requires at least one argument");
    }
    if (arguments.size() != 1) {
      throw new QueryException("distinct function can only have one argument");
    }
    if (!(arguments.get(0) instanceof Expression.VarRef)) {
      throw new QueryException("expected field argument in distinct()");
    }
    distinct |= !nested;
    markAggregate();
  }

  private void topOrBottom(Expression.Call call) {
    String name = call.name();
    if (topOrBottom != null) {
      throw new QueryException(
          "selector function " + topOrBottom + "() cannot be combined with other functions");
    }
    List<Expression> arguments = call.arguments();
    if (arguments.size() < 2) {
      throw new QueryException(Functions.wrongNumber(name) + "at least 2, got " + arguments.size());
    }
    Expression last = arguments.get(arguments.size() - 1);
    if (!(last instanceof Expression.IntegerLiteral count)) {
      throw new QueryException(
          "expected integer as last argument in " + name + "(), found " + Printer.print(last));
    }
    if (count.value() <= 0) {
      throw new QueryException(
          "limit (" + count.value() + ") in " + name + " function must be at least 1");
    }
    if (limit > 0 && count.value() > limit) {
      throw new QueryException(
          "limit (%d) in %s function can not be larger than the LIMIT (%d) in the select statement"
              .formatted(count.value(), name, limit));
    }
    Expression first = arguments.get(0);
    if (!(first instanceof Expression.VarRef)) {
      throw new QueryException(
          "expected first argument to be a field in " + name + "(), found " + Printer.print(first));
    }
    for (Expression tag : arguments.subList(1, arguments.size() - 1)) {
      if (!(tag instanceof Expression.VarRef)) {
        throw new QueryException(
            "only fields or tags are allowed in " + name + "(), found " + Printer.print(tag));
      }
    }
    topOrBottom = name;
  }
}
