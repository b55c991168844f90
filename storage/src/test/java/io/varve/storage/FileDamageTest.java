package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flips bits in, cuts off and removes each kind of file of a store.
 *
 * <p>Whatever is done to it, a store opens or refuses to with an error of kind CORRUPTION that
 * names the directory; what it then serves was written; what it does not serve, though it was
 * written, is announced by {@link Health}.
 */
class FileDamageTest {
  private static final VarveOptions OPTIONS =
      VarveOptions.defaults().withMemoryBudgetBytes(16 << 20);
  private static final int SERIES = 300;
  private static final int ROWS = 700;

  private final long seed = Long.getLong("varve.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  /** What is done to a file. */
  private interface Damage {
    byte[] to(byte[] content);
  }

  @Test
  void servesOtherSeriesWhenABlockOfATableIsDamaged() throws IOException {
    Path store = closedStore();
    Map<String, Map<Long, Map<String, Object>>> written = contents(store);
    Path table = largest(store, ".sst");
    for (int round = 0; round < 12; round++) {
      Path image = copy(store, "image" + round);
      // In the first nine tenths are blocks of data.
      change(image.resolve(table.getFileName()), this::flipOneOfTheFirst);
      try (Varve varve = Varve.open(image, OPTIONS)) {
        Map<String, Map<Long, Map<String, Object>>> read = Contents.of(database(varve));
        assertPartOf(read, written);
        assertThat(rows(read)).as("seed %d", seed).isBetween(rows(written) / 2, rows(written) - 1);
        Health health = varve.health();
        assertThat(health.writable()).isTrue();
        assertThat(health.quarantined())
            .anyMatch(chunk -> chunk.message().contains(table.getFileName().toString()));
        // The damage does not stand in the way of new points.
        database(varve).write(null, new Points().add("new", 1, "a", 1).batch()).join();
      }
    }
  }

  @Test
  void opensOrRefusesWhateverIsDoneToItsFiles() throws IOException {
    Path closed = closedStore();
    Path crashed = crashedStore();
    List<Damage> damages =
        List.of(
            this::flip,
            this::flip,
            this::flipNearTheEnd,
            content -> new byte[0],
            content -> java.util.Arrays.copyOf(content, content.length / 2),
            content -> java.util.Arrays.copyOf(content, Math.max(0, content.length - 3)));
    int number = 0;
    for (Path store : List.of(closed, crashed)) {
      Map<String, Map<Long, Map<String, Object>>> written = contents(copy(store, "whole" + number));
      for (Path file : files(store)) {
        String name = file.getFileName().toString();
        if (name.equals("LOCK") || name.startsWith("LOG")) {
          continue;
        }
        for (Damage damage : damages) {
          Path image = copy(store, "image" + number++);
          change(image.resolve(name), damage);
          openOrRefuse(image, name, written);
        }
        Path image = copy(store, "image" + number++);
        Files.delete(image.resolve(name));
        openOrRefuse(image, name, written);
      }
    }
    assertThat(number).isGreaterThan(60);
  }

  @Test
  void countsTheRecordsThatDamageInTheMiddleOfALogCosts() throws IOException {
    int records = 60;
    int[] ends = new int[records];
    Path store = directory.resolve("logs");
    Path crashed;
    String log;
    try (Varve varve = Varve.open(store, OPTIONS)) {
      Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
      for (int i = 0; i < records; i++) {
        // Some cross the blocks of the log.
        String text = "x".repeat(random.nextInt(3000));
        database.write(null, new Points().add("m", i, "a", i, "s", text).batch()).join();
        ends[i] = (int) Files.size(CrashWriter.newestLog(store));
      }
      log = CrashWriter.newestLog(store).getFileName().toString();
      crashed = copy(store, "crashedLogs");
    }
    for (int round = 0; round < 25; round++) {
      int damaged = 1 + random.nextInt(records - 2);
      // In its header, which is 7 bytes, or anywhere.
      int room = ends[damaged] - ends[damaged - 1];
      int at = ends[damaged - 1] + random.nextInt(round % 3 == 0 ? Math.min(6, room) : room);
      String what = "byte " + at + " of record " + damaged + ", seed " + seed;
      Path image = copy(crashed, "log" + round);
      change(
          image.resolve(log),
          content -> {
            content[at] ^= (byte) (1 << random.nextInt(8));
            return content;
          });
      try (Varve varve = Varve.open(image, OPTIONS)) {
        assertThat(Contents.of(database(varve)).get("m")).as(what).hasSize(damaged);
        assertThat(varve.health().damagedLogRecords()).as(what).isEqualTo(records - damaged);
        assertThat(image.resolve("damaged").resolve(log)).exists();
      }
    }
  }

  @Test
  void opensOrRefusesWithRubbishBehindTheListOfFiles() throws IOException {
    Path closed = closedStore();
    Map<String, Map<Long, Map<String, Object>>> written = contents(copy(closed, "wholeList"));
    String name =
        files(closed).stream()
            .map(file -> file.getFileName().toString())
            .filter(file -> file.startsWith("MANIFEST-"))
            .findFirst()
            .orElseThrow();
    for (int type = 0; type < 256; type += type < 16 || (type >= 126 && type < 134) ? 1 : 17) {
      byte[] rubbish = new byte[7 + random.nextInt(60)];
      for (int i = 0; i < rubbish.length; i++) {
        rubbish[i] = (byte) random.nextInt(256);
      }
      rubbish[4] = (byte) (rubbish.length - 7);
      rubbish[5] = 0;
      rubbish[6] = (byte) type;
      Path image = copy(closed, "list" + type);
      Files.write(image.resolve(name), rubbish, StandardOpenOption.APPEND);
      openOrRefuse(image, name, written);
    }
  }

  private void openOrRefuse(
      Path image, String file, Map<String, Map<Long, Map<String, Object>>> written) {
    String what = image.getFileName() + ", " + file + ", seed " + seed;
    try (Varve varve = Varve.open(image, OPTIONS)) {
      Database database = varve.database("d");
      Map<String, Map<Long, Map<String, Object>>> read =
          database == null ? Map.of() : Contents.of(database);
      assertPartOf(read, written);
      // The end of the log may be missing: that is what a crash leaves.
      if (rows(read) < rows(written) && !file.endsWith(".log")) {
        Health health = varve.health();
        assertThat(
                health.quarantinedCount() > 0
                    || health.damagedLogRecords() > 0
                    || !health.writable())
            .as(what)
            .isTrue();
      }
    } catch (StorageException e) {
      assertThat(e.kind())
          .as(what + ": " + e.getMessage())
          .isEqualTo(StorageException.Kind.CORRUPTION);
      assertThat(e).as(what).hasMessageContaining(image.toString());
    }
  }

  private void assertPartOf(
      Map<String, Map<Long, Map<String, Object>>> read,
      Map<String, Map<Long, Map<String, Object>>> written) {
    read.forEach(
        (series, rows) ->
            rows.forEach(
                (time, row) ->
                    assertThat(written.getOrDefault(series, Map.of()).get(time))
                        .as("%s at %d, seed %d", series, time, seed)
                        .isEqualTo(row)));
  }

  private Path closedStore() {
    Path store = directory.resolve("closed");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      write(varve, 0, SERIES);
    }
    return store;
  }

