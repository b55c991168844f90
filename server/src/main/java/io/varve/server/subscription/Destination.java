package io.varve.server.subscription;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;

/** Where lines are sent. For one thread. */
interface Destination {
  /**
   * Sends lines and waits until they are taken, where that can be known.
   *
   * @throws IOException if they were not
   */
  void send(byte[] lines) throws IOException, InterruptedException;

  /** The destination of a URL that a subscription has. */
  static Destination of(URI uri, String database, String policy, HttpClients clients) {
    String authority = uri.getRawAuthority();
    String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    int colon = hostAndPort.lastIndexOf(':');
    String host = colon == 0 ? "localhost" : hostAndPort.substring(0, colon);
    int port = Integer.parseInt(hostAndPort.substring(colon + 1));
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    return scheme.equals("udp")
        ? new UdpDestination(host, port)
        : new HttpDestination(clients, uri, scheme, host + ":" + port, database, policy);
  }
}
