package io.varve.bench.peer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One kept-alive HTTP/1.1 connection to a server on loopback, which costs the client next to
 * nothing: bodies go from their file to the socket by the kernel, answers are read as a whole.
 *
 * <p>Understands Content-Length and chunked answers. An idle connection that the server has closed
 * is opened again. Waits {@link #TIMEOUT_MILLIS} at most for each part of an answer. One thread.
 */
public final class HttpLink implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 120_000;

  private final int port;
  private @Nullable SocketChannel channel;
  private InputStream in = InputStream.nullInputStream();
  private boolean closeAfterAnswer;

  /** A body that lies in a file. */
  public record Body(FileChannel file, long offset, long length, String headers) {}

  /** What a server answered. */
  public record Answer(int status, byte[] body) {
    /** The body as text, cut off after 300 characters. */
    public String text() {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      return text.length() <= 300 ? text : text.substring(0, 300) + "...";
    }
  }

  public HttpLink(int port) {
    this.port = port;
  }

  public Answer get(String target) throws IOException {
    return exchange("GET", target, null);
  }

  /** A POST with an empty body. */
  public Answer post(String target) throws IOException {
    return exchange("POST", target, null);
  }

  public Answer post(String target, Body body) throws IOException {
    return exchange("POST", target, body);
  }

  private Answer exchange(String method, String target, @Nullable Body body) throws IOException {
    boolean fresh = channel == null;
    try {
      return exchangeOnce(method, target, body);
    } catch (IOException e) {
      close();
      if (fresh) {
        throw e;
      }
    }
    try {
      return exchangeOnce(method, target, body);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private Answer exchangeOnce(String method, String target, @Nullable Body body)
      throws IOException {
    SocketChannel out = channel == null ? open() : channel;
    long length = body == null ? 0 : body.length();
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\n"
            + (method.equals("POST") ? "Content-Length: " + length + "\r\n" : "")
            + (body == null ? "" : body.headers())
            + "\r\n";
    ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
    if (body != null) {
      send(body.file(), body.offset(), length, out);
    }
    Answer answer = readAnswer();
    if (closeAfterAnswer) {
      close();
    }
    return answer;
  }

  /** Sends a part of a file. */
  static void send(FileChannel file, long offset, long length, SocketChannel out)
      throws IOException {
    long sent = 0;
    while (sent < length) {
      sent += file.transferTo(offset + sent, length - sent, out);
    }
  }

  private SocketChannel open() throws IOException {
    SocketChannel opened = connect(port);
    channel = opened;
    opened.socket().setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(opened.socket().getInputStream(), 1 << 16);
    closeAfterAnswer = false;
    return opened;
  }

  /** Connects to a port on loopback. */
  static SocketChannel connect(int port) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  private Answer readAnswer() throws IOException {
    String statusLine = readLine();
    String[] parts = statusLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
      throw new IOException("not an answer in HTTP/1: " + statusLine);
    }
    int status = Integer.parseInt(parts[1]);
    long length = -1;
    boolean chunked = false;
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      switch (name) {
        case "content-length" -> length = Long.parseLong(value);
        case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
        case "connection" -> closeAfterAnswer = value.equalsIgnoreCase("close");
        default -> {} // says nothing about the length
      }
    }
    if (chunked) {
      return new Answer(status, readChunks());
    }
    if (length < 0 && status != 204 && status != 304) {
      closeAfterAnswer = true;
      return new Answer(status, in.readAllBytes());
    }
    return new Answer(status, readFully(Math.max(0, length)));
  }

  private byte[] readChunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      long length = Long.parseLong(readLine().split(";", 2)[0].strip(), 16);
      if (length == 0) {
        while (!readLine().isEmpty()) {
          // trailers say nothing about the body
        }
        return body.toByteArray();
      }
      body.writeBytes(readFully(length));
      readLine();
    }
  }

  private byte[] readFully(long length) throws IOException {
    byte[] bytes = in.readNBytes(Math.toIntExact(length));
    if (bytes.length < length) {
      throw new EOFException("the connection was closed within an answer");
    }
    return bytes;
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed before the end of an answer");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
