package io.varve.server.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the parameter {@code params} of a query: a JSON object of strings, numbers, booleans, and
 * objects that say what their only value is. Null becomes an empty Optional and an array an empty
 * list, both of which are errors where they are used.
 */
final class BoundParameters {
  private static final JsonFactory JSON = new JsonFactory();

  private BoundParameters() {}

  /**
   * Reads the object, down to the objects in it; numbers without a point or exponent become Long.
   *
   * @throws IllegalArgumentException if the text is not such an object
   */
  static Map<String, Object> parse(String text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("params must be a JSON object");
      }
      return object(parser, true);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }

  private static Map<String, Object> object(JsonParser parser, boolean outermost) {
    Map<String, Object> values = new HashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      values.put(name, value(parser.nextToken(), parser, outermost));
    }
    return values;
  }

  private static Object value(JsonToken token, JsonParser parser, boolean outermost) {
    return switch (token) {
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case START_OBJECT -> outermost ? object(parser, false) : skipped(parser);
      case START_ARRAY -> skipped(parser);
      default -> Optional.empty();
    };
  }

  private static List<Object> skipped(JsonParser parser) {
    parser.skipChildren();
    return List.of();
  }
}
