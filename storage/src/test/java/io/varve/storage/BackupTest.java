package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of stores in use, and the durability of each database. */
class BackupTest {
  private static final RetentionPolicy FOREVER = RetentionPolicy.of("autogen", 0);
  private static final VarveOptions OPTIONS =
      VarveOptions.defaults().withMemoryBudgetBytes(32 << 20).withCheckpointBytes(200_000);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void holdsAllThatWasAcknowledgedBeforeItWasMade() throws IOException {
    Path store = directory.resolve("store");
    int[] before = new int[5];
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = varve.createDatabase("d", FOREVER);
      AtomicInteger acknowledged = new AtomicInteger();
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                while (!enough.get()) {
                  int batch = acknowledged.get();
                  database.write(null, CrashWriter.points(batch).batch()).join();
                  acknowledged.incrementAndGet();
                }
              });
      for (int i = 0; i < before.length; i++) {
        int wanted = acknowledged.get() + 40;
        while (acknowledged.get() < wanted) {
          assertThat(writer).isNotCompletedExceptionally();
          Thread.onSpinWait();
        }
        before[i] = acknowledged.get();
        varve.backup(directory.resolve("backup" + i));
      }
      enough.set(true);
      writer.join();
      assertThat(varve.health().writable()).isTrue();
    }
    for (int i = 0; i < before.length; i++) {
      Path restored = directory.resolve("restored" + i);
      Varve.restore(directory.resolve("backup" + i), restored);
      for (Path copy : new Path[] {directory.resolve("backup" + i), restored}) {
        try (Varve varve = Varve.open(copy, OPTIONS)) {
          CrashWriter.check(varve, before[i], "backup " + i);
          assertThat(varve.health().quarantinedCount()).isZero();
        }
      }
    }
  }

  @Test
  void refusesToOverwriteOrToRestoreWhatIsNoBackup() throws IOException {
    Path taken = Files.createDirectory(directory.resolve("taken"));
    Path store = directory.resolve("store");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      varve.createDatabase("d", FOREVER);
      assertThatThrownBy(() -> varve.backup(taken)).hasMessage(taken + " exists already");
      varve.backup(directory.resolve("backup"));
      // The store itself is intact and in use, so it cannot be restored onto.
      assertThatThrownBy(() -> Varve.restore(directory.resolve("backup"), store))
          .hasMessage(store + " exists already");
    }
    assertThatThrownBy(() -> Varve.restore(taken, directory.resolve("other")))
        .hasMessage("there is no backup in " + taken);
    try (Stream<Path> files = Files.list(taken)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void keepsTheDurabilityOfEachDatabase() {
    Path store = directory.resolve("store");
    Durability often = Durability.interval(Duration.ofMillis(5));
    try (Varve varve = Varve.open(store, OPTIONS)) {
      varve.createDatabase("always", FOREVER);
      varve.createDatabase("often", FOREVER, often);
      varve.createDatabase("none", FOREVER, Durability.NONE);
      varve.createDatabase("altered", FOREVER, Durability.NONE).alterDurability(often);
      varve.createDatabase("none", FOREVER, Durability.ALWAYS);
    }
    try (Varve varve = Varve.open(store, OPTIONS.withDurability(Durability.NONE))) {
      Map<String, Durability> expected =
          Map.of(
              "always",
              Durability.ALWAYS,
              "often",
              often,
              "none",
              Durability.NONE,
              "altered",
              often);
      for (String name : varve.databaseNames()) {
        Database database = varve.createDatabase(name, FOREVER);
        assertThat(database.durability()).as(name).isEqualTo(expected.get(name));
        database.write(null, new Points().add("m", 1, "a", 1).batch()).join();
        assertThat(Contents.of(database)).hasSize(1);
      }
    }
  }
}
