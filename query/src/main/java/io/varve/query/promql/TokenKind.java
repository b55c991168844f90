package io.varve.query.promql;

import io.varve.query.promql.ast.Aggregator;
import io.varve.query.promql.ast.BinaryOperator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of tokens. */
enum TokenKind {
  EOF(Family.TEXT, "end of input"),
  IDENTIFIER(Family.TEXT, "identifier"),
  /** A name with a colon in it. */
  METRIC_IDENTIFIER(Family.TEXT, "metric identifier"),
  STRING(Family.TEXT, "string"),
  NUMBER(Family.TEXT, "number"),
  DURATION(Family.TEXT, "duration"),

  LEFT_PAREN(Family.PUNCTUATION, "("),
  RIGHT_PAREN(Family.PUNCTUATION, ")"),
  LEFT_BRACE(Family.PUNCTUATION, "{"),
  RIGHT_BRACE(Family.PUNCTUATION, "}"),
  LEFT_BRACKET(Family.PUNCTUATION, "["),
  RIGHT_BRACKET(Family.PUNCTUATION, "]"),
  COMMA(Family.PUNCTUATION, ","),
  COLON(Family.PUNCTUATION, ":"),
  EQL(Family.PUNCTUATION, "="),

  ADD(Family.OPERATOR, "+"),
  SUB(Family.OPERATOR, "-"),
  MUL(Family.OPERATOR, "*"),
  DIV(Family.OPERATOR, "/"),
  MOD(Family.OPERATOR, "%"),
  POW(Family.OPERATOR, "^"),
  EQLC(Family.OPERATOR, "=="),
  NEQ(Family.OPERATOR, "!="),
  LTE(Family.OPERATOR, "<="),
  LSS(Family.OPERATOR, "<"),
  GTE(Family.OPERATOR, ">="),
  GTR(Family.OPERATOR, ">"),
  TRIM_UPPER(Family.OPERATOR, "</"),
  TRIM_LOWER(Family.OPERATOR, ">/"),
  EQL_REGEX(Family.OPERATOR, "=~"),
  NEQ_REGEX(Family.OPERATOR, "!~"),
  AT(Family.OPERATOR, "@"),
  AND(Family.WORD_OPERATOR, "and"),
  OR(Family.WORD_OPERATOR, "or"),
  UNLESS(Family.WORD_OPERATOR, "unless"),
  ATAN2(Family.WORD_OPERATOR, "atan2"),

  SUM(Family.AGGREGATOR, "sum"),
  AVG(Family.AGGREGATOR, "avg"),
  COUNT(Family.AGGREGATOR, "count"),
  MIN(Family.AGGREGATOR, "min"),
  MAX(Family.AGGREGATOR, "max"),
  GROUP(Family.AGGREGATOR, "group"),
  STDDEV(Family.AGGREGATOR, "stddev"),
  STDVAR(Family.AGGREGATOR, "stdvar"),
  TOPK(Family.AGGREGATOR, "topk"),
  BOTTOMK(Family.AGGREGATOR, "bottomk"),
  COUNT_VALUES(Family.AGGREGATOR, "count_values"),
  QUANTILE(Family.AGGREGATOR, "quantile"),
  LIMITK(Family.AGGREGATOR, "limitk"),
  LIMIT_RATIO(Family.AGGREGATOR, "limit_ratio"),

  OFFSET(Family.KEYWORD, "offset"),
  BY(Family.KEYWORD, "by"),
  WITHOUT(Family.KEYWORD, "without"),
  ON(Family.KEYWORD, "on"),
  IGNORING(Family.KEYWORD, "ignoring"),
  GROUP_LEFT(Family.KEYWORD, "group_left"),
  GROUP_RIGHT(Family.KEYWORD, "group_right"),
  BOOL(Family.KEYWORD, "bool"),
  ANCHORED(Family.KEYWORD, "anchored"),
  SMOOTHED(Family.KEYWORD, "smoothed"),
  FILL(Family.KEYWORD, "fill"),
  FILL_LEFT(Family.KEYWORD, "fill_left"),
  FILL_RIGHT(Family.KEYWORD, "fill_right"),

