package io.varve.query.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryException;
import io.varve.query.QueryResources;
import io.varve.query.promql.PromException;
import io.varve.storage.Database;
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
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs {@code src/test/resources/promql-scripts/*.txt}. A line of a script is, by its first word,
 *
 * <ul>
 *   <li>{@code #} a comment,
 *   <li>{@code load STEP SERIES} a series in database {@code prometheus} ({@link SeriesText}),
 *   <li>{@code point DATABASE POINT} a point of line protocol, its time in seconds,
 *   <li>{@code at TIME EXPR} an instant query, {@code ordered TIME EXPR} one whose order counts,
 *   <li>{@code range START END STEP EXPR} a range query,
 * </ul>
 *
 * times being seconds, or with one of {@code ms m h d} behind them. The answer to a query are the
 * lines up to a blank one: {@code labels value...}, where {@code _} is a step without a value;
 * {@code scalar value...}, {@code string text}, {@code labels value@seconds...} for a range vector;
 * {@code warning} and {@code info} lines, and {@code error kind: message}.
 *
 * <p>Each query is asked of one thread and of three, of the head and of chunks.
 */
class PromScriptTest {
  private static final QueryResources ALONE = new QueryResources(1, Long.MAX_VALUE);
  private static final QueryResources DIVIDED = new QueryResources(3, Long.MAX_VALUE, 1);

  static List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/promql-scripts"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void answersAsTheScriptSays(Path script, @TempDir Path directory) {
    run(script, directory.resolve("head"), false);
    run(script, directory.resolve("chunks"), true);
  }

  private static void run(Path script, Path directory, boolean checkpoints) {
    VarveOptions options =
        VarveOptions.defaults()
            .withDurability(Durability.NONE)
            .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    try (Varve store = Varve.open(directory, options)) {
      run(lines(script), script.getFileName().toString(), store, checkpoints);
    }
  }

  private static List<String> lines(Path script) {
    try {
      return Files.readAllLines(script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(List<String> lines, String name, Varve store, boolean checkpoints) {
    PromSettings defaults = PromSettings.defaults();
    PromSettings settings =
        new PromSettings(
            defaults.defaultDatabase(), 300_000, 120_000, 60_000, 1_000_000, 11_000, true);
    PromEngine alone = new PromEngine(store, settings, ALONE);
    PromEngine divided = new PromEngine(store, settings, DIVIDED);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split(" ", 3);
      if (words[0].equals("load")) {
        SeriesText.store(database(store, "prometheus"), words[2], millis(words[1]));
      } else if (words[0].equals("point")) {
        SeriesText.storePoint(database(store, words[1]), words[2]);
      } else {
        if (checkpoints) {
          store.checkpoint();
        }
        int at = i + 1;
        List<String> expected = new ArrayList<>();
        while (i + 1 < lines.size() && !lines.get(i + 1).isBlank()) {
          expected.add(lines.get(++i));
        }
        assertThat(answer(alone, line)).as("%s:%d %s", name, at, line).isEqualTo(expected);
        assertThat(answer(divided, line)).as("%s:%d %s", name, at, line).isEqualTo(expected);
      }
    }
    assertThat(ALONE.usedBytes()).isZero();
    assertThat(DIVIDED.usedBytes()).isZero();
  }

  private static Database database(Varve store, String name) {
    Database database = store.database(name);
    return database == null
        ? store.createDatabase(name, RetentionPolicy.of("autogen", 0))
        : database;
  }

  private static List<String> answer(PromEngine engine, String line) {
    PromRequest request =
        new PromRequest(
            null, null, name -> true, 300_000, 0, () -> false, System.nanoTime() + 60_000_000_000L);
    try {
      if (line.startsWith("range ")) {
        String[] words = line.split(" ", 5);
        long start = millis(words[1]);
        long step = millis(words[3]);
        long end = millis(words[2]);
        try (PromResult result = engine.queryRange(words[4], start, end, step, request)) {
          return text(result, start, step, (int) ((end - start) / step) + 1);
        }
      }
      String[] words = line.split(" ", 3);
      try (PromResult result = engine.query(words[2], millis(words[1]), request)) {
        List<String> text = text(result, result.timeMillis(), 1, 1);
        return words[0].equals("ordered") ? text : text.stream().sorted().toList();
      }
    } catch (PromException e) {
      return List.of("error " + e.kind().name().toLowerCase(Locale.ROOT) + ": " + e.getMessage());
    } catch (QueryException e) {
      return List.of("error bad_data: " + e.getMessage());
    }
  }

  private static List<String> text(PromResult result, long start, long step, int steps) {
    List<String> lines = new ArrayList<>();
    if (result.type() == PromResult.Type.STRING) {
      lines.add("string " + result.text());
    }
    boolean raw = result.type() == PromResult.Type.MATRIX && steps == 1 && step == 1;
    result.visit(
        (labels, samples) -> {
          int count = samples.count();
          StringBuilder text = new StringBuilder();
          text.append(result.type() == PromResult.Type.SCALAR ? "scalar" : SeriesText.of(labels));
          if (raw) {
            for (int i = 0; i < count; i++) {
              text.append(' ').append(SeriesText.of(samples, i));
              text.append('@').append(SeriesText.of(samples.timeMillis(i) / 1000.0));
            }
          } else {
            int next = 0;
            for (int s = 0; s < steps; s++) {
              boolean there = next < count && samples.timeMillis(next) == start + s * step;
              text.append(' ').append(there ? SeriesText.of(samples, next++) : "_");
            }
            assertThat(next).as("points of %s at steps", labels).isEqualTo(count);
          }
          lines.add(text.toString());
        });
    result.warnings().forEach(warning -> lines.add("warning " + warning));
    result.infos().forEach(info -> lines.add("info " + info));
    return lines;
  }

  private static long millis(String text) {
    String digits = text.replaceAll("[a-z]+$", "");
    double unit =
        switch (text.substring(digits.length())) {
          case "", "s" -> 1000;
          case "ms" -> 1;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default -> throw new IllegalArgumentException("no time: " + text);
        };
    return Math.round(Double.parseDouble(digits) * unit);
  }
}
