package io.varve.server;

import io.varve.query.prometheus.PromSettings;
import io.varve.server.http.HttpOptions;
import io.varve.server.metrics.ServerMetrics;
import io.varve.server.warmup.WarmUp;
import io.varve.storage.Durability;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Warms up the code of a server by a second one of the same kind. */
final class Warmth {
  private static final long MEMORY_MIB = 32;

  /** In the data directory, which nobody else may use; RocksDB passes it over. */
  private static final String DIRECTORY = "warm-up";

  private Warmth() {}

  /** Begins; closed by the caller, before the server. */
  static WarmUp start(RunningServer server, Path data) {
    return WarmUp.start(Warmth::open, data.resolve(DIRECTORY), new Activity(server.metrics()));
  }

  /** Works as when warming up, until the JVM has seen what a server does. */
  static void train() throws IOException, InterruptedException {
    Path parent = Files.createTempDirectory("varve-train");
    try {
      WarmUp.train(Warmth::open, parent.resolve(DIRECTORY));
    } finally {
      Files.delete(parent);
    }
  }

  private static WarmUp.ServerToWarm open(Path directory) throws IOException {
    StoreSettings store = new StoreSettings();
    store.memoryMib = MEMORY_MIB;
    // What waits for the disk warms nothing.
    store.durability = Durability.NONE;
    AccessOptions access = AccessOptions.open();
    access.noContinuousQueries = true;
    access.noSubscriptions = true;
    RunningServer scratch =
        RunningServer.open(
            directory,
            new ServerSettings(
                store,
                DoorOptions.onlyHttp(HttpOptions.defaults().withAddress("127.0.0.1", 0)),
                new QuerySettings(),
                PromSettings.defaults(),
                access));
    return new WarmUp.ServerToWarm() {
      @Override
      public URI uri() {
        return scratch.uri();
      }

      @Override
      public void close() {
        scratch.close();
      }
    };
  }

  /** Whether clients have sent anything since somebody last asked. */
  private static final class Activity implements BooleanSupplier {
    private final ServerMetrics metrics;
    private long received;

    Activity(ServerMetrics metrics) {
      this.metrics = metrics;
      received = metrics.received();
    }

    @Override
    public boolean getAsBoolean() {
      long before = received;
      received = metrics.received();
      return received != before || metrics.activeRequests.sum() > 0;
    }
  }
}
