package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request: those of a form body first, then those of the URL.
 *
 * <p>A semicolon is an ordinary character, since it separates statements. At most {@link
 * #MAX_COUNT} are read from each place.
 */
final class Parameters {
  private static final int MAX_COUNT = 256;

  private final String path;
  private final Map<String, List<String>> url;
  private Map<String, List<String>> form = Map.of();

  /** Reads the URL; throws {@link IllegalArgumentException} if its escapes are malformed. */
  Parameters(HttpRequest request) {
    QueryStringDecoder decoder =
        new QueryStringDecoder(request.uri(), StandardCharsets.UTF_8, true, MAX_COUNT, true);
    path = decoder.path();
    url = decoder.parameters();
  }

  String path() {
    return path;
  }

  /** The parameter's first value, or null. */
  @Nullable String get(String name) {
    List<String> values = form.getOrDefault(name, url.getOrDefault(name, List.of()));
    return values.isEmpty() ? null : values.get(0);
  }

  /** All values of the parameter, those of the form first. */
  List<String> all(String name) {
    List<String> values = new ArrayList<>(form.getOrDefault(name, List.of()));
    values.addAll(url.getOrDefault(name, List.of()));
    return values;
  }

  /** The parameter's first value, or the empty string. */
  String text(String name) {
    String value = get(name);
    return value == null ? "" : value;
  }

  /** Whether the parameter is {@code true}. */
  boolean isTrue(String name) {
    return "true".equals(get(name));
  }

  /**
   * Adds the fields of a form body, urlencoded or multipart; other bodies add nothing.
   *
   * @throws IllegalArgumentException if the body is not the form it claims to be
   */
  void addForm(HttpRequest request, ByteBuf body) {
    String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
    if (type.startsWith(HttpHeaderValues.APPLICATION_X_WWW_FORM_URLENCODED.toString())) {
      form =
          new QueryStringDecoder(
                  body.toString(StandardCharsets.UTF_8),
                  StandardCharsets.UTF_8,
                  false,
                  MAX_COUNT,
                  true)
              .parameters();
    } else if (type.startsWith(HttpHeaderValues.MULTIPART_FORM_DATA.toString())) {
      form = readMultipart(request, body);
    }
  }

  private static Map<String, List<String>> readMultipart(HttpRequest request, ByteBuf body) {
    DefaultFullHttpRequest whole =
        new DefaultFullHttpRequest(
            request.protocolVersion(),
            request.method(),
            request.uri(),
            body.retainedDuplicate(),
            request.headers(),
            request.headers());
    HttpPostRequestDecoder decoder = null;
    try {
      decoder = new HttpPostRequestDecoder(new DefaultHttpDataFactory(false), whole);
      Map<String, List<String>> fields = new HashMap<>();
      for (InterfaceHttpData data : decoder.getBodyHttpDatas()) {
        String value =
            data instanceof Attribute attribute
                ? attribute.getValue()
                : data instanceof FileUpload file ? file.getString(StandardCharsets.UTF_8) : null;
        if (value != null) {
          fields.computeIfAbsent(data.getName(), name -> new ArrayList<>()).add(value);
        }
      }
      return fields;
    } catch (HttpPostRequestDecoder.ErrorDataDecoderException | IOException e) {
      throw new IllegalArgumentException("malformed multipart form", e);
    } finally {
      if (decoder != null) {
        decoder.destroy();
      }
      whole.release();
    }
  }
}