  /** A store as a killed process leaves it: chunks in a table, more in the log. */
  private Path crashedStore() throws IOException {
    Path store = directory.resolve("running");
    try (Varve varve = Varve.open(store, OPTIONS)) {
      write(varve, 0, 20);
    }
    try (Varve varve = Varve.open(store, OPTIONS)) {
      write(varve, 20, 40);
      // Nothing is under way now.
      return copy(store, "crashed");
    }
  }

  private static void write(Varve varve, int from, int to) {
    Database database = varve.createDatabase("d", RetentionPolicy.of("autogen", 0));
    SplittableRandom values = new SplittableRandom(from);
    for (int series = from; series < to; series++) {
      Points points = new Points();
      for (int row = 0; row < ROWS; row++) {
        points.add("m,host=" + series, row * 1000L, "a", values.nextInt());
      }
      database.write(null, points.batch()).join();
    }
  }

  private static Map<String, Map<Long, Map<String, Object>>> contents(Path store) {
    try (Varve varve = Varve.open(store, OPTIONS)) {
      return Contents.of(database(varve));
    }
  }

  private static Database database(Varve varve) {
    Database database = varve.database("d");
    if (database == null) {
      throw new AssertionError("the database is gone");
    }
    return database;
  }

  private static int rows(Map<String, Map<Long, Map<String, Object>>> contents) {
    return contents.values().stream().mapToInt(Map::size).sum();
  }

  private byte[] flipOneOfTheFirst(byte[] content) {
    content[random.nextInt(content.length / 10 * 9)] ^= (byte) (1 << random.nextInt(8));
    return content;
  }

  private byte[] flip(byte[] content) {
    if (content.length > 0) {
      content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return content;
  }

  private byte[] flipNearTheEnd(byte[] content) {
    if (content.length > 0) {
      content[content.length - 1 - random.nextInt(Math.min(50, content.length))] ^= 0x10;
    }
    return content;
  }

  private static void change(Path file, Damage damage) throws IOException {
    Files.write(file, damage.to(Files.readAllBytes(file)));
  }

  private static Path largest(Path store, String end) throws IOException {
    return files(store).stream()
        .filter(file -> file.toString().endsWith(end))
        .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
        .orElseThrow();
  }

  private static List<Path> files(Path store) throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = Files.createDirectory(directory.resolve(name));
    for (Path file : files(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
    return to;
  }
}
