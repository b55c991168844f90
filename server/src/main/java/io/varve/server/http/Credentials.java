package io.varve.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request says about who sends it. Never printed. */
sealed interface Credentials {
  /** A name, perhaps empty, and a password. */
  record Password(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "Password[user=" + user + "]";
    }
  }

  /** A JSON web token, not looked at yet. */
  record Bearer(String token) implements Credentials {
    @Override
    public String toString() {
      return "Bearer";
    }
  }

  /**
   * Looks, in this order, at the parameters {@code u} and {@code p} of the URL, and at the header
   * {@code Authorization}: {@code Bearer JWT}, {@code Token user:password}, {@code Basic}.
   *
   * @return null if there are none
   */
  static @Nullable Credentials of(HttpRequest request, Parameters parameters) {
    String user = parameters.text("u");
    String password = parameters.text("p");
    if (!user.isEmpty() && !password.isEmpty()) {
      return new Password(user, password);
    }
    String header = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    int space = header.indexOf(' ');
    if (space < 0) {
      return null;
    }
    String value = header.substring(space + 1);
    return switch (header.substring(0, space).toLowerCase(Locale.ROOT)) {
      case "bearer" -> new Bearer(value);
      case "token" -> pair(value);
      case "basic" -> basic(value);
      default -> null;
    };
  }

  private static @Nullable Credentials basic(String encoded) {
    try {
      byte[] decoded = Base64.getDecoder().decode(encoded.strip());
      return pair(new String(decoded, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Credentials pair(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? null : new Password(text.substring(0, colon), text.substring(colon + 1));
  }
}
