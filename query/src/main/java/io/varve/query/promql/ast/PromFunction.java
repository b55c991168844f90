package io.varve.query.promql.ast;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All functions of Prometheus 3.x, with the types they take and give. */
@SuppressWarnings("ImmutableEnumChecker") // the lists come from List.of
public enum PromFunction {
  ABS(List.of(ValueType.VECTOR), ValueType.VECTOR),
  ABSENT(List.of(ValueType.VECTOR), ValueType.VECTOR),
  ABSENT_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  ACOS(List.of(ValueType.VECTOR), ValueType.VECTOR),
  ACOSH(List.of(ValueType.VECTOR), ValueType.VECTOR),
  ASIN(List.of(ValueType.VECTOR), ValueType.VECTOR),
  ASINH(List.of(ValueType.VECTOR), ValueType.VECTOR),
  ATAN(List.of(ValueType.VECTOR), ValueType.VECTOR),
  ATANH(List.of(ValueType.VECTOR), ValueType.VECTOR),
  AVG_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  CEIL(List.of(ValueType.VECTOR), ValueType.VECTOR),
  CHANGES(List.of(ValueType.MATRIX), ValueType.VECTOR),
  CLAMP(List.of(ValueType.VECTOR, ValueType.SCALAR, ValueType.SCALAR), ValueType.VECTOR),
  CLAMP_MAX(List.of(ValueType.VECTOR, ValueType.SCALAR), ValueType.VECTOR),
  CLAMP_MIN(List.of(ValueType.VECTOR, ValueType.SCALAR), ValueType.VECTOR),
  COS(List.of(ValueType.VECTOR), ValueType.VECTOR),
  COSH(List.of(ValueType.VECTOR), ValueType.VECTOR),
  COUNT_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  DAY_OF_MONTH(List.of(ValueType.VECTOR), ValueType.VECTOR, 1),
  DAY_OF_WEEK(List.of(ValueType.VECTOR), ValueType.VECTOR, 1),
  DAY_OF_YEAR(List.of(ValueType.VECTOR), ValueType.VECTOR, 1),
  DAYS_IN_MONTH(List.of(ValueType.VECTOR), ValueType.VECTOR, 1),
  DEG(List.of(ValueType.VECTOR), ValueType.VECTOR),
  DELTA(List.of(ValueType.MATRIX), ValueType.VECTOR),
  DERIV(List.of(ValueType.MATRIX), ValueType.VECTOR),
  DOUBLE_EXPONENTIAL_SMOOTHING(
      List.of(ValueType.MATRIX, ValueType.SCALAR, ValueType.SCALAR), ValueType.VECTOR, 0, true),
  END(List.of(), ValueType.SCALAR, 0, true),
  EXP(List.of(ValueType.VECTOR), ValueType.VECTOR),
  FIRST_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  FLOOR(List.of(ValueType.VECTOR), ValueType.VECTOR),
  HISTOGRAM_AVG(List.of(ValueType.VECTOR), ValueType.VECTOR),
  HISTOGRAM_COUNT(List.of(ValueType.VECTOR), ValueType.VECTOR),
  HISTOGRAM_FRACTION(
      List.of(ValueType.SCALAR, ValueType.SCALAR, ValueType.VECTOR), ValueType.VECTOR),
  HISTOGRAM_QUANTILE(List.of(ValueType.SCALAR, ValueType.VECTOR), ValueType.VECTOR),
  HISTOGRAM_QUANTILES(
      List.of(ValueType.VECTOR, ValueType.STRING, ValueType.SCALAR, ValueType.SCALAR),
      ValueType.VECTOR,
      9,
      true),
  HISTOGRAM_STDDEV(List.of(ValueType.VECTOR), ValueType.VECTOR),
  HISTOGRAM_STDVAR(List.of(ValueType.VECTOR), ValueType.VECTOR),
  HISTOGRAM_SUM(List.of(ValueType.VECTOR), ValueType.VECTOR),
  HOUR(List.of(ValueType.VECTOR), ValueType.VECTOR, 1),
  IDELTA(List.of(ValueType.MATRIX), ValueType.VECTOR),
  INCREASE(List.of(ValueType.MATRIX), ValueType.VECTOR),
  INFO(List.of(ValueType.VECTOR, ValueType.VECTOR), ValueType.VECTOR, 1, true),
  IRATE(List.of(ValueType.MATRIX), ValueType.VECTOR),
  LABEL_JOIN(
      List.of(ValueType.VECTOR, ValueType.STRING, ValueType.STRING, ValueType.STRING),
      ValueType.VECTOR,
      -1),
  LABEL_REPLACE(
      List.of(
          ValueType.VECTOR, ValueType.STRING, ValueType.STRING, ValueType.STRING, ValueType.STRING),
      ValueType.VECTOR),
  LAST_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  LN(List.of(ValueType.VECTOR), ValueType.VECTOR),
  LOG10(List.of(ValueType.VECTOR), ValueType.VECTOR),
  LOG2(List.of(ValueType.VECTOR), ValueType.VECTOR),
  MAD_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR, 0, true),
  MAX_OF(List.of(ValueType.SCALAR, ValueType.SCALAR), ValueType.SCALAR, 0, true),
  MAX_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  MIN_OF(List.of(ValueType.SCALAR, ValueType.SCALAR), ValueType.SCALAR, 0, true),
  MIN_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  MINUTE(List.of(ValueType.VECTOR), ValueType.VECTOR, 1),
  MONTH(List.of(ValueType.VECTOR), ValueType.VECTOR, 1),
  PI(List.of(), ValueType.SCALAR),
  PREDICT_LINEAR(List.of(ValueType.MATRIX, ValueType.SCALAR), ValueType.VECTOR),
  PRESENT_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  QUANTILE_OVER_TIME(List.of(ValueType.SCALAR, ValueType.MATRIX), ValueType.VECTOR),
  RAD(List.of(ValueType.VECTOR), ValueType.VECTOR),
  RANGE(List.of(), ValueType.SCALAR, 0, true),
  RATE(List.of(ValueType.MATRIX), ValueType.VECTOR),
  RESETS(List.of(ValueType.MATRIX), ValueType.VECTOR),
  ROUND(List.of(ValueType.VECTOR, ValueType.SCALAR), ValueType.VECTOR, 1),
  SCALAR(List.of(ValueType.VECTOR), ValueType.SCALAR),
  SGN(List.of(ValueType.VECTOR), ValueType.VECTOR),
  SIN(List.of(ValueType.VECTOR), ValueType.VECTOR),
  SINH(List.of(ValueType.VECTOR), ValueType.VECTOR),
  SORT(List.of(ValueType.VECTOR), ValueType.VECTOR),
  SORT_BY_LABEL(List.of(ValueType.VECTOR, ValueType.STRING), ValueType.VECTOR, -1, true),
  SORT_BY_LABEL_DESC(List.of(ValueType.VECTOR, ValueType.STRING), ValueType.VECTOR, -1, true),
  SORT_DESC(List.of(ValueType.VECTOR), ValueType.VECTOR),
  SQRT(List.of(ValueType.VECTOR), ValueType.VECTOR),
  START(List.of(), ValueType.SCALAR, 0, true),
  START_TIMESTAMP(List.of(ValueType.VECTOR), ValueType.VECTOR, 0, true),
  STDDEV_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  STDVAR_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  STEP(List.of(), ValueType.SCALAR, 0, true),
  SUM_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR),
  TAN(List.of(ValueType.VECTOR), ValueType.VECTOR),
  TANH(List.of(ValueType.VECTOR), ValueType.VECTOR),
  TIME(List.of(), ValueType.SCALAR),
  TIMESTAMP(List.of(ValueType.VECTOR), ValueType.VECTOR),
  TS_OF_FIRST_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR, 0, true),
  TS_OF_LAST_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR, 0, true),
  TS_OF_MAX_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR, 0, true),
  TS_OF_MIN_OVER_TIME(List.of(ValueType.MATRIX), ValueType.VECTOR, 0, true),
  VECTOR(List.of(ValueType.SCALAR), ValueType.VECTOR),
  YEAR(List.of(ValueType.VECTOR), ValueType.VECTOR, 1);

  private static final Map<String, PromFunction> BY_NAME = new HashMap<>();

  static {
    for (PromFunction function : values()) {
      BY_NAME.put(function.text(), function);
    }
  }

  private final List<ValueType> argTypes;
  private final ValueType returnType;
  private final int variadic;
  private final boolean experimental;

  PromFunction(List<ValueType> argTypes, ValueType returnType) {
    this(argTypes, returnType, 0, false);
  }

  PromFunction(List<ValueType> argTypes, ValueType returnType, int variadic) {
    this(argTypes, returnType, variadic, false);
  }

  PromFunction(List<ValueType> argTypes, ValueType returnType, int variadic, boolean experimental) {
    this.argTypes = argTypes;
    this.returnType = returnType;
    this.variadic = variadic;
    this.experimental = experimental;
  }

  /** The function of that name, which is case-sensitive, or null. */
  public static @Nullable PromFunction find(String name) {
    return BY_NAME.get(name);
  }

  /** The name as it is written in a query. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The types of the arguments; for a variadic function the last one is that of all further. */
  public List<ValueType> argTypes() {
    return argTypes;
  }

  public ValueType returnType() {
    return returnType;
  }

  /**
   * 0 if there are exactly as many arguments as {@link #argTypes}; else the last of these is
   * optional and up to this many more than all but the last may follow, -1 for any number.
   */
  public int variadic() {
    return variadic;
  }

  public int minArgs() {
    return variadic == 0 ? argTypes.size() : argTypes.size() - 1;
  }

  /** {@link Integer#MAX_VALUE} for any number. */
  public int maxArgs() {
    return variadic < 0 ? Integer.MAX_VALUE : minArgs() + variadic;
  }

  /** Whether the parser refuses it unless told otherwise. */
  public boolean isExperimental() {
    return experimental;
  }
}
