package io.varve.server.subscription;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;

/** Sends lines in datagrams: as many as fit one packet of a local network, or one longer line. */
final class UdpDestination implements Destination {
  private static final int PACKET_BYTES = 1400;
  private static final int MAX_DATAGRAM_BYTES = 65_507;

  private final String host;
  private final int port;

  UdpDestination(String host, int port) {
    this.host = host;
    this.port = port;
  }

  @Override
  public void send(byte[] lines) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    boolean tooLong = false;
    try (DatagramSocket socket = new DatagramSocket()) {
      int start = 0;
      while (start < lines.length) {
        int end = endOfLine(lines, start);
        while (end < lines.length && endOfLine(lines, end) - start <= PACKET_BYTES) {
          end = endOfLine(lines, end);
        }
        if (end - start > MAX_DATAGRAM_BYTES) {
          tooLong = true;
        } else {
          socket.send(new DatagramPacket(lines, start, end - start, address, port));
        }
        start = end;
      }
    }
    if (tooLong) {
      throw new IOException("a point is longer than a datagram");
    }
  }

  /** Behind the newline that ends a line; newlines between quotes belong to it. */
  private static int endOfLine(byte[] lines, int start) {
    boolean quoted = false;
    for (int at = start; at < lines.length; at++) {
      byte next = lines[at];
      if (next == '\\') {
        at++;
      } else if (next == '"') {
        quoted = !quoted;
      } else if (next == '\n' && !quoted) {
        return at + 1;
      }
    }
    return lines.length;
  }
}
