package io.varve.server.http;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the parameter {@code params} of a query: a JSON object of strings, numbers, booleans. */
final class BoundParameters {
  private static final JsonFactory JSON = new JsonFactory();

  private BoundParameters() {}

  /**
   * Reads the object; numbers without a point or exponent become Long.
   *
   * @throws IllegalArgumentException if the text is not such an object
   */
  static Map<String, Object> parse(String text) {
    Map<String, Object> values = new HashMap<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("params must be a JSON object");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        values.put(name, value(name, parser.nextToken(), parser));
      }
      return values;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  private static Object value(String name, JsonToken token, JsonParser parser) {
    return switch (token) {
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default ->
          throw new IllegalArgumentException(
              "parameter " + name + " must be a string, a number or a boolean");
    };
  }
}
