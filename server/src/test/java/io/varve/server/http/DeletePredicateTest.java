package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.model.TagPredicate.And;
import io.varve.storage.model.TagPredicate.Equals;
import io.varve.storage.model.TagPredicate.Not;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeletePredicateTest {
  @Test
  void selectsEverythingWhenBlank() {
    DeletePredicate all = DeletePredicate.parse(" \n");
    assertThat(all.selectsMeasurement("m")).isTrue();
    assertThat(all.tags()).isEqualTo(new And(List.of()));
  }

  @Test
  void joinsComparisons() {
    DeletePredicate some =
        DeletePredicate.parse(
            "_measurement = \"a \\\"b\\\"\" AND (host='x' and ( \"my tag\" != \"\" )) AND dc=eu-1");
    assertThat(some.selectsMeasurement("a \"b\"")).isTrue();
    assertThat(some.selectsMeasurement("a")).isFalse();
    assertThat(some.tags())
        .isEqualTo(
            new And(
                List.of(
                    new Equals("host", "x"),
                    new Not(new Equals("my tag", "")),
                    new Equals("dc", "eu-1"))));
    assertThat(DeletePredicate.parse("_measurement!=\"a\"").selectsMeasurement("a")).isFalse();
    assertThat(DeletePredicate.parse("_measurement!=\"a\"").selectsMeasurement("b")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a=b OR c=d         | OR is not supported at character 5
          a=b or c=d         | OR is not supported at character 5
          a=b c=d            | expected AND, found "c" at character 5
          a=b AND            | expected a tag key or _measurement at character 8
          a=                 | expected a value at character 3
          a                  | expected = or != at character 2
          a<b                | expected = or != at character 2
          a!b                | expected = or != at character 3
          a=~b               | only = and != are supported at character 3
          a=/b/              | expected a value at character 3
          a="b               | a quote is not closed at character 3
          (a=b               | a closing parenthesis is missing at character 5
          a=b)               | expected AND, found ")" at character 4
          ()                 | expected a tag key or _measurement at character 2
          AND a=b            | expected a tag key or _measurement, found "AND" at character 1
          ""=b               | a tag key must not be empty at character 1
          _field=v           | conditions on _field are not supported at character 1
          a=b AND _time=1    | conditions on _time are not supported at character 9
          a=b; c=d           | expected AND at character 4
          """)
  void saysWhatItDoesNotUnderstand(String text, String reason) {
    assertThatThrownBy(() -> DeletePredicate.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("invalid predicate: " + reason);
  }

  @Test
  void refusesTextThatIsTooLong() {
    assertThatThrownBy(() -> DeletePredicate.parse("(".repeat(10_000)))
        .hasMessageContaining("longer than 8192");
    assertThatThrownBy(() -> DeletePredicate.parse("(".repeat(8_000)))
        .hasMessageContaining("expected a tag key");
  }
}
