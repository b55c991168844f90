package io.varve.query.promql.function;

import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The PromQL functions that turn each value into another, by their names in lower case. */
public enum ValueFunction {
  ABS(Math::abs),
  CEIL(Math::ceil),
  FLOOR(Math::floor),
  SGN(Math::signum),
  SQRT(Math::sqrt),
  EXP(Math::exp),
  LN(Math::log),
  LOG2(GoMath::log2),
  LOG10(Math::log10),
  SIN(Math::sin),
  COS(Math::cos),
  TAN(Math::tan),
  ASIN(Math::asin),
  ACOS(Math::acos),
  ATAN(Math::atan),
  SINH(Math::sinh),
  COSH(Math::cosh),
  TANH(Math::tanh),
  ASINH(GoMath::asinh),
  ACOSH(GoMath::acosh),
  ATANH(GoMath::atanh),
  DEG(value -> value * 180 / Math.PI),
  RAD(value -> value * Math.PI / 180),
  MINUTE(CivilTime::minute),
  HOUR(CivilTime::hour),
  DAY_OF_WEEK(CivilTime::dayOfWeek),
  DAY_OF_MONTH(CivilTime::dayOfMonth),
  DAY_OF_YEAR(CivilTime::dayOfYear),
  DAYS_IN_MONTH(CivilTime::daysInMonth),
  MONTH(CivilTime::month),
  YEAR(CivilTime::year);

  private static final Map<String, ValueFunction> BY_NAME =
      Stream.of(values())
          .collect(Collectors.toMap(f -> f.name().toLowerCase(Locale.ROOT), Function.identity()));

  // The functions given are pure.
  @SuppressWarnings("ImmutableEnumChecker")
  private final DoubleUnaryOperator operator;

  ValueFunction(DoubleUnaryOperator operator) {
    this.operator = operator;
  }

  public static @Nullable ValueFunction byName(String name) {
    return BY_NAME.get(name);
  }

  public double apply(double value) {
    return operator.applyAsDouble(value);
  }

  /** Replaces the first {@code count} values. */
  public void apply(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = operator.applyAsDouble(values[i]);
    }
  }
}
