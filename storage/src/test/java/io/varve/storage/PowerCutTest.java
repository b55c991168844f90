package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes away what a power cut may take away: what was written to the log after the last
 * acknowledgement, in whole, in part, or overwritten by rubbish.
 *
 * <p>RocksDB syncs tables and the list of files before it relies on them, so the log is all that
 * can lose its end; new files that nothing names yet may be empty.
 */
class PowerCutTest {
  private static final int STOPS = 12;

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private int images;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void keepsAllThatWasAcknowledgedWhenTheRestIsLost() throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    try (CrashChild child = new CrashChild(store, directory.resolve("acks"), 0)) {
      for (int stop = 0; stop < STOPS; stop++) {
        child.awaitLines(child.lines().size() + 1 + random.nextInt(12));
        child.stop();
        int acknowledged = child.acknowledged();
        if (acknowledged > 0) {
          String[] last = child.lines().get(acknowledged).split(" ", -1);
          for (int cut = 0; cut < 4; cut++) {
            Path image = copy(store);
            cut(image, last[1], Integer.parseInt(last[2]), cut);
            verify(image, acknowledged, "stop " + stop + ", cut " + cut);
          }
        }
        child.resume();
      }
    }
    assertThat(images).isGreaterThanOrEqualTo(4 * (STOPS - 1));
  }

  /** What is behind the last acknowledgement: gone, cut anywhere, zeros, or rubbish. */
  private void cut(Path image, String syncedLog, int syncedLength, int how) throws IOException {
    for (Path log : files(image, ".log")) {
      String name = log.getFileName().toString();
      if (name.compareTo(syncedLog) < 0) {
        continue;
      }
      byte[] bytes = Files.readAllBytes(log);
      int kept = name.equals(syncedLog) ? syncedLength : 0;
      int tail = bytes.length - kept;
      switch (how) {
        case 0 -> bytes = Arrays.copyOf(bytes, kept);
        case 1 -> bytes = Arrays.copyOf(bytes, kept + (tail > 0 ? random.nextInt(tail) : 0));
        case 2 -> bytes = Arrays.copyOf(Arrays.copyOf(bytes, kept), kept + tail + 5000);
        default -> {
          bytes = Arrays.copyOf(bytes, kept + tail + 5000);
          for (int i = kept; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(256);
          }
          // Not the type of a reused log's record: see the last test.
          bytes[kept + 6] = 1;
        }
      }
      Files.write(log, bytes);
    }
    if (how == 0) {
      // New files that got a name and nothing else.
      Files.createFile(image.resolve("900001.sst"));
      Files.createFile(image.resolve("900002.log"));
      Files.createFile(image.resolve("MANIFEST-900003"));
      Files.createFile(image.resolve("900004.dbtmp"));
    }
  }

  @Test
  void dropsTheLastRecordWhereverItIsTorn() throws IOException {
    Path store = directory.resolve("store");
    Path whole;
    int before;
    try (Varve varve = Varve.open(store, CrashWriter.options())) {
      Database database = varve.createDatabase("d", CrashTest.policy());
      database.write(null, new Points().add("m", 1, "a", 1).batch()).join();
      before = (int) Files.size(CrashWriter.newestLog(store));
      database.write(null, new Points().add("m", 2, "a", 2).batch()).join();
      whole = copy(store);
    }
    String log = CrashWriter.newestLog(whole).getFileName().toString();
    byte[] bytes = Files.readAllBytes(whole.resolve(log));
    assertThat(bytes.length - before).isBetween(20, 100);
    Map<Long, Map<String, Object>> first = Map.of(1L, Map.of("a:integer", 1));
    for (int end = before; end < bytes.length; end++) {
      byte[] rubbish = bytes.clone();
      // The seventh byte is the type of the record: 1 becomes 6.
      rubbish[end] ^= (byte) (end == before + 6 ? 7 : 1 + random.nextInt(255));
      for (byte[] torn : List.of(Arrays.copyOf(bytes, end), rubbish)) {
        Path image = copy(whole);
        Files.write(image.resolve(log), torn);
        try (Varve varve = Varve.open(image, CrashWriter.options())) {
          Database database = varve.database("d");
          assertThat(database).as("cut at %d", end).isNotNull();
          assertThat(database == null ? Map.of() : Contents.of(database))
              .as("byte %d of %d, seed %d", end, bytes.length, seed)
              .isEqualTo(Map.of("m", first));
          if (database != null) {
            database.write(null, new Points().add("m", 3, "a", 3).batch()).join();
          }
        } catch (StorageException e) {
          // One kind of rubbish in the byte of the record's type would make RocksDB hang.
          assertThat(end).isEqualTo(before + 6);
          assertThat(e.kind()).isEqualTo(StorageException.Kind.CORRUPTION);
          assertThat(e).hasMessageEndingWith(log + " is damaged; cut it off at byte " + before);
        }
      }
    }
  }

  private void verify(Path image, int acknowledged, String what) {
    try (Varve varve = Varve.open(image, CrashWriter.options())) {
      CrashWriter.check(varve, acknowledged, what + ", seed " + seed);
      assertThat(varve.health().writable()).isTrue();
    }
  }

  private Path copy(Path from) throws IOException {
    Path to = Files.createDirectory(directory.resolve("image" + images++));
    for (Path file : files(from, "")) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
    return to;
  }

  private static List<Path> files(Path store, String end) throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files
          .filter(file -> Files.isRegularFile(file) && file.toString().endsWith(end))
          .toList();
    }
  }
}
