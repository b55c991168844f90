package io.varve.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.varve.server.encode.Epoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request to {@code /query} asks for.
 *
 * @param chunkRows rows of a chunk, or 0 for an answer in one document
 * @param contentType the format: JSON, MessagePack or one of the two names of CSV
 */
record QueryRequest(
    String text,
    @Nullable String database,
    @Nullable String policy,
    Map<String, Object> parameters,
    boolean readOnly,
    Epoch epoch,
    boolean pretty,
    boolean background,
    int chunkRows,
    String contentType,
    boolean gzip) {
  private static final int DEFAULT_CHUNK_ROWS = 10_000;
  private static final String CSV = "application/csv";
  private static final String TEXT_CSV = "text/csv";

  /**
   * Reads the parameters.
   *
   * @throws IllegalArgumentException with the text for the client if one cannot be used
   */
  static QueryRequest of(HttpRequest request, Parameters parameters) {
    String text = parameters.text("q").strip();
    if (text.isEmpty()) {
      throw new IllegalArgumentException("missing required parameter \"q\"");
    }
    String format = parameters.text("time_format");
    if (!format.isEmpty() && !format.equals("epoch") && !format.equals("rfc3339")) {
      throw new IllegalArgumentException("Time format must be one of the following: rfc3339,epoch");
    }
    String bound = parameters.text("params");
    return new QueryRequest(
        text,
        emptyToNull(parameters.get("db")),
        emptyToNull(parameters.get("rp")),
        bound.isEmpty() ? Map.of() : bind(bound),
        HttpMethod.GET.equals(request.method()),
        format.equals("rfc3339") ? Epoch.RFC3339 : Epoch.of(parameters.get("epoch")),
        parameters.isTrue("pretty"),
        parameters.isTrue("async"),
        parameters.isTrue("chunked") ? chunkRows(parameters.text("chunk_size")) : 0,
        contentType(request),
        request.headers().get(HttpHeaderNames.ACCEPT_ENCODING, "").contains("gzip"));
  }

  boolean isJson() {
    return contentType.equals(Answers.JSON);
  }

  boolean isMsgPack() {
    return contentType.equals(Answers.MSGPACK);
  }

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static Map<String, Object> bind(String text) {
    try {
      return BoundParameters.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("error parsing query parameters: " + e.getMessage(), e);
    }
  }

  private static int chunkRows(String size) {
    try {
      int rows = Integer.parseInt(size);
      return rows > 0 ? rows : DEFAULT_CHUNK_ROWS;
    } catch (NumberFormatException e) {
      return DEFAULT_CHUNK_ROWS;
    }
  }

  /** The first format of the Accept header, best first, that there is; JSON if none. */
  static String contentType(HttpRequest request) {
    List<String> accepted = new ArrayList<>();
    for (String header : request.headers().getAll(HttpHeaderNames.ACCEPT)) {
      accepted.addAll(List.of(header.split(",")));
    }
    String best = Answers.JSON;
    double bestWeight = 0;
    for (String range : accepted) {
      String[] parts = range.split(";");
      String type = known(parts[0].strip());
      double weight = weight(parts);
      if (type != null && weight > bestWeight) {
        best = type;
        bestWeight = weight;
      }
    }
    return best;
  }

  /** The format a media range asks for, or null if there is none. */
  private static @Nullable String known(String range) {
    return switch (range) {
      case "*/*", "application/*", Answers.JSON -> Answers.JSON;
      case "text/*", TEXT_CSV -> TEXT_CSV;
      case CSV, Answers.MSGPACK -> range;
      default -> null;
    };
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      if (part.startsWith("q=")) {
        try {
          return Double.parseDouble(part.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
