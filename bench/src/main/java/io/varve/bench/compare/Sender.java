package io.varve.bench.compare;

import io.varve.bench.compare.Lane.Batch;
import io.varve.bench.peer.HttpLink;
import io.varve.bench.peer.LineSocket;
import io.varve.bench.peer.Peer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * Sends lanes to a server, a connection and a thread for each. Gives up after {@link
 * #PATIENCE_SECONDS}, or when a body was refused too often.
 */
final class Sender {
  private static final int LEAD_BATCHES = 4;
  private static final int ATTEMPTS = 100;
  private static final int RETRY_MILLIS = 100;
  private static final int PATIENCE_SECONDS = 1800;

  private final Peer peer;
  private final List<Lane> lanes;
  private final Progress progress;
  private final AtomicLong sentValues = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final long startNanos = System.nanoTime();

  Sender(Peer peer, List<Lane> lanes, Progress progress) {
    this.peer = peer;
    this.lanes = lanes;
    this.progress = progress;
  }

  /** How often a body had to be sent again because the server was busy. */
  long retries() {
    return retries.get();
  }

  long values() {
    return lanes.stream().mapToLong(Lane::values).sum();
  }

  /**
   * Posts all bodies.
   *
   * @param valuesPerSecond over all lanes; 0 for as fast as answers come
   * @return latencies in nanoseconds, from the time a body was due
   */
  Histogram post(long valuesPerSecond) throws IOException, InterruptedException {
    Histogram all = OpenLoop.newHistogram();
    for (Histogram one : inParallel((lane, lockstep) -> post(lane, lockstep, valuesPerSecond))) {
      all.add(one);
    }
    return all;
  }

  /** Sends all lines over plain TCP, where nothing is answered. */
  void stream() throws IOException, InterruptedException {
    inParallel(this::stream);
  }

  private interface Job {
    Histogram run(int lane, Lockstep lockstep) throws IOException, InterruptedException;
  }

  private List<Histogram> inParallel(Job job) throws IOException, InterruptedException {
    Lockstep lockstep = new Lockstep(lanes.size(), LEAD_BATCHES);
    ExecutorService threads = Executors.newFixedThreadPool(lanes.size());
    try {
      List<Future<Histogram>> running = new ArrayList<>();
      for (int lane = 0; lane < lanes.size(); lane++) {
        int number = lane;
        Callable<Histogram> task =
            () -> {
              try {
                return job.run(number, lockstep);
              } finally {
                lockstep.finished(number);
              }
            };
        running.add(threads.submit(task));
      }
      List<Histogram> results = new ArrayList<>();
      for (Future<Histogram> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IOException("writing to " + peer.name() + " failed: " + e.getMessage(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private Histogram post(int number, Lockstep lockstep, long valuesPerSecond)
      throws IOException, InterruptedException {
    Lane lane = lanes.get(number);
    Histogram latencies = OpenLoop.newHistogram();
    try (FileChannel file = lane.open();
        HttpLink link = new HttpLink(peer.httpPort())) {
      OpenLoop loop = new OpenLoop(OpenLoop.MACHINE);
      loop.run(
          lane.batches().size(),
          schedule(lane, valuesPerSecond),
          i -> {
            lockstep.await(i);
            post(link, file, lane.batches().get(i));
            lockstep.reached(number, i + 1);
          },
          latencies);
    }
    return latencies;
  }

  /** A body is due when the values before it are, at the lane's share of the rate. */
  private IntToLongFunction schedule(Lane lane, long valuesPerSecond) {
    if (valuesPerSecond == 0) {
      return OpenLoop.AT_ONCE;
    }
    long[] due = new long[lane.batches().size()];
    double nanosPerValue = 1e9 * lanes.size() / valuesPerSecond;
    long before = 0;
    for (int i = 0; i < due.length; i++) {
      due[i] = (long) (before * nanosPerValue);
      before += lane.batches().get(i).values();
    }
    return number -> due[number];
  }

  private void post(HttpLink link, FileChannel file, Batch batch)
      throws IOException, InterruptedException {
    HttpLink.Body body =
        new HttpLink.Body(file, batch.offset(), batch.length(), peer.format().headers());
    for (int attempt = 1; ; attempt++) {
      HttpLink.Answer answer = link.post(peer.writeTarget(), body);
      if (answer.status() < 300) {
        sent(batch);
        return;
      }
      boolean busy = answer.status() == 429 || answer.status() >= 500;
      if (!busy || attempt == ATTEMPTS) {
        throw new IOException("a write was answered " + answer.status() + ": " + answer.text());
      }
      retries.incrementAndGet();
      Thread.sleep(RETRY_MILLIS);
    }
  }

  private Histogram stream(int number, Lockstep lockstep) throws IOException, InterruptedException {
    Lane lane = lanes.get(number);
    try (FileChannel file = lane.open();
        LineSocket socket = new LineSocket(peer.tcpPort())) {
      for (int i = 0; i < lane.batches().size(); i++) {
        lockstep.await(i);
        Batch batch = lane.batches().get(i);
        socket.send(file, batch.offset(), batch.length());
        sent(batch);
        lockstep.reached(number, i + 1);
      }
    }
    return OpenLoop.newHistogram();
  }

  private void sent(Batch batch) throws IOException {
    if (System.nanoTime() - startNanos > PATIENCE_SECONDS * 1_000_000_000L) {
      throw new IOException("not all was taken within " + PATIENCE_SECONDS + " s");
    }
    long sum = sentValues.addAndGet(batch.values());
    progress.update(() -> "sending to " + peer.name() + ": " + 100 * sum / values() + " %");
  }
}
