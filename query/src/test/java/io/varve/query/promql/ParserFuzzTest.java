package io.varve.query.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.varve.query.promql.ast.Expr;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random texts: they parse, or a ParseException says why not; what parses prints and re-reads. */
final class ParserFuzzTest {
  private static final ParserOptions EXPERIMENTAL =
      ParserOptions.DEFAULT.withExperimentalFunctions();

  private final long seed = Seeds.seed();
  private final SplittableRandom random = new SplittableRandom(seed);

  private void check(String text) {
    String why = "seed " + seed + ", text " + text;
    try {
      Expr expr = Parser.parse(text, EXPERIMENTAL);
      String printed = Printer.print(expr);
      Expr again = Parser.parse(printed, EXPERIMENTAL);
      assertThat(Printer.print(again)).as(why).isEqualTo(printed);
    } catch (ParseException e) {
      assertThat(e.getMessage()).as(why).contains(": parse error: ");
      assertThat(e.position().start()).as(why).isBetween(0, text.length());
    } catch (RuntimeException | StackOverflowError e) {
      fail(why, e);
    }
  }

  @Test
  void survivesRandomBytes() {
    for (int i = 0; i < 30_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      check("foo{" + new String(bytes, StandardCharsets.UTF_8));
      check("foo[" + new String(bytes, StandardCharsets.ISO_8859_1));
      check('"' + new String(bytes, StandardCharsets.UTF_16));
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
        List.of(
            "foo", "\"b\"", "'c'", "1", "2.5", "1h", "rate", "abs", "(foo)", "[5m]", "{a='b'}"));
    for (int i = 0; i < 100_000; i++) {
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
  void survivesDamagedExpressions() {
    RandomExpressions expressions = new RandomExpressions(random);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(expressions.expression());
      String other = expressions.expression();
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
