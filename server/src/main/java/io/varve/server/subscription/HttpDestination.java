package io.varve.server.subscription;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Posts lines to {@code /write} below a URL, with the user and password that it names. */
final class HttpDestination implements Destination {
  private final HttpClients clients;
  private final URI target;
  private final @Nullable String authorization;

  HttpDestination(
      HttpClients clients,
      URI uri,
      String scheme,
      String hostAndPort,
      String database,
      String policy) {
    this.clients = clients;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    target =
        URI.create(
            scheme
                + "://"
                + hostAndPort
                + (path.endsWith("/") ? path : path + "/")
                + "write?consistency=&db="
                + encode(database)
                + "&precision=ns&rp="
                + encode(policy));
    String user = uri.getUserInfo();
    authorization =
        user == null
            ? null
            : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void send(byte[] lines) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .timeout(HttpClients.TIMEOUT)
            .header("Content-Type", "text/plain; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(lines));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    int status =
        clients.get().send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status / 100 != 2) {
      throw new IOException("the answer was " + status);
    }
  }
}
