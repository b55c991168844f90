package io.varve.query.influxql;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * Values for {@code $name}. A String, Long (any integer type), Double or Boolean stands for the
 * literal; a map with one entry says which kind of token its value is: {@code {"regex": "^a"}},
 * {@code identifier}, {@code string}, {@code float}, {@code integer} or {@code duration}.
 *
 * <p>What cannot be bound is found where the parser comes across it: its token is still a
 * parameter, whose text says what is wrong.
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
        return refuse(parameter, "bound object parameter value must have exactly one entry");
      }
      Map.Entry<?, ?> entry = typed.entrySet().iterator().next();
      return typed(parameter, String.valueOf(entry.getKey()), entry.getValue());
    }
    if (value instanceof Boolean truth) {
      return with(parameter, truth ? TokenKind.TRUE : TokenKind.FALSE, "");
    }
    if (value instanceof String text) {
      return with(parameter, TokenKind.STRING, text);
    }
    if (value instanceof Double || value instanceof Float) {
      return number(parameter, ((Number) value).doubleValue());
    }
    if (value instanceof Number number) {
      return with(parameter, TokenKind.INTEGER, Long.toString(number.longValue()));
    }
    String type = value instanceof List<?> ? "[]interface {}" : "<nil>";
    return refuse(parameter, "unable to bind parameter with type " + type);
  }

  private static Token typed(Token parameter, String type, Object value) {
    boolean fraction = value instanceof Double || value instanceof Float;
    return switch (type) {
      case "ident", "identifier" -> text(parameter, TokenKind.IDENT, "identifier", value);
      case "regex" -> text(parameter, TokenKind.REGEX, "regex literal", value);
      case "string" -> text(parameter, TokenKind.STRING, "string literal", value);
      case "float", "number" ->
          value instanceof Number number
              ? number(parameter, number.doubleValue())
              : refuse(parameter, "number literal must be a float value");
      case "int", "integer" ->
          value instanceof Number number && !fraction
              ? with(parameter, TokenKind.INTEGER, Long.toString(number.longValue()))
              : refuse(parameter, "integer literal must be an integer value");
      case "duration" -> {
        if (value instanceof String text) {
          yield with(parameter, TokenKind.DURATION_VALUE, text);
        }
        yield value instanceof Number number && !fraction
            ? with(parameter, TokenKind.DURATION_VALUE, Durations.format(number.longValue()))
            : refuse(parameter, "duration literal must be a string or integer value");
      }
      default -> refuse(parameter, "unknown bind object type: " + type);
    };
  }

  private static Token text(Token parameter, TokenKind kind, String what, Object value) {
    return value instanceof String text
        ? with(parameter, kind, text)
        : refuse(parameter, what + " must be a string value");
  }

  private static Token number(Token parameter, double value) {
    if (!Double.isFinite(value)) {
      return refuse(parameter, "unable to bind parameter with value " + value);
    }
    String text = new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    return with(parameter, TokenKind.NUMBER, text);
  }

  private static Token refuse(Token parameter, String why) {
    return with(parameter, TokenKind.BOUND_PARAMETER, why);
  }

  private static Token with(Token parameter, TokenKind kind, String text) {
    return new Token(kind, text, parameter.start(), parameter.end(), parameter.position());
  }
}
