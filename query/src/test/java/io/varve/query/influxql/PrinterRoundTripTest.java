package io.varve.query.influxql;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.influxql.ast.Statement;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PrinterRoundTripTest {

  @Test
  void parsingWhatIsPrintedGivesTheSameTree() {
    long seed = Seeds.seed();
    RandomStatements statements = new RandomStatements(new SplittableRandom(seed));
    for (int i = 0; i < 30_000; i++) {
      Statement statement = statements.next();
      String printed = Printer.print(statement);
      assertThat(Parser.parse(printed, Map.of()))
          .as("seed %d, round %d: %s", seed, i, printed)
          .containsExactly(statement);
    }
  }
}
