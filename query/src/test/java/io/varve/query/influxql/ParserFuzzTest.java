package io.varve.query.influxql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.varve.query.Cases;
import io.varve.query.influxql.ast.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random texts: they parse, or a ParseException says why not; what parses prints and re-reads. */
final class ParserFuzzTest {
  private final long seed = Seeds.seed();
  private final SplittableRandom random = new SplittableRandom(seed);

  private void check(String text) {
    List<Statement> statements;
    try {
      statements = Parser.parse(text, Map.of());
    } catch (ParseException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    } catch (RuntimeException | StackOverflowError e) {
      fail("seed " + seed + ", text " + text, e);
      return;
    }
    for (Statement statement : statements) {
      String printed = Printer.print(statement);
      if (!printed.contains("[REDACTED]")) {
        assertThat(Parser.parse(printed, Map.of()))
            .as("seed %d, text %s, printed %s", seed, text, printed)
            .containsExactly(statement);
      }
    }
  }

  @Test
  void survivesRandomBytes() {
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      check("SELECT " + new String(bytes, StandardCharsets.UTF_8));
      check(new String(bytes, StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void survivesRandomTokens() {
    List<String> words = new ArrayList<>();
    for (TokenKind kind : TokenKind.values()) {
      words.add(kind.text());
    }
    words.addAll(
        List.of("a", "\"b\"", "'c'", "1", "2.5", "1h", "/x/", "$p", "time", "fill", "tz", "null"));
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(15);
      for (int j = 0; j < length; j++) {
        text.append(words.get(random.nextInt(words.size())));
        text.append(random.nextInt(4) == 0 ? "" : " ");
      }
      check(text.toString());
    }
  }

  @Test
  void survivesDamagedStatements() {
    List<String> statements =
        Cases.INFLUXQL.pairs("valid.txt").map(pair -> (String) pair.get()[0]).toList();
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder(statements.get(random.nextInt(statements.size())));
      String other = statements.get(random.nextInt(statements.size()));
      int cuts = 1 + random.nextInt(3);
      for (int j = 0; j < cuts; j++) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(8));
        int otherFrom = random.nextInt(other.length());
        int otherTo = Math.min(other.length(), otherFrom + random.nextInt(12));
        text.replace(from, to, other.substring(otherFrom, otherTo));
      }
      check(text.toString());
    }
  }
}
