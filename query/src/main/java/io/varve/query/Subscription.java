package io.varve.query;

import io.varve.storage.StorageException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Where the points of a retention policy are passed on to.
 *
 * @param ordinal grows with each subscription of the database; lists are in this order
 * @param toAll whether every destination gets all points, or one of them each batch
 * @param destinations URLs: {@code udp}, {@code http} or {@code https} with a port
 */
public record Subscription(
    String database,
    String policy,
    String name,
    long ordinal,
    boolean toAll,
    List<String> destinations) {
  private static final byte VERSION = 1;
  private static final int MAX_PORT = 65_535;

  public Subscription {
    destinations = List.copyOf(destinations);
  }

  /** The mode in statements. */
  public String mode() {
    return toAll ? "ALL" : "ANY";
  }

  /**
   * Reads a destination.
   *
   * @throws QueryException in InfluxDB's words if it is none
   */
  static URI parse(String destination) {
    try {
      URI uri = new URI(destination);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean known = List.of("udp", "http", "https").contains(scheme);
      int port = port(uri.getRawAuthority() == null ? "" : uri.getRawAuthority());
      if (known && port > 0 && port <= MAX_PORT) {
        return uri;
      }
    } catch (URISyntaxException notUrl) {
      // Said below.
    }
    throw new QueryException("invalid subscription URL: " + destination);
  }

  /** The digits behind the last colon of an authority, or -1. */
  private static int port(String authority) {
    String digits = authority.substring(authority.lastIndexOf(':') + 1);
    boolean number = authority.indexOf(':') >= 0 && digits.matches("\\d{1,5}");
    return number ? Integer.parseInt(digits) : -1;
  }

  /** Version, ordinal, mode, destinations by lines; database, policy and name are around it. */
  byte[] encode() {
    byte[] text = String.join("\n", destinations).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + 8 + 1 + text.length)
        .put(VERSION)
        .putLong(ordinal)
        .put((byte) (toAll ? 1 : 0))
        .put(text)
        .array();
  }

  static Subscription decode(String database, String policy, String name, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      if (in.get() != VERSION) {
        throw corrupt(database, name);
      }
      long ordinal = in.getLong();
      boolean toAll = in.get() == 1;
      String text = StandardCharsets.UTF_8.decode(in).toString();
      return new Subscription(
          database, policy, name, ordinal, toAll, List.of(text.split("\n", -1)));
    } catch (BufferUnderflowException e) {
      throw corrupt(database, name);
    }
  }

  private static StorageException corrupt(String database, String name) {
    return new StorageException(
        StorageException.Kind.CORRUPTION,
        "corrupt record of subscription " + name + " on " + database);
  }
}
