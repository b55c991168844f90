package io.varve.query;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Cases of a language from text files: one a line, {@code input => outcome}, and comments. */
public enum Cases {
  INFLUXQL("/influxql/", "#"),
  PROMQL("/promql/", "//");

  private final String folder;
  private final String comment;

  Cases(String folder, String comment) {
    this.folder = folder;
    this.comment = comment;
  }

  public List<String> lines(String file) {
    try (InputStream in = Cases.class.getResourceAsStream(folder + file)) {
      String text =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.isBlank() && !line.startsWith(comment)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Stream<Arguments> pairs(String file) {
    return lines(file).stream()
        .map(
            line -> {
              int arrow = line.lastIndexOf(" => ");
              if (arrow < 0) {
                throw new IllegalArgumentException("no outcome: " + line);
              }
              return Arguments.of(line.substring(0, arrow), line.substring(arrow + 4));
            });
  }
}
