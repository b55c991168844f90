package io.varve.query.influxql;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words and signs of InfluxQL. */
enum TokenKind {
  ILLEGAL,
  EOF,
  WHITESPACE("WS"),
  COMMENT,

  IDENT,
  BOUND_PARAMETER("BOUNDPARAM"),
  NUMBER,
  INTEGER,
  DURATION_VALUE("DURATIONVAL"),
  STRING,
  BAD_STRING("BADSTRING"),
  BAD_ESCAPE("BADESCAPE"),
  REGEX,

  ADD("+"),
  SUB("-"),
  MUL("*"),
  DIV("/"),
  MOD("%"),
  BITWISE_AND("&"),
  BITWISE_OR("|"),
  BITWISE_XOR("^"),
  EQ("="),
  NEQ("!="),
  EQ_REGEX("=~"),
  NEQ_REGEX("!~"),
  LT("<"),
  LTE("<="),
  GT(">"),
  GTE(">="),
  LPAREN("("),
  RPAREN(")"),
  COMMA(","),
  COLON(":"),
  DOUBLE_COLON("::"),
  SEMICOLON(";"),
  DOT("."),

  // Keywords, from here to the end.
  AND,
  OR,
  TRUE,
  FALSE,
  ALL,
  ALTER,
  ANALYZE,
  ANY,
  AS,
  ASC,
  BEGIN,
  BY,
  CARDINALITY,
  CONTINUOUS,
  CREATE,
  DATABASE,
  DATABASES,
  DEFAULT,
  DELETE,
  DESC,
  DESTINATIONS,
  DIAGNOSTICS,
  DISTINCT,
  DROP,
  DURATION,
  END,
  EVERY,
  EXACT,
  EXPLAIN,
  FIELD,
  FOR,
  FROM,
  FUTURE,
  GRANT,
  GRANTS,
  GROUP,
  GROUPS,
  IN,
  INF,
  INSERT,
  INTO,
  KEY,
  KEYS,
  KILL,
  LIMIT,
  MEASUREMENT,
  MEASUREMENTS,
  NAME,
  OFFSET,
  ON,
  ORDER,
  PASSWORD,
  PAST,
  POLICIES,
  POLICY,
  PRIVILEGES,
  QUERIES,
  QUERY,
  READ,
  REPLICATION,
  RESAMPLE,
  RETENTION,
  REVOKE,
  SELECT,
  SERIES,
  SET,
  SHARD,
  SHARDS,
  SHOW,
  SLIMIT,
  SOFFSET,
  STATS,
  SUBSCRIPTION,
  SUBSCRIPTIONS,
  TAG,
  TO,
  USER,
  USERS,
  VALUES,
  VERBOSE,
  WHERE,
  WITH,
  WRITE;

  private static final Map<String, TokenKind> KEYWORDS = new HashMap<>();
  private static final int LONGEST_KEYWORD = 13;

  static {
    for (TokenKind kind : values()) {
      if (kind.compareTo(AND) >= 0) {
        KEYWORDS.put(kind.name(), kind);
      }
    }
  }

  private final String text;

  TokenKind() {
    this.text = name();
  }

  TokenKind(String text) {
    this.text = text;
  }

  /** How error messages name it. */
  String text() {
    return text;
  }

  /** The keyword that the word is in any mixture of cases, or null. */
  static @Nullable TokenKind keyword(String word) {
    return word.length() > LONGEST_KEYWORD ? null : KEYWORDS.get(word.toUpperCase(Locale.ROOT));
  }
}
