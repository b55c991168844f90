package io.varve.query.influxql;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values for {@code $name}. A String, Long (any integer type), Double or Boolean stands for the
 * literal; a map with one entry says which kind of token its value is: {@code {"regex": "^a"}},
 * {@code identifier}, {@code string}, {@code float}, {@code integer} or {@code duration}.
 */
final class BoundParameters {
  private BoundParameters() {}

  /** The token that a bound parameter stands for; the parameter itself if there is no value. */
  static Token replace(Token parameter, Map<String, Object> values) {
    Object value = values.get(parameter.text().substring(1));
    if (value == null) {
      return parameter;
    }
    if (value instanceof Map<?, ?> typed) {
      if (typed.size() != 1) {
        throw new ParseException("bound object parameter value must have exactly one entry");
      }
      Map.Entry<?, ?> entry = typed.entrySet().iterator().next();
      return typed(parameter, String.valueOf(entry.getKey()), entry.getValue());
    }
    if (value instanceof Boolean truth) {
      return with(parameter, truth ? TokenKind.TRUE : TokenKind.FALSE, "");
    }
    return typed(parameter, nameOfType(value), value);
  }

  private static String nameOfType(Object value) {
    if (value instanceof String) {
      return "string";
    }
    if (value instanceof Double || value instanceof Float) {
      return "float";
    }
    return value instanceof Number ? "integer" : value.getClass().getSimpleName();
  }

  private static Token typed(Token parameter, String type, Object value) {
    if (value instanceof String text) {
      TokenKind kind = kindOfText(type);
      if (kind != null) {
        return with(parameter, kind, text);
      }
    }
    if (value instanceof Number number) {
      Token token = numeric(parameter, type, number);
      if (token != null) {
        return token;
      }
    }
    throw new ParseException("unable to bind parameter with type " + type);
  }

  private static @Nullable TokenKind kindOfText(String type) {
    return switch (type) {
      case "string" -> TokenKind.STRING;
      case "ident", "identifier" -> TokenKind.IDENT;
      case "regex" -> TokenKind.REGEX;
      case "duration" -> TokenKind.DURATION_VALUE;
      default -> null;
    };
  }

  private static @Nullable Token numeric(Token parameter, String type, Number number) {
    return switch (type) {
      case "float", "number" -> with(parameter, TokenKind.NUMBER, decimal(number.doubleValue()));
      case "int", "integer" ->
          with(parameter, TokenKind.INTEGER, Long.toString(number.longValue()));
      case "duration" ->
          with(parameter, TokenKind.DURATION_VALUE, Durations.format(number.longValue()));
      default -> null;
    };
  }

  private static String decimal(double value) {
    if (!Double.isFinite(value)) {
      throw new ParseException("unable to bind parameter with value " + value);
    }
    return new BigDecimal(Double.toString(value)).toPlainString();
  }

  private static Token with(Token parameter, TokenKind kind, String text) {
    return new Token(kind, text, parameter.start(), parameter.end(), parameter.position());
  }
}
