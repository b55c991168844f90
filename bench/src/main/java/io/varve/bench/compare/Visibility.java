package io.varve.bench.compare;

import io.varve.bench.compare.Workload.Probe;
import io.varve.bench.peer.Dialect;
import io.varve.bench.peer.HttpLink;
import io.varve.bench.peer.Peer;
import java.io.IOException;
import java.util.Map;

/** Waits until all that was sent can be found by queries. */
final class Visibility {
  private static final long PATIENCE_NANOS = 120_000_000_000L;
  private static final int POLL_MILLIS = 20;

  private final Peer peer;
  private final Workload workload;

  Visibility(Peer peer, Workload workload) {
    this.peer = peer;
    this.workload = workload;
  }

  /**
   * Returns once every measurement has as many rows as were sent.
   *
   * @throws IOException if after two minutes it has not
   */
  void await(boolean withLive) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    Dialect dialect = peer.dialects().get(0);
    try (HttpLink link = new HttpLink(peer.httpPort())) {
      for (Map.Entry<Probe, Long> expected : workload.counts(withLive).entrySet()) {
        Probe probe = expected.getKey();
        String target =
            dialect.countTarget(
                probe.measurement(), probe.field(), workload.startSeconds(), workload.endSeconds());
        long found = dialect.count(link.get(target).body());
        while (found != expected.getValue()) {
          if (System.nanoTime() > deadline) {
            throw new IOException(
                "%s has %d rows of %s instead of %d"
                    .formatted(peer.name(), found, probe.measurement(), expected.getValue()));
          }
          Thread.sleep(POLL_MILLIS);
          found = dialect.count(link.get(target).body());
        }
      }
    }
  }
}
