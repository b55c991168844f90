package io.varve.query.promql.ast;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The operators that combine the elements of a vector. */
public enum Aggregator {
  SUM,
  AVG,
  COUNT,
  MIN,
  MAX,
  GROUP,
  STDDEV,
  STDVAR,
  TOPK(ValueType.SCALAR),
  BOTTOMK(ValueType.SCALAR),
  COUNT_VALUES(ValueType.STRING),
  QUANTILE(ValueType.SCALAR),
  LIMITK(ValueType.SCALAR),
  LIMIT_RATIO(ValueType.SCALAR);

  private final @Nullable ValueType paramType;
  private final String text = name().toLowerCase(Locale.ROOT);

  Aggregator() {
    this.paramType = null;
  }

  Aggregator(ValueType paramType) {
    this.paramType = paramType;
  }

  /** The name in lower case. */
  public String text() {
    return text;
  }

  /** The type of the parameter in front of the vector, or null if there is none. */
  public @Nullable ValueType paramType() {
    return paramType;
  }

  /** Whether it gives one element per group, which has the labels of the group and no others. */
  public boolean givesGroups() {
    return paramType == null || this == QUANTILE;
  }

  /** Whether the parser refuses it unless told otherwise. */
  public boolean isExperimental() {
    return this == LIMITK || this == LIMIT_RATIO;
  }
}
