package io.varve.bench.peer;

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

/** A JSON value that is looked into as if it had the shape expected; if not, that is an error. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final @Nullable Object value;

  private Json(@Nullable Object value) {
    this.value = value;
  }

  static Json parse(byte[] body) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
      parser.nextToken();
      return new Json(read(parser));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static @Nullable Object read(JsonParser parser) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Json> members = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        members.put(name, new Json(read(parser)));
      }
      return members;
    }
    if (token == JsonToken.START_ARRAY) {
      List<Json> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(new Json(read(parser)));
      }
      return items;
    }
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      return parser.getDoubleValue();
    }
    return token == JsonToken.VALUE_NULL ? null : parser.getString();
  }

  /** A member, or null if there is none. */
  @Nullable Json find(String name) {
    return value instanceof Map<?, ?> members ? (Json) members.get(name) : null;
  }

  Json get(String name) {
    Json member = find(name);
    if (member == null) {
      throw new IllegalArgumentException("no member " + name + " in " + this);
    }
    return member;
  }

  Json get(int index) {
    return items().get(index);
  }

  @SuppressWarnings("unchecked") // read() puts nothing else into lists
  List<Json> items() {
    if (value instanceof List<?> items) {
      return (List<Json>) items;
    }
    throw new IllegalArgumentException("not an array: " + this);
  }

  /** A number, or a string that shows one; NaN for null. */
  double number() {
    return value == null ? Double.NaN : Double.parseDouble(text());
  }

  String text() {
    return String.valueOf(value);
  }

  @Override
  public String toString() {
    String text = text();
    return text.length() <= 300 ? text : text.substring(0, 300) + "...";
  }
}
