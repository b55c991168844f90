package io.varve.server.warmup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A connection for writes, one after the other. It is as plain as can be: what a client does takes
 * time from what is to be warmed, and would be compiled, too. One thread.
 */
final class WriteLink implements AutoCloseable {
  private static final String DONE = "HTTP/1.1 204 ";
  private static final String END = "\r\n\r\n";

  private final URI server;
  private final Socket socket = new Socket();

  /** The head of an answer, which has no body. */
  private final byte[] answer = new byte[4096];

  WriteLink(URI server, int timeoutMillis) throws IOException {
    this.server = server;
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMillis);
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), timeoutMillis);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a body, and waits until it is stored. */
  void post(String target, String contentType, byte[] body) throws IOException {
    String head =
        "POST "
            + target
            + " HTTP/1.1\r\nHost: "
            + server.getAuthority()
            + "\r\nContent-Type: "
            + contentType
            + "\r\nContent-Length: "
            + body.length
            + END;
    OutputStream out = socket.getOutputStream();
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    String said = readHead();
    if (!said.startsWith(DONE)) {
      throw new IOException(target + " was answered with " + said.lines().findFirst().orElse(""));
    }
  }

  private String readHead() throws IOException {
    InputStream in = socket.getInputStream();
    String said = "";
    for (int length = 0; !said.endsWith(END) && length < answer.length; ) {
      int read = in.read(answer, length, answer.length - length);
      if (read < 0) {
        throw new IOException("the server closed the connection");
      }
      length += read;
      said = new String(answer, 0, length, StandardCharsets.US_ASCII);
    }
    return said;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
