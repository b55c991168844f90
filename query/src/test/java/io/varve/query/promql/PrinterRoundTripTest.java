package io.varve.query.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.promql.ast.Expr;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PrinterRoundTripTest {
  private static final ParserOptions EXPERIMENTAL =
      ParserOptions.DEFAULT.withExperimentalFunctions();

  private final long seed = Seeds.seed();

  @Test
  void whatIsPrintedParsesToTheSame() {
    RandomExpressions expressions = new RandomExpressions(new SplittableRandom(seed));
    for (int i = 0; i < 20_000; i++) {
      String text = expressions.expression();
      String why = "seed " + seed + ", text " + text;
      Expr expr;
      try {
        expr = Parser.parse(text, EXPERIMENTAL);
      } catch (ParseException e) {
        throw new AssertionError(why, e);
      }
      String printed = Printer.print(expr);
      Expr again = Parser.parse(printed, EXPERIMENTAL);
      assertThat(Printer.print(again)).as(why).isEqualTo(printed);
      assertThat(again.type()).as(why).isEqualTo(expr.type());
      // Printing sorts the matchers, so that trees are alike from the second time on.
      assertThat(SyntaxTree.of(Parser.parse(PrettyPrinter.print(expr), EXPERIMENTAL)))
          .as(why)
          .isEqualTo(SyntaxTree.of(again));
    }
  }

  @Test
  void resolvingLengthsKeepsTheText() {
    Expr expr = Parser.parse("rate(foo[step()*4] offset -(range()/2))[1h:step()] @ end()");
    Expr resolved = DurationExpressions.resolve(expr, 15_000, 3_600_000);
    assertThat(Printer.print(resolved)).isEqualTo(Printer.print(expr));
    Expr.SubqueryExpr subquery = (Expr.SubqueryExpr) resolved;
    assertThat(subquery.step().millis()).isEqualTo(15_000);
    Expr.MatrixSelector matrix = (Expr.MatrixSelector) ((Expr.Call) subquery.expr()).args().get(0);
    assertThat(matrix.range().millis()).isEqualTo(60_000);
    assertThat(matrix.vectorSelector().offset().millis()).isEqualTo(-1_800_000);
  }
}
