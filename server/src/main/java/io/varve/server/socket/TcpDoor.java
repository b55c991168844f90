package io.varve.server.socket;

import io.varve.server.metrics.DoorCounters;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes line protocol over TCP. Thread-safe; closed before the store.
 *
 * <p>Nothing is answered. A connection's thread reads what is there, stores it, and only then reads
 * on: a store that is slow, full or short of disk makes senders wait, and loses nothing of what it
 * has read. Malformed lines are counted, logged and skipped. A last line without its newline may be
 * cut off and is not stored.
 */
public final class TcpDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpDoor.class);

  private static final int READ_BYTES = 64 * 1024;
  private static final int MAX_BATCH_ROWS = 5_000;
  private static final int MAX_BATCH_ARENA_BYTES = 4 << 20;
  private static final int BACKLOG = 128;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long CLOSE_MILLIS = 10_000;

  /**
   * Where the door is and what it refuses.
   *
   * @param port 0 lets the system choose
   * @param maxConnections connections beyond this are closed at once; each has a thread
   */
  public record Options(String host, int port, int maxConnections, LineTarget target) {}

  private final Varve store;
  private final Options options;
  private final DoorCounters counters;
  private final Complaints complaints = new Complaints(LOG, "TCP", System::nanoTime);
  private final ServerSocket listener;
  private final Thread acceptor;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  private TcpDoor(Varve store, Options options, ServerMetrics metrics) throws IOException {
    this.store = store;
    this.options = options;
    counters = metrics.tcp;
    listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(
          new InetSocketAddress(InetAddress.getByName(options.host()), options.port()), BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw new IOException(
          "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(), e);
    }
    acceptor = new Thread(this::accept, "line-tcp-accept");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  /**
   * Opens the door; when this returns it accepts connections.
   *
   * @throws IOException if it cannot listen at the address
   */
  public static TcpDoor open(Varve store, Options options, ServerMetrics metrics)
      throws IOException {
    return new TcpDoor(store, options, metrics);
  }

  /** The port listened on, also if the system chose it. */
  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!closing) {
      try {
        Socket socket = listener.accept();
        if (connections.size() >= options.maxConnections()) {
          counters.refusedConnections.increment();
          complaints.add("more than " + options.maxConnections() + " connections");
          socket.close();
        } else {
          start(socket);
        }
      } catch (IOException e) {
        if (!closing) {
          complaints.add("cannot accept a connection: " + e.getMessage());
          LockSupport.parkNanos(RETRY_NANOS);
        }
      }
    }
  }

  private void start(Socket socket) {
    try {
      socket.setKeepAlive(true);
    } catch (IOException e) {
      LOG.debug("a sender is gone already: {}", e.getMessage());
    }
    counters.connections.increment();
    Connection connection = new Connection(socket);
    connections.add(connection);
    connection.thread.start();
    if (closing) {
      connection.stop();
    }
  }

  /** Takes no more bytes, stores what has been read, and closes all connections. */
  @Override
  public void close() {
    closing = true;
    try {
      listener.close();
    } catch (IOException e) {
      LOG.warn("closing the port for line protocol: {}", e.getMessage());
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
    join(acceptor, deadline);
    connections.forEach(Connection::stop);
    connections.forEach(connection -> join(connection.thread, deadline));
  }

  private static void join(Thread thread, long deadline) {
    try {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      thread.join(Math.max(1, leftMillis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One sender. */
  private final class Connection implements Runnable {
    private final Socket socket;
    private final Thread thread = new Thread(this, "line-tcp");
    private final LineIntake intake = new LineIntake(store, options.target(), counters, complaints);
    private final byte[] bytes = new byte[READ_BYTES];
    private PointBatch batch = new PointBatch();

    Connection(Socket socket) {
      this.socket = socket;
      thread.setDaemon(true);
    }

    @Override
    public void run() {
      try (Socket closed = socket) {
        InputStream in = closed.getInputStream();
        while (readBatch(in)) {
          storeBatch();
        }
        storeBatch();
        if (intake.isInsideLine()) {
          counters.failedLines.increment();
          complaints.add("a connection ended in the middle of a line, which is not stored");
        }
      } catch (IOException | RuntimeException e) {
        LOG.error("closing the connection of {}", socket.getRemoteSocketAddress(), e);
      } finally {
        connections.remove(this);
      }
    }

    /** Fills a batch with what is there; answers false at the end of the connection. */
    private boolean readBatch(InputStream in) {
      intake.openBatch(batch);
      boolean open = true;
      try {
        do {
          int count = in.read(bytes);
          open = count >= 0;
          if (open) {
            intake.feed(bytes, count);
          }
        } while (open && hasRoom() && in.available() > 0);
      } catch (IOException e) {
        LOG.debug("a sender is gone: {}", e.getMessage());
        open = false;
      }
      intake.closeBatch(batch);
      return open;
    }

    private boolean hasRoom() {
      return batch.rowCount() < MAX_BATCH_ROWS && batch.arena().length < MAX_BATCH_ARENA_BYTES;
    }

    /** Waits until the batch is stored, however long that takes, or gives it up if that is vain. */
    private void storeBatch() {
      while (batch.rowCount() > 0) {
        try {
          intake.write(batch).join();
          batch.clear();
        } catch (CompletionException e) {
          if (LineIntake.isPassing(e) && !closing) {
            complaints.add("senders wait: " + LineIntake.cause(e).getMessage());
            LockSupport.parkNanos(RETRY_NANOS);
          } else {
            intake.giveUp(batch, e, LOG);
            batch.clear();
          }
        }
      }
      if (!hasRoom()) {
        batch = new PointBatch();
      }
    }

    /** Ends reading; what has been read is still stored. */
    void stop() {
      try {
        socket.shutdownInput();
      } catch (IOException e) {
        LOG.debug("the connection is closed already: {}", e.getMessage());
      }
    }
  }
}
