package io.varve.server.clients;

import io.varve.server.RunningServer;
import io.varve.server.http.HttpOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole server, as it is started from the command line, on a port of the system's choice. */
final class LiveServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RunningServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  LiveServer(Path directory) throws IOException {
    server = RunningServer.open(directory, HttpOptions.defaults().withAddress("127.0.0.1", 0));
  }

  String url() {
    return server.uri().toString();
  }

  HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url() + path)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> postForm(String path, String form) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> write(String parameters, String lines) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url() + "/write?" + parameters))
            .POST(BodyPublishers.ofString(lines))
            .build(),
        BodyHandlers.ofString());
  }

  /** The answer's first result; fails unless the status is 200 and there is no error. */
  JsonNode query(String database, String text) throws Exception {
    HttpResponse<String> answer =
        postForm("/query?epoch=ms&db=" + encode(database), "q=" + encode(text));
    JsonNode result = result(answer);
    if (result.has("error")) {
      throw new AssertionError(text + ": " + result.get("error"));
    }
    return result;
  }

  static JsonNode result(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body()).get("results").get(0);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
  }
}
