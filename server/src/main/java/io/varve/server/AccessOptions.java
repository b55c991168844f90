package io.varve.server;

import java.io.IOException;
import picocli.CommandLine.Option;

/** Who is let in, and whether continuous queries run: options of {@code varve server}. */
final class AccessOptions {
  @Option(
      names = "--auth",
      description = "Ask clients for user and password, and check grants (default: off).")
  boolean auth;

  @Option(
      names = "--unauthenticated-sockets",
      description =
          "With --auth, open the doors for line protocol over TCP and UDP too, which ask nobody"
              + " (default: the server does not start with both).")
  boolean unauthenticatedSockets;

  @Option(
      names = "--shared-secret",
      paramLabel = "SECRET",
      defaultValue = "${env:VARVE_SHARED_SECRET:-}",
      description =
          "What JSON web tokens are signed with; better given by the environment variable"
              + " VARVE_SHARED_SECRET (default: no tokens).")
  String sharedSecret = "";

  @Option(
      names = "--no-continuous-queries",
      description = "Do not run continuous queries (default: they run).")
  boolean noContinuousQueries;

  @Option(
      names = "--no-subscriptions",
      description =
          "Do not send points to the destinations of subscriptions (default: they are sent).")
  boolean noSubscriptions;

  @Option(
      names = "--continuous-query-interval",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "How often to look whether one is due (default: ${DEFAULT-VALUE}).")
  int continuousQuerySeconds = 1;

  /**
   * Checks that no door is open to all by mistake.
   *
   * @throws IOException with what to do about it
   */
  void check(DoorOptions doors) throws IOException {
    if (auth && !unauthenticatedSockets && (doors.tcp() != null || doors.udp() != null)) {
      throw new IOException(
          "line protocol over TCP and UDP knows no users: with --auth, leave out --tcp-port and"
              + " --udp-port or say --unauthenticated-sockets too");
    }
  }

  /** Everybody is let in and continuous queries run. */
  static AccessOptions open() {
    return new AccessOptions();
  }
}
