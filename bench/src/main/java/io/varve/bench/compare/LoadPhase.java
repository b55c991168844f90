package io.varve.bench.compare;

import com.sun.management.OperatingSystemMXBean;
import io.varve.bench.peer.Peer;
import io.varve.bench.peer.ServerProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * Loads the data into one server after the other, each time into an empty directory, and takes the
 * figures of that. The last load over HTTP is left for queries.
 */
final class LoadPhase {
  private static final double MIB = 1 << 20;

  /** This process, which shares the processors with the server. */
  private static final OperatingSystemMXBean OWN =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Workload workload;
  private final boolean brief;
  private final boolean cold;
  private final Results results;
  private final Progress progress;

  /**
   * Creates a phase.
   *
   * @param brief whether to wait for background work only as long as a test may take
   * @param cold whether to load a server as soon as it takes requests
   */
  LoadPhase(Workload workload, boolean brief, boolean cold, Results results, Progress progress) {
    this.workload = workload;
    this.brief = brief;
    this.cold = cold;
    this.results = results;
    this.progress = progress;
  }

  /** Loads over plain TCP. */
  void overTcp(ServerProcess server) throws IOException, InterruptedException {
    Peer peer = server.peer();
    progress.say("loading " + peer.name() + " over TCP");
    try (server) {
      server.wipe();
      server.start();
      server.setUp();
      if (!cold) {
        server.awaitRest();
      }
      long cpu = server.cpuNanos();
      long start = System.nanoTime();
      sender(peer).stream();
      new Visibility(peer, workload).await(false);
      double seconds = (System.nanoTime() - start) / 1e9;
      add(peer, Figure.TCP_VALUES_PER_SECOND, workload.mainValues() / 1e3 / seconds);
      add(peer, Figure.TCP_CPU_SECONDS, cpuSecondsPerMillion(server.cpuNanos() - cpu));
    }
  }

  /** Loads over HTTP. */
  void overHttp(ServerProcess server) throws IOException, InterruptedException {
    Peer peer = server.peer();
    progress.say("loading " + peer.name());
    try (server) {
      server.wipe();
      server.start();
      server.setUp();
      if (!cold) {
        server.awaitRest();
      }
      long cpu = server.cpuNanos();
      add(peer, Figure.START_CPU_SECONDS, cpu / 1e9);
      long ownCpu = OWN.getProcessCpuTime();
      long start = System.nanoTime();
      Sender sender = sender(peer);
      Histogram latencies = sender.post(0);
      double acknowledgedSeconds = (System.nanoTime() - start) / 1e9;
      long sent = OWN.getProcessCpuTime() - ownCpu;
      new Visibility(peer, workload).await(false);
      double seconds = (System.nanoTime() - start) / 1e9;
      add(peer, Figure.VALUES_PER_SECOND, workload.mainValues() / 1e3 / seconds);
      add(peer, Figure.ACKNOWLEDGED_PER_SECOND, workload.mainValues() / 1e3 / acknowledgedSeconds);
      add(peer, Figure.CPU_SECONDS, cpuSecondsPerMillion(server.cpuNanos() - cpu));
      add(peer, Figure.SENDER_CPU_SECONDS, cpuSecondsPerMillion(sent));
      add(peer, Figure.BATCH_P50, latencies.getValueAtPercentile(50) / 1e6);
      add(peer, Figure.BATCH_P99, latencies.getValueAtPercentile(99) / 1e6);
      add(peer, Figure.RETRIES, (double) sender.retries());
      progress.say(
          "%s: %,.0f values/s; waiting until it is idle"
              .formatted(peer.name(), workload.mainValues() / seconds));
      server.settle(brief);
      add(peer, Figure.CPU_SECONDS_SETTLED, cpuSecondsPerMillion(server.cpuNanos() - cpu));
      add(peer, Figure.PEAK_RESIDENT, server.peakResidentBytes() / MIB);
      add(peer, Figure.PEAK_ANONYMOUS, server.peakAnonymousBytes() / MIB);
    }
    add(peer, Figure.BYTES_PER_VALUE, (double) server.diskBytes() / workload.mainValues());
  }

  /** Starts the server again on what it has, until it has all of it. */
  void restart(ServerProcess server) throws IOException, InterruptedException {
    long start = System.nanoTime();
    server.start();
    new Visibility(server.peer(), workload).await(false);
    add(server.peer(), Figure.RESTART, (System.nanoTime() - start) / 1e6);
  }

  /** Sends small bodies at a fixed rate. */
  void live(ServerProcess server, long valuesPerSecond) throws IOException, InterruptedException {
    Peer peer = server.peer();
    if (!cold) {
      server.awaitRest();
    }
    progress.say("writing to " + peer.name() + " at " + valuesPerSecond + " values/s");
    List<Lane> lanes = Objects.requireNonNull(workload.live().get(peer.format()));
    Histogram latencies = new Sender(peer, lanes, progress).post(valuesPerSecond);
    new Visibility(peer, workload).await(true);
    add(peer, Figure.LIVE_P50, latencies.getValueAtPercentile(50) / 1e6);
    add(peer, Figure.LIVE_P99, latencies.getValueAtPercentile(99) / 1e6);
    add(peer, Figure.LIVE_P999, latencies.getValueAtPercentile(99.9) / 1e6);
  }

  private Sender sender(Peer peer) {
    return new Sender(peer, Objects.requireNonNull(workload.main().get(peer.format())), progress);
  }

  private double cpuSecondsPerMillion(long cpuNanos) {
    return cpuNanos / 1e9 / (workload.mainValues() / 1e6);
  }

  private void add(Peer peer, Figure figure, double value) {
    results.add(peer.name(), figure, value);
  }
}
