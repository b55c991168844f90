package io.varve.server.warmup;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection for requests, one after the other, whose answers are read and forgotten. It is as
 * plain as can be: what a client does takes time from what is to be warmed, and would be compiled,
 * too. One thread.
 */
final class Link implements AutoCloseable {
  private static final String SUCCESS = "HTTP/1.1 2";
  private static final String LENGTH = "content-length: ";
  private static final String CHUNKED = "transfer-encoding: chunked";
  private static final String LINE_END = "\r\n";
  private static final byte[] NOTHING = {};

  private final URI server;
  private final Socket socket = new Socket();
  private final OutputStream out;
  private final InputStream in;

  Link(URI server, int timeoutMillis) throws IOException {
    this.server = server;
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMillis);
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), timeoutMillis);
      out = socket.getOutputStream();
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a body, and waits for the answer. */
  void post(String target, String contentType, byte[] body) throws IOException {
    exchange("POST", target, "Content-Type: " + contentType + LINE_END, body);
  }

  /** Asks, and waits for the whole answer. */
  void get(String target) throws IOException {
    exchange("GET", target, "", NOTHING);
  }

  private void exchange(String method, String target, String header, byte[] body)
      throws IOException {
    String head =
        method
            + ' '
            + target
            + " HTTP/1.1"
            + LINE_END
            + "Host: "
            + server.getAuthority()
            + LINE_END
            + header
            + "Content-Length: "
            + body.length
            + LINE_END
            + LINE_END;
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    String status = readLine();
    skipAnswer();
    if (!status.startsWith(SUCCESS)) {
      throw new IOException(target + " was answered with " + status);
    }
  }

  private void skipAnswer() throws IOException {
    long length = 0;
    boolean chunked = false;
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith(LENGTH)) {
        length = Long.parseLong(header, LENGTH.length(), header.length(), 10);
      }
      chunked |= header.equals(CHUNKED);
    }
    in.skipNBytes(length);
    while (chunked) {
      int chunkLength = Integer.parseInt(readLine(), 16);
      in.skipNBytes(chunkLength + LINE_END.length());
      chunked = chunkLength > 0;
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
