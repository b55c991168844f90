package io.varve.server.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON object in the body of a request: String, Long, Double, Boolean, List and Map; members
 * that are null are left out.
 */
final class JsonBody {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_DEPTH = 8;

  private final Map<String, Object> members;

  private JsonBody(Map<String, Object> members) {
    this.members = members;
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException with the reason and position if the text is not an object
   */
  static JsonBody parse(String text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("the body must be a JSON object");
      }
      Map<String, Object> members = object(parser, 1);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("the body must be one JSON object, but goes on");
      }
      return new JsonBody(members);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "malformed JSON in the body: " + e.getOriginalMessage(), e);
    }
  }

  private static Map<String, Object> object(JsonParser parser, int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      Object value = value(parser, parser.nextToken(), depth);
      if (value != null) {
        members.put(name, value);
      }
    }
    return members;
  }

  private static @Nullable Object value(JsonParser parser, JsonToken token, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("the body is nested deeper than " + MAX_DEPTH);
    }
    return switch (token) {
      case START_OBJECT -> object(parser, depth + 1);
      case START_ARRAY -> array(parser, depth + 1);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private static List<Object> array(JsonParser parser, int depth) {
    List<Object> elements = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      Object element = value(parser, token, depth);
      if (element != null) {
        elements.add(element);
      }
    }
    return elements;
  }

  /**
   * A text, or the empty string if there is none.
   *
   * @throws IllegalArgumentException if the member is something else
   */
  String text(String name) {
    Object value = members.getOrDefault(name, "");
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " must be a string");
  }

  /**
   * The first object in an array, or null if there is no such array or it is empty.
   *
   * @throws IllegalArgumentException if the member is something else
   */
  @Nullable JsonBody firstOf(String name) {
    Object value = members.getOrDefault(name, List.of());
    if (!(value instanceof List<?> elements)) {
      throw new IllegalArgumentException(name + " must be an array");
    }
    if (elements.isEmpty()) {
      return null;
    }
    if (!(elements.get(0) instanceof Map<?, ?> object)) {
      throw new IllegalArgumentException(name + " must hold objects");
    }
    Map<String, Object> inner = new LinkedHashMap<>();
    object.forEach((key, member) -> inner.put(String.valueOf(key), member));
    return new JsonBody(inner);
  }

  /**
   * A whole number that is not negative, or 0 if there is none.
   *
   * @throws IllegalArgumentException if the member is something else
   */
  long count(String name) {
    Object value = members.getOrDefault(name, 0L);
    if (value instanceof Long number && number >= 0) {
      return number;
    }
    throw new IllegalArgumentException(name + " must be a whole number that is not negative");
  }

  boolean has(String name) {
    return members.containsKey(name);
  }
}
