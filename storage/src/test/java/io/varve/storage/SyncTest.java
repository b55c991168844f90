package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.DeviceLog;
import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When the log is synced, and what happens when that fails.
 *
 * <p>After a failed sync the operating system may have thrown the pages away, and the next sync may
 * succeed without them: so nothing may be written behind them, and nothing tried again.
 */
class SyncTest {
  private static final RetentionPolicy FOREVER = RetentionPolicy.of("autogen", 0);
  private static final VarveOptions OPTIONS =
      VarveOptions.defaults().withMemoryBudgetBytes(32 << 20);
  private static final String EIO = "Input/output error";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private int images;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void acknowledgesNothingWhenTheSyncFailsAndTakesNoMore()
      throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    Path device;
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = varve.createDatabase("d", FOREVER);
      DeviceLog log = DeviceLog.of(varve.engine().kv(), store);
      write(database, "before").join();
      log.hold();
      CompletableFuture<WriteResult> first = write(database, "first");
      log.awaitHeld();
      CompletableFuture<WriteResult> second = write(database, "second");
      CompletableFuture<WriteResult> third = write(database, "third");
      assertThat(varve.stats().queuedBytes()).isPositive();
      log.failNext(EIO);
      log.release();
      assertUnavailable(first, "While fdatasync: 000004.log: Input/output error");
      assertUnavailable(second, "the store is read-only until it is reopened");
      assertUnavailable(third, "the store is read-only until it is reopened");
      assertThat(Contents.of(database)).containsOnlyKeys("before");
      Health health = varve.health();
      assertThat(health.writable()).isFalse();
      assertThat(health.reason())
          .startsWith("the store is read-only until it is reopened, after this failure: ")
          .endsWith(EIO);
      int syncs = log.syncs();
      assertUnavailable(write(database, "fourth"), EIO);
      assertThatThrownBy(varve::checkpoint).hasMessageContaining(EIO);
      assertThatThrownBy(() -> varve.dropDatabase("d")).hasMessageContaining(EIO);
      assertThat(log.syncs()).isEqualTo(syncs);
      device = copy(store);
      log.cutOff(device);
    }
    assertServes(device, Set.of("before"));
    // The log as it was written is there if the pages were not thrown away.
    try (Varve varve = Varve.open(store, OPTIONS)) {
      assertThat(Contents.of(database(varve, "d")))
          .containsKey("before")
          .doesNotContainKey("fourth");
      write(database(varve, "d"), "after").join();
    }
  }

  @Test
  void saysSoWhenASyncInTheBackgroundFails() throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database =
          varve.createDatabase("d", FOREVER, Durability.interval(Duration.ofMillis(5)));
      DeviceLog log = DeviceLog.of(varve.engine().kv(), store);
      log.hold();
      write(database, "first").join();
      log.awaitHeld();
      log.failNext(EIO);
      log.release();
      // In the queue behind the sync.
      assertThatThrownBy(() -> database.alterDurability(Durability.ALWAYS))
          .hasMessageContaining(EIO);
      assertThat(varve.health().reason()).endsWith(EIO);
      assertUnavailable(write(database, "second"), EIO);
      assertThat(Contents.of(database)).containsOnlyKeys("first");
    }
    assertServes(store, Set.of("first"));
  }

  @Test
  void stopsWhenAChangeOfTheCatalogueCannotBeSynced() throws IOException {
    Path store = directory.resolve("store");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = varve.createDatabase("d", FOREVER);
      write(database, "before").join();
      DeviceLog log = DeviceLog.of(varve.engine().kv(), store);
      log.failNext(EIO);
      assertThatThrownBy(
              () -> database.createRetentionPolicy(RetentionPolicy.of("other", 0), false))
          .isInstanceOf(StorageException.class)
          .hasMessageEndingWith(EIO);
      assertThat(database.retentionPolicies()).hasSize(1);
      assertUnavailable(write(database, "after"), EIO);
    }
    assertServes(store, Set.of("before"));
  }

  @Test
  void syncsAGroupIfOneOfItsDatabasesWantsIt() throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database always = varve.createDatabase("always", FOREVER, Durability.ALWAYS);
      Database interval =
          varve.createDatabase("interval", FOREVER, Durability.interval(Duration.ofHours(1)));
      DeviceLog log = DeviceLog.of(varve.engine().kv(), store);
      write(interval, "alone").join();
      assertThat(log.syncs()).isZero();
      assertAfterPowerCut(store, log, Set.of(), Set.of());
      log.hold();
      CompletableFuture<WriteResult> first = write(always, "first");
      log.awaitHeld();
      CompletableFuture<WriteResult> second = write(interval, "second");
      CompletableFuture<WriteResult> third = write(always, "third");
      CompletableFuture<WriteResult> fourth = write(interval, "fourth");
      log.release();
      CompletableFuture.allOf(first, second, third, fourth).join();
      // One for the first, one for the others together.
      assertThat(varve.stats().commits()).isEqualTo(3);
      assertThat(log.syncs()).isEqualTo(2);
      assertAfterPowerCut(
          store, log, Set.of("first", "third"), Set.of("alone", "second", "fourth"));
    }
  }

  @Test
  void syncsIntervalsWithoutAnotherWrite() throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database always = varve.createDatabase("always", FOREVER, Durability.ALWAYS);
      Database interval =
          varve.createDatabase("interval", FOREVER, Durability.interval(Duration.ofMillis(20)));
      Database longer =
          varve.createDatabase("longer", FOREVER, Durability.interval(Duration.ofHours(1)));
      DeviceLog log = DeviceLog.of(varve.engine().kv(), store);
      write(longer, "first").join();
      write(interval, "second").join();
      log.awaitSyncs(1);
      // In the queue behind the sync.
      varve.dropExpiredShards();
      Path device = assertAfterPowerCut(store, log, Set.of(), Set.of("second"));
      try (Varve image = Varve.open(device, OPTIONS)) {
        assertThat(Contents.of(database(image, "longer"))).containsOnlyKeys("first");
      }
      assertThat(log.syncs()).isEqualTo(1);
      assertThat(always.durability()).isEqualTo(Durability.ALWAYS);
    }
  }

  private Path assertAfterPowerCut(
      Path store, DeviceLog log, Set<String> inAlways, Set<String> inInterval) throws IOException {
    Path device = copy(store);
    log.cutOff(device);
    try (Varve varve = Varve.open(device, OPTIONS)) {
      assertThat(Contents.of(database(varve, "always")).keySet()).isEqualTo(inAlways);
      assertThat(Contents.of(database(varve, "interval")).keySet()).isEqualTo(inInterval);
    }
    return device;
  }

  private static void assertServes(Path store, Set<String> series) {
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = database(varve, "d");
      assertThat(Contents.of(database).keySet()).isEqualTo(series);
      assertThat(Contents.of(database).values())
          .allMatch(Map.of(1L, Map.of("a:integer", 1))::equals);
      assertThat(varve.health().writable()).isTrue();
      write(database, "after").join();
    }
  }

  private static void assertUnavailable(CompletableFuture<WriteResult> future, String text) {
    assertThatThrownBy(future::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(StorageException.Kind.UNAVAILABLE);
              assertThat(e).hasMessageContaining(text);
            });
  }

  private static CompletableFuture<WriteResult> write(Database database, String series) {
    return database.write(null, new Points().add(series, 1, "a", 1).batch());
  }

  private static Database database(Varve varve, String name) {
    return Objects.requireNonNull(varve.database(name));
  }

  private Path copy(Path from) throws IOException {
    Path to = Files.createDirectory(directory.resolve("image" + images++));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }
}