  START(Family.PREPROCESSOR, "start"),
  END(Family.PREPROCESSOR, "end"),
  STEP(Family.PREPROCESSOR, "step"),
  RANGE(Family.PREPROCESSOR, "range"),
  MIN_OF(Family.PREPROCESSOR, "min_of"),
  MAX_OF(Family.PREPROCESSOR, "max_of");

  private enum Family {
    TEXT,
    PUNCTUATION,
    OPERATOR,
    WORD_OPERATOR,
    AGGREGATOR,
    KEYWORD,
    PREPROCESSOR
  }

  private static final Map<String, TokenKind> WORDS = new HashMap<>();

  static {
    for (TokenKind kind : values()) {
      if (kind.family.compareTo(Family.WORD_OPERATOR) >= 0) {
        WORDS.put(kind.text, kind);
      }
    }
    WORDS.put("inf", NUMBER);
    WORDS.put("nan", NUMBER);
  }

  private final Family family;
  private final String text;

  TokenKind(Family family, String text) {
    this.family = family;
    this.text = text;
  }

  /** The kind of a word that is not an ordinary identifier, in any case of letters, or null. */
  static @Nullable TokenKind word(String word) {
    return WORDS.get(word.toLowerCase(Locale.ROOT));
  }

  String text() {
    return text;
  }

  boolean isAggregator() {
    return family == Family.AGGREGATOR;
  }

  Aggregator aggregator() {
    return Aggregator.valueOf(name());
  }

  boolean isUnary() {
    return this == ADD || this == SUB;
  }

  @Nullable BinaryOperator binaryOperator() {
    boolean binary =
        (family == Family.OPERATOR || family == Family.WORD_OPERATOR)
            && this != AT
            && this != EQL_REGEX
            && this != NEQ_REGEX;
    return binary ? BinaryOperator.valueOf(name()) : null;
  }

  /** Whether a function may have that name. */
  boolean canNameFunction() {
    return this == IDENTIFIER || family == Family.PREPROCESSOR;
  }

  /** Whether a metric may have that name without quotes. */
  boolean canNameMetric() {
    return switch (this) {
      case IDENTIFIER, METRIC_IDENTIFIER, AND, OR, UNLESS, OFFSET, BY, WITHOUT -> true;
      case ANCHORED, SMOOTHED, FILL, FILL_LEFT, FILL_RIGHT -> true;
      default -> family == Family.AGGREGATOR || family == Family.PREPROCESSOR;
    };
  }

  /** Whether a label in a list may have that name without quotes. */
  boolean canNameLabel() {
    return this != WITHOUT && (canNameMetric() || this == ATAN2 || family == Family.KEYWORD);
  }

  /** Whether an expression can begin so. */
  boolean startsExpression() {
    return switch (this) {
      case NUMBER, DURATION, STRING, ADD, SUB, LEFT_PAREN, LEFT_BRACE -> true;
      default -> canNameMetric();
    };
  }

  /** The token in an error message. */
  String describe(String value) {
    return switch (family) {
      case TEXT -> this == EOF ? text : text + " " + shortened(value);
      case OPERATOR, WORD_OPERATOR -> "<op:" + value + ">";
      case AGGREGATOR -> "<aggr:" + value + ">";
      case KEYWORD -> "<" + value + ">";
      case PUNCTUATION, PREPROCESSOR -> Quoting.quote(value);
    };
  }

  private String shortened(String value) {
    boolean name = this == IDENTIFIER || this == METRIC_IDENTIFIER;
    if (name || Positions.utf8Length(value) <= 10) {
      return Quoting.quote(value);
    }
    int end = value.offsetByCodePoints(0, Math.min(10, value.codePointCount(0, value.length())));
    return Quoting.quote(value.substring(0, end)) + "...";
  }
}
