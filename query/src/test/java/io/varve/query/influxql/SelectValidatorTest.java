package io.varve.query.influxql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.Cases;
import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Select;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SelectValidatorTest {

  static Stream<Arguments> refused() {
    return Cases.INFLUXQL.pairs("refused.txt");
  }

  @ParameterizedTest
  @MethodSource("refused")
  void saysWhyItCannotRun(String text, String message) {
    Select select = (Select) Parser.parseStatement(text);
    assertThatThrownBy(() -> SelectValidator.validate(select))
        .isExactlyInstanceOf(QueryException.class)
        .hasMessage(message);
  }

  static List<String> accepted() {
    return Cases.INFLUXQL.lines("accepted.txt");
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void acceptsWhatCanRun(String text) {
    Select select = (Select) Parser.parseStatement(text);
    assertThatCode(() -> SelectValidator.validate(select)).doesNotThrowAnyException();
  }

  @Test
  void foldsTheInterval() {
    Select ungrouped = (Select) Parser.parseStatement("SELECT mean(a) FROM m GROUP BY host");
    assertThat(SelectValidator.groupByInterval(ungrouped)).isEqualTo(0);
    Select select =
        (Select) Parser.parseStatement("SELECT mean(a) FROM m GROUP BY host, time((3m * 2) - 1m)");
    assertThat(SelectValidator.groupByInterval(select)).isEqualTo(300_000_000_000L);
  }
}
