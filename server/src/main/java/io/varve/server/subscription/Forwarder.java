package io.varve.server.subscription;

import io.varve.query.StatsRow;
import io.varve.query.Subscription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one subscription and the thread that empties it, in order. Batches that wait are
 * bounded in number and bytes; what comes beyond is dropped and counted, as is what a destination
 * does not take: nothing waits for a subscriber. Thread-safe.
 */
final class Forwarder {
  static final int MAX_BATCHES = 1000;
  static final long MAX_BYTES = 16L << 20;

  /** Waiting batches are sent together up to this size. */
  private static final int MAX_SEND_BYTES = 256 << 10;

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  /** Lines of a batch. */
  record Lines(byte[] bytes, int points) {}

  /** A destination and what became of its points. */
  private record Counted(
      String url, Destination destination, LongAdder points, LongAdder failures) {}

  private final Subscription subscription;
  private final BooleanSupplier exists;
  private final List<Counted> destinations = new ArrayList<>();
  private final LongAdder points;
  private final LongAdder failures;
  private final Thread thread;

  private final Deque<Lines> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean closed;

  /** Of the thread: the destination whose turn it is, and what was said last. */
  private int turn;

  private @Nullable String complaint;

  /**
   * Starts to forward.
   *
   * @param exists whether the subscription is still there; asked now and then
   */
  Forwarder(
      Subscription subscription,
      HttpClients clients,
      LongAdder points,
      LongAdder failures,
      BooleanSupplier exists) {
    this.subscription = subscription;
    this.points = points;
    this.failures = failures;
    this.exists = exists;
    for (String url : subscription.destinations()) {
      Destination destination =
          Destination.of(URI.create(url), subscription.database(), subscription.policy(), clients);
      destinations.add(new Counted(url, destination, new LongAdder(), new LongAdder()));
    }
    thread = new Thread(this::run, "subscription-" + subscription.name());
    thread.setDaemon(true);
    thread.start();
  }

  Subscription subscription() {
    return subscription;
  }

  /** Takes a batch, or drops it if too much is waiting. Never blocks for long. */
  void offer(Lines lines) {
    synchronized (queue) {
      boolean full = queue.size() >= MAX_BATCHES || queuedBytes + lines.bytes().length > MAX_BYTES;
      if (!full && !closed) {
        queue.add(lines);
        queuedBytes += lines.bytes().length;
        queue.notifyAll();
        return;
      }
    }
    failures.increment();
  }

  /** Stops at once; what waits is dropped. */
  void close() {
    synchronized (queue) {
      closed = true;
      queue.clear();
      queue.notifyAll();
    }
    thread.interrupt();
  }

  boolean isClosed() {
    synchronized (queue) {
      return closed;
    }
  }

  private void run() {
    try {
      while (true) {
        Lines next = take();
        if (next == null) {
          return;
        }
        send(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next lines, or null once the subscription is gone. */
  private @Nullable Lines take() throws InterruptedException {
    while (true) {
      synchronized (queue) {
        if (queue.isEmpty() && !closed) {
          TimeUnit.NANOSECONDS.timedWait(queue, LOOK_NANOS);
        }
        if (closed) {
          return null;
        }
        if (!queue.isEmpty()) {
          return drain();
        }
      }
      if (!exists.getAsBoolean()) {
        close();
      }
    }
  }

  private Lines drain() {
    Lines first = queue.remove();
    queuedBytes -= first.bytes().length;
    Lines next = queue.peek();
    if (next == null || first.bytes().length + next.bytes().length > MAX_SEND_BYTES) {
      return first;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(first.bytes());
    int count = first.points();
    while (next != null && all.size() + next.bytes().length <= MAX_SEND_BYTES) {
      queue.remove();
      queuedBytes -= next.bytes().length;
      all.writeBytes(next.bytes());
      count += next.points();
      next = queue.peek();
    }
    return new Lines(all.toByteArray(), count);
  }

  /** To all destinations, or to one after the other until one takes them. */
  private void send(Lines lines) throws InterruptedException {
    boolean failed = false;
    for (int i = 0; i < destinations.size(); i++) {
      Counted next = destinations.get(turn);
      turn = (turn + 1) % destinations.size();
      try {
        next.destination().send(lines.bytes());
        next.points().add(lines.points());
        if (!subscription.toAll()) {
          failed = false;
          break;
        }
      } catch (IOException | RuntimeException e) {
        failed = true;
        next.failures().increment();
        complain(next.url(), e.getMessage() == null ? e.toString() : e.getMessage());
      }
    }
    if (failed) {
      failures.increment();
    } else {
      points.add(lines.points());
      complaint = null;
    }
  }

  /** Says each complaint once, until it changes or passes; URLs may hold passwords. */
  private void complain(String url, String message) {
    if (!message.equals(complaint)) {
      complaint = message;
      LOG.warn(
          "subscription {} on {}.{} could not send to {}: {}",
          subscription.name(),
          subscription.database(),
          subscription.policy(),
          URI.create(url).getHost(),
          message);
    }
  }

  /** A row for each destination. */
  List<StatsRow> stats() {
    List<StatsRow> rows = new ArrayList<>();
    for (Counted each : destinations) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("pointsWritten", each.points().sum());
      values.put("writeFailures", each.failures().sum());
      rows.add(
          new StatsRow(
              "subscriber",
              Map.of(
                  "database", subscription.database(),
                  "destination", each.url(),
                  "mode", subscription.mode(),
                  "name", subscription.name(),
                  "retention_policy", subscription.policy()),
              values));
    }
    return rows;
  }
}
