package io.varve.bench.peer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/** A connection that takes line protocol and answers nothing. One thread. */
public final class LineSocket implements AutoCloseable {
  private final SocketChannel channel;

  public LineSocket(int port) throws IOException {
    channel = HttpLink.connect(port);
  }

  /** Sends a part of a file; blocks while the server does not keep up. */
  public void send(FileChannel file, long offset, long length) throws IOException {
    HttpLink.send(file, offset, length, channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
