package io.varve.query.function;

import io.varve.storage.model.FieldType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scalar functions: one value of one or two arguments, row by row. */
public enum MathFunction {
  ABS(1),
  CEIL(1),
  FLOOR(1),
  ROUND(1),
  SQRT(1),
  EXP(1),
  LN(1),
  LOG2(1),
  LOG10(1),
  SIN(1),
  COS(1),
  TAN(1),
  ASIN(1),
  ACOS(1),
  ATAN(1),
  ATAN2(2),
  POW(2),
  LOG(2);

  private static final Map<String, MathFunction> BY_LABEL = byLabel();

  private final String label = name().toLowerCase(Locale.ROOT);

  private final int arity;

  MathFunction(int arity) {
    this.arity = arity;
  }

  private static Map<String, MathFunction> byLabel() {
    Map<String, MathFunction> functions = new HashMap<>();
    for (MathFunction function : values()) {
      functions.put(function.label, function);
    }
    return functions;
  }

  /** The function of that name in lower case, or null. */
  public static @Nullable MathFunction of(String name) {
    return BY_LABEL.get(name);
  }

  /** The name in statements. */
  public String label() {
    return label;
  }

  public int arity() {
    return arity;
  }

  public boolean accepts(FieldType type) {
    return switch (type) {
      case FLOAT -> true;
      case INTEGER, UNSIGNED -> this != ASIN && this != ACOS;
      case STRING, BOOLEAN -> false;
    };
  }

  /** Whether the result has the type of the argument; otherwise it is a float. */
  public boolean keepsType() {
    return this == ABS || this == CEIL || this == FLOOR || this == ROUND;
  }

  /** Computes the first {@code rows} values; {@code b} is read by functions of two arguments. */
  public void apply(double[] a, double[] b, double[] into, int rows) {
    for (int i = 0; i < rows; i++) {
      into[i] =
          switch (this) {
            case ABS -> Math.abs(a[i]);
            case CEIL -> Math.ceil(a[i]);
            case FLOOR -> Math.floor(a[i]);
            case ROUND -> round(a[i]);
            case SQRT -> Math.sqrt(a[i]);
            case EXP -> Math.exp(a[i]);
            case LN -> Math.log(a[i]);
            case LOG2 -> log2(a[i]);
            case LOG10 -> Math.log10(a[i]);
            case SIN -> Math.sin(a[i]);
            case COS -> Math.cos(a[i]);
            case TAN -> Math.tan(a[i]);
            case ASIN -> Math.asin(a[i]);
            case ACOS -> Math.acos(a[i]);
            case ATAN -> Math.atan(a[i]);
            case ATAN2 -> Math.atan2(a[i], b[i]);
            case POW -> Math.pow(a[i], b[i]);
            case LOG -> Math.log(a[i]) / Math.log(b[i]);
          };
    }
  }

  /** Computes on integers; only for functions that keep the type. */
  public void apply(long[] values, long[] into, int rows, boolean signed) {
    for (int i = 0; i < rows; i++) {
      into[i] = this == ABS && signed ? Math.abs(values[i]) : values[i];
    }
  }

  /** Halves go away from zero. */
  private static double round(double value) {
    double whole = value < 0 ? Math.ceil(value) : Math.floor(value);
    return Math.abs(value - whole) >= 0.5 ? whole + Math.copySign(1, value) : whole;
  }

  /** Exact for powers of two. */
  private static double log2(double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      return Math.log(value);
    }
    int exponent = Math.getExponent(value);
    double fraction = exponent < Double.MIN_EXPONENT ? value : Math.scalb(value, -exponent);
    if (exponent < Double.MIN_EXPONENT) {
      return Math.log(value) / Math.log(2);
    }
    return fraction == 1 ? exponent : exponent + Math.log(fraction) / Math.log(2);
  }
}
