package io.varve.query.influxql;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bombs: nothing but a ParseException may come of them, on a small stack. */
final class ParserLimitsTest {
  private static final long STACK_BYTES = 512 * 1024;
  private static final int LARGE = 10_000_000;

  /** Parses, prints and validates on a small stack; the message of a ParseException or "ok". */
  private static String outcome(String text) throws InterruptedException {
    AtomicReference<String> outcome = new AtomicReference<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                for (Statement statement : Parser.parse(text, Map.of())) {
                  assertThat(Printer.print(statement)).isNotEmpty();
                  SelectValidator.validate((Select) statement);
                }
                outcome.set("ok");
              } catch (ParseException e) {
                outcome.set(e.getMessage());
              }
            },
            "small stack",
            STACK_BYTES);
    thread.setUncaughtExceptionHandler((unused, e) -> failure.set(e));
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
    return String.valueOf(outcome.get());
  }

  @Test
  void acceptsDeepNestingUpToTheLimit() throws InterruptedException {
    int deep = Parser.MAX_DEPTH - 1;
    int subqueries = Parser.MAX_SUBQUERY_DEPTH;
    List<String> texts =
        List.of(
            "SELECT " + "(".repeat(deep) + "a" + ")".repeat(deep) + " FROM m",
            "SELECT " + "abs(".repeat(deep) + "a" + ")".repeat(deep) + " FROM m",
            "SELECT a" + " + a".repeat(deep) + " FROM m",
            "SELECT a FROM " + "(SELECT a FROM ".repeat(subqueries) + "m" + ")".repeat(subqueries));
    for (String text : texts) {
      assertThat(outcome(text)).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "abs(", "-(", "a + (", "a OR b AND ("})
  void refusesBottomlessExpressions(String level) throws InterruptedException {
    assertThat(outcome("SELECT a FROM m WHERE " + level.repeat(LARGE / level.length())))
        .startsWith("expression is nested more than 256 levels deep at line 1, char ");
  }

  @Test
  void refusesTreesThatLeanTooFar() throws InterruptedException {
    assertThat(outcome("SELECT a" + " + a".repeat(LARGE / 4) + " FROM m"))
        .startsWith("expression is nested more than 256 levels deep");
    String inner = "(".repeat(200) + "a" + ")".repeat(200);
    assertThat(outcome("SELECT " + inner + " + a".repeat(100) + " FROM m"))
        .startsWith("expression is nested more than 256 levels deep");
  }

  @Test
  void refusesBottomlessSubqueries() throws InterruptedException {
    assertThat(outcome("SELECT a FROM " + "(SELECT a FROM ".repeat(100_000)))
        .startsWith("subqueries are nested more than 50 deep");
  }

  @Test
  void keepsLongLogicalChainsShallow() throws InterruptedException {
    assertThat(outcome("SELECT a FROM m WHERE b = 1" + " OR b = 1".repeat(40_000))).isEqualTo("ok");
    assertThat(outcome("SELECT a FROM m WHERE b = 1" + " AND b = 1 OR c = 2".repeat(20_000)))
        .isEqualTo("ok");
  }

  @Test
  void balancedChainsPrintAsWritten() {
    String text = "SELECT a FROM m WHERE b = 1" + " OR b = 1".repeat(1000);
    Statement statement = Parser.parseStatement(text);
    assertThat(Printer.print(statement)).isEqualTo(text);
    assertThat(Parser.parseStatement(Printer.print(statement))).isEqualTo(statement);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", " ", "'", "a,", "a.", ".", "1", "1s", "/*a*/", "--", "\"", "/", "\n"})
  void survivesHugeTexts(String part) throws InterruptedException {
    assertThat(outcome("SELECT " + part.repeat(LARGE / part.length()))).isNotEqualTo("null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,", "mean(a),", "x=1 OR "})
  void refusesTooManyTokens(String part) throws InterruptedException {
    String text = part.startsWith("x") ? "SELECT a FROM m WHERE " : "SELECT ";
    assertThat(outcome(text + part.repeat(10_000_000 / part.length())))
        .startsWith("query has more than 200000 words and signs at line 1, char ");
  }

  @Test
  void cutsHugeTokensInMessages() throws InterruptedException {
    assertThat(outcome("x".repeat(LARGE))).hasSizeLessThan(1_200);
    assertThat(outcome("SELECT a FROM " + "a.".repeat(LARGE / 2))).hasSizeLessThan(1_200);
  }

  @Test
  void refusesRegexesThatCostTooMuch() throws InterruptedException {
    assertThat(outcome("SELECT a FROM /" + "x".repeat(100_000) + "/"))
        .isEqualTo(
            "error parsing regexp: expression of 100000 characters is longer than 32768 at line 1,"
                + " char 14");
    assertThat(outcome("SELECT a FROM /" + "(".repeat(5000) + ")".repeat(5000) + "/"))
        .isEqualTo("error parsing regexp: expression nests too deeply at line 1, char 14");
    assertThat(outcome("SELECT a FROM /" + "([)]".repeat(3000) + ")".repeat(3000) + "/"))
        .isEqualTo("error parsing regexp: expression nests too deeply at line 1, char 14");
    assertThat(outcome("SELECT a FROM /((a{1000}){1000}){1000}/"))
        .isEqualTo("error parsing regexp: expression too large at line 1, char 14");
    assertThat(outcome("SELECT a FROM /" + "(x)|[(((]|\\(\\Q((\\E".repeat(500) + "/"))
        .isEqualTo("ok");
  }
}
