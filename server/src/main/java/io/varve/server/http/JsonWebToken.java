package io.varve.server.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Checks JSON web tokens (RFC 7519) signed with a shared secret: HS256, HS384 or HS512, no other
 * algorithm, {@code none} least of all. Errors have the words of InfluxDB and its library.
 */
final class JsonWebToken {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_LENGTH = 8192;

  private JsonWebToken() {}

  /**
   * The user that a token names.
   *
   * @param nowSeconds since the epoch
   * @throws IllegalArgumentException with the text for the client if the token is not valid
   */
  static String user(String token, String secret, double nowSeconds) {
    String[] parts = token.length() > MAX_LENGTH ? new String[0] : token.split("\\.", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("token contains an invalid number of segments");
    }
    Object algorithm = object(parts[0]).get("alg");
    Map<String, Object> claims = object(parts[1]);
    String mac = mac(algorithm);
    byte[] expected = sign(mac, secret, parts[0] + "." + parts[1]);
    // The signature first: nothing a stranger says is looked at.
    if (!MessageDigest.isEqual(expected, decode(parts[2]))) {
      throw new IllegalArgumentException("signature is invalid");
    }
    checkTimes(claims, nowSeconds);
    if (!(claims.get("username") instanceof String user)) {
      throw new IllegalArgumentException("username in token must be a string");
    }
    if (user.isEmpty()) {
      throw new IllegalArgumentException("token must contain a username");
    }
    return user;
  }

  private static String mac(@Nullable Object algorithm) {
    String name = algorithm instanceof String text ? text : "";
    return switch (name) {
      case "HS256" -> "HmacSHA256";
      case "HS384" -> "HmacSHA384";
      case "HS512" -> "HmacSHA512";
      default -> throw new IllegalArgumentException("unexpected signing method: " + algorithm);
    };
  }

  private static void checkTimes(Map<String, Object> claims, double nowSeconds) {
    if (!(claims.get("exp") instanceof Double expires) || expires <= 0) {
      throw new IllegalArgumentException("token expiration required");
    }
    if (nowSeconds > expires) {
      throw new IllegalArgumentException("Token is expired");
    }
    if (claims.get("nbf") instanceof Double from && nowSeconds < from) {
      throw new IllegalArgumentException("Token is not valid yet");
    }
    if (claims.get("iat") instanceof Double issued && nowSeconds < issued) {
      throw new IllegalArgumentException("Token used before issued");
    }
  }

  private static byte[] sign(String algorithm, String secret, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }

  private static byte[] decode(String segment) {
    try {
      return Base64.getUrlDecoder().decode(segment);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("illegal base64 data in token", e);
    }
  }

  /** The strings and numbers (as Double) of an object; whatever else it holds is passed over. */
  private static Map<String, Object> object(String segment) {
    Map<String, Object> values = new HashMap<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), decode(segment))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("token is malformed");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        switch (parser.nextToken()) {
          case VALUE_STRING -> values.put(name, parser.getString());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> values.put(name, parser.getDoubleValue());
          default -> parser.skipChildren();
        }
      }
      return values;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("token is malformed", e);
    }
  }
}
