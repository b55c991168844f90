package io.varve.query.promql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrettyPrinterTest {
  private static final String LONG = "a".repeat(60);

  @Test
  void leavesShortExpressionsOnOneLine() {
    assertThat(PrettyPrinter.print(Parser.parse("sum(foo)by(a)/bar")))
        .isEqualTo("sum by (a) (foo) / bar");
  }

  @Test
  void splitsAtOperands() {
    String text = "topk by (x) (3, rate(" + LONG + "[5m]) / on(a) -(" + LONG + "+1)) > bool 2";
    assertThat(PrettyPrinter.print(Parser.parse(text)))
        .isEqualTo(
            String.join(
                "\n",
                "  topk by (x) (",
                "    3,",
                "      rate(" + LONG + "[5m])",
                "    / on (a)",
                "      -(" + LONG + " + 1)",
                "  )",
                "> bool",
                "  2"));
  }

  @Test
  void splitsCallsAndSubqueries() {
    String text = "max_over_time((foo{x=\"" + LONG + "\"} or bar{x=\"" + LONG + "\"})[1h:5m])";
    assertThat(PrettyPrinter.print(Parser.parse(text)))
        .isEqualTo(
            String.join(
                "\n",
                "max_over_time(",
                "  (",
                "      foo{x=\"" + LONG + "\"}",
                "    or",
                "      bar{x=\"" + LONG + "\"}",
                "  )[1h:5m]",
                ")"));
  }
}
