package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process, fifty times: whatever it acknowledged must be there, no batch half. */
class CrashTest {
  /** Kills of a process that writes; {@code varve.rounds} for longer runs. */
  private static final int ROUNDS = Integer.getInteger("varve.rounds", 20);

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void losesNothingAcknowledgedWhenKilledWhileWriting() throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    int acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      acknowledged += killAfter(store, round, acknowledged, 2 + random.nextInt(60));
      verify(store, acknowledged, "round " + round);
    }
  }

  @Test
  void losesNothingAcknowledgedWhenKilledDuringCheckpoints()
      throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    int acknowledged = 0;
    for (int round = 0; round < 10; round++) {
      acknowledged += killAfter(store, round, acknowledged, 2 + random.nextInt(8), "checkpoint");
      verify(store, acknowledged, "round " + round);
    }
  }

  @Test
  void recoversAfterBeingKilledAgainAndAgainDuringRecovery()
      throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    int acknowledged = killAfter(store, 0, 0, 60);
    for (int round = 1; round < 20; round++) {
      try (CrashChild child =
          new CrashChild(store, directory.resolve("acks" + round), acknowledged)) {
        child.awaitLines(1);
        // Loading the library and opening take one or two hundred milliseconds.
        long until = System.nanoTime() + random.nextLong(250_000_000);
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        child.kill();
        acknowledged += child.acknowledged();
      }
    }
    verify(store, acknowledged, "after 20 kills");
  }

  private int killAfter(Path store, int round, int from, int batches, String... more)
      throws IOException, InterruptedException {
    try (CrashChild child = new CrashChild(store, directory.resolve("acks" + round), from, more)) {
      child.awaitLines(1 + batches);
      if (round == 1) {
        assertThatThrownBy(() -> Varve.open(store, CrashWriter.options()))
            .hasMessage("data directory " + store + " is in use by another process");
      }
      child.kill();
      return child.acknowledged();
    }
  }

  private void verify(Path store, int acknowledged, String when) {
    try (Varve varve = Varve.open(store, CrashWriter.options())) {
      CrashWriter.check(varve, acknowledged, when + ", seed " + seed);
    }
  }

  static RetentionPolicy policy() {
    return RetentionPolicy.of("autogen", 0);
  }
}
