package io.varve.server.socket;

import io.varve.server.metrics.DoorCounters;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes line protocol over UDP, each packet being whole lines. Thread-safe; closed before the
 * store.
 *
 * <p>One thread receives and parses. Points gather in a batch until it is full or old enough; then
 * it goes to the engine and the next of a fixed number of batches is filled. When all of them are
 * with the engine, packets are received, counted and thrown away: nothing waits and nothing grows.
 */
public final class UdpDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UdpDoor.class);

  private static final int MAX_PACKET_BYTES = 64 * 1024;
  private static final int MAX_KEPT_ARENA_BYTES = 4 << 20;
  private static final int IDLE_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 10_000;

  /**
   * Where the door is and how it gathers points; names and defaults are InfluxDB's.
   *
   * @param port 0 lets the system choose
   * @param batchSize points after which a batch goes to the engine
   * @param batchPending batches that may be with the engine at once
   * @param batchTimeoutMillis how long the first point of a batch waits at most
   * @param readBufferBytes the system's buffer for packets not received yet; 0 for its default
   */
  public record Options(
      String host,
      int port,
      int batchSize,
      int batchPending,
      int batchTimeoutMillis,
      int readBufferBytes,
      LineTarget target) {
    public Options {
      if (batchSize < 1 || batchPending < 1 || batchTimeoutMillis < 1 || readBufferBytes < 0) {
        throw new IllegalArgumentException(
            "batch size, pending batches and batch timeout of UDP must be positive");
      }
    }
  }

  private final Options options;
  private final DoorCounters counters;
  private final Complaints complaints = new Complaints(LOG, "UDP", System::nanoTime);
  private final LineIntake intake;
  private final DatagramSocket socket;
  private final Thread thread;

  /** Batches that nobody uses. */
  private final ArrayBlockingQueue<PointBatch> idle;

  private @Nullable PointBatch filling;
  private long dueNanos;
  private volatile boolean closing;

  private UdpDoor(Varve store, Options options, ServerMetrics metrics) throws IOException {
    this.options = options;
    counters = metrics.udp;
    intake = new LineIntake(store, options.target(), counters, complaints);
    idle = new ArrayBlockingQueue<>(options.batchPending() + 1);
    for (int i = 0; i <= options.batchPending(); i++) {
      idle.add(new PointBatch());
    }
    try {
      socket =
          new DatagramSocket(
              new InetSocketAddress(InetAddress.getByName(options.host()), options.port()));
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(), e);
    }
    if (options.readBufferBytes() > 0) {
      socket.setReceiveBufferSize(options.readBufferBytes());
    }
    thread = new Thread(this::receive, "line-udp");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Opens the door; when this returns it takes packets.
   *
   * @throws IOException if it cannot listen at the address
   */
  public static UdpDoor open(Varve store, Options options, ServerMetrics metrics)
      throws IOException {
    return new UdpDoor(store, options, metrics);
  }

  /** The port listened on, also if the system chose it. */
  public int port() {
    return socket.getLocalPort();
  }

  private void receive() {
    DatagramPacket packet = new DatagramPacket(new byte[MAX_PACKET_BYTES], MAX_PACKET_BYTES);
    while (!closing) {
      try {
        packet.setLength(MAX_PACKET_BYTES);
        socket.setSoTimeout(waitMillis());
        socket.receive(packet);
        take(packet);
      } catch (SocketTimeoutException e) {
        LOG.trace("no packet has come in time");
      } catch (IOException e) {
        if (!closing) {
          complaints.add("cannot receive: " + e.getMessage());
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS));
        }
      } catch (RuntimeException e) {
        LOG.error("a packet could not be taken", e);
      }
      storeIfDue();
    }
    PointBatch last = filling;
    if (last != null) {
      store(last);
    }
  }

  private int waitMillis() {
    if (filling == null) {
      return IDLE_MILLIS;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(dueNanos - System.nanoTime());
    return (int) Math.max(1, Math.min(IDLE_MILLIS, millis));
  }

  private void take(DatagramPacket packet) {
    PointBatch batch = filling;
    if (batch == null) {
      batch = idle.poll();
      if (batch == null) {
        counters.bytes.add(packet.getLength());
        counters.droppedPackets.increment();
        complaints.add("storing does not keep up, packets are dropped");
        return;
      }
      intake.openBatch(batch);
      filling = batch;
      dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.batchTimeoutMillis());
    }
    intake.feedWhole(packet.getData(), packet.getLength());
  }

  private void storeIfDue() {
    PointBatch batch = filling;
    if (batch != null
        && (batch.rowCount() >= options.batchSize()
            || batch.arena().length > MAX_KEPT_ARENA_BYTES
            || System.nanoTime() - dueNanos >= 0)) {
      store(batch);
    }
  }

  private void store(PointBatch batch) {
    filling = null;
    intake.closeBatch(batch);
    if (batch.rowCount() == 0) {
      giveBack(batch);
      return;
    }
    intake
        .write(batch)
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                intake.giveUp(batch, failure, LOG);
              }
              giveBack(batch);
            });
  }

  /** Makes a batch free again; one that long texts have blown up is replaced. */
  private void giveBack(PointBatch batch) {
    boolean small = batch.arena().length <= MAX_KEPT_ARENA_BYTES;
    idle.add(small ? batch : new PointBatch());
  }

  /** Takes no more packets and hands what has come to the engine. */
  @Override
  public void close() {
    closing = true;
    socket.close();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
