package io.varve.query;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.catalog.Store;
import io.varve.query.model.NaiveStore;
import io.varve.storage.Durability;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.model.RetentionPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs {@code src/test/resources/scripts/*.txt}. A line of a script is, by its first characters,
 *
 * <ul>
 *   <li>{@code # } a comment,
 *   <li>{@code + } a point of database {@code db} ({@link PointText}), {@code +db.rp } one of
 *       another place,
 *   <li>{@code ! now T}, {@code ! get}, {@code ! post}, {@code ! nodb}, {@code ! db} a setting,
 *   <li>{@code > } a request, whose answer ({@link ResultText}) are the lines up to a blank one.
 * </ul>
 *
 * <p>Each script runs with whole batches that have statistics, with tiny ones that have none, and
 * over the engine, once from the head and once from chunks. Those in {@code engine-scripts} change
 * what is stored and run over the engine only.
 */
class ScriptTest {
  static List<Path> scripts() throws IOException {
    return scripts("scripts");
  }

  static List<Path> engineScripts() throws IOException {
    return scripts("engine-scripts");
  }

  private static List<Path> scripts(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources", folder))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void answersAsTheScriptSays(Path script) {
    new Run(new NaiveStore(1024, true), null, false).run(script);
  }

  @ParameterizedTest
  @MethodSource({"scripts", "engineScripts"})
  void answersTheSameFromTheEngine(Path script, @TempDir Path directory) {
    VarveOptions options =
        VarveOptions.defaults()
            .withDurability(Durability.NONE)
            .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    try (Varve varve = Varve.open(directory.resolve("head"), options)) {
      new Run(new VarveStore(varve), varve, false).run(script);
    }
    try (Varve varve = Varve.open(directory.resolve("chunks"), options)) {
      new Run(new VarveStore(varve), varve, true).run(script);
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void answersTheSameFromTinyBatches(Path script) {
    new Run(new NaiveStore(2, true), null, false).run(script);
    new Run(new NaiveStore(1, false), null, false).run(script);
  }

  private static final class Run {
    private final Store store;
    private final @Nullable Varve varve;
    private final boolean checkpoints;
    private long nowNanos;
    private boolean readOnly;
    private @Nullable String database = "db";

    /**
     * @param checkpoints whether points are put into chunks before they are read
     */
    Run(Store store, @Nullable Varve varve, boolean checkpoints) {
      this.store = store;
      this.varve = varve;
      this.checkpoints = checkpoints;
      store.createDatabase("db", RetentionPolicy.of("autogen", 0));
    }

    void run(Path script) {
      List<String> lines;
      try {
        lines = Files.readAllLines(script);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.startsWith("+")) {
          put(line);
        } else if (line.startsWith("! ")) {
          set(line.substring(2));
        } else if (line.startsWith("> ")) {
          List<String> expected = new ArrayList<>();
          int first = i + 1;
          while (i + 1 < lines.size() && !lines.get(i + 1).isBlank()) {
            expected.add(lines.get(++i));
          }
          assertThat(answer(line.substring(2)))
              .as("%s:%d %s", script.getFileName(), first, line)
              .isEqualTo(expected);
          if (store instanceof NaiveStore naive) {
            assertThat(naive.openReaders()).as("open readers after %s", line).isZero();
          }
        } else if (!line.isBlank() && !line.startsWith("#")) {
          throw new IllegalStateException(script + ":" + (i + 1) + " is no script: " + line);
        }
      }
    }

    private void put(String line) {
      int space = line.indexOf(' ');
      String[] place = line.substring(1, space).split("\\.");
      boolean named = place.length == 2;
      String name = named ? place[0] : "db";
      PointText.put(sink(name), named ? place[1] : null, line.substring(space + 1));
    }

    private PointText.Sink sink(String name) {
      if (store instanceof NaiveStore naive) {
        return naive.database(name)::put;
      }
      return new EngineSink(requireNonNull(requireNonNull(varve).database(name)));
    }

    private void set(String setting) {
      switch (setting) {
        case "get" -> readOnly = true;
        case "post" -> readOnly = false;
        case "nodb" -> database = null;
        case "db" -> database = "db";
        default -> nowNanos = PointText.time(setting.replaceFirst("now ", ""));
      }
    }

    private List<String> answer(String text) {
      if (checkpoints) {
        requireNonNull(varve).checkpoint();
      }
      Instant now = Instant.ofEpochSecond(nowNanos / 1_000_000_000L, nowNanos % 1_000_000_000L);
      QueryEngine engine =
          new QueryEngine(store, Clock.fixed(now, ZoneOffset.UTC), QueryLimits.defaults());
      try {
        return ResultText.read(
            engine.influxQl(
                text, new QueryOptions(database, null, Map.of(), readOnly, () -> false)));
      } catch (QueryException e) {
        return List.of("parse error: " + e.getMessage());
      }
    }
  }
}
