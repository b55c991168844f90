package io.varve.server.subscription;

import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The HTTP client of all destinations, made when the first of them sends. Thread-safe. */
final class HttpClients {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private @Nullable HttpClient client;

  synchronized HttpClient get() {
    HttpClient made = client;
    if (made == null) {
      made =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(TIMEOUT)
              .build();
      client = made;
    }
    return made;
  }
}
