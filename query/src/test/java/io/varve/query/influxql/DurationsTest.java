package io.varve.query.influxql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.QueryException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "1ns,1",
    "2u,2000",
    "2µ,2000",
    "3ms,3000000",
    "4s,4000000000",
    "5m,300000000000",
    "6h,21600000000000",
    "7d,604800000000000",
    "1w,604800000000000",
    "1h30m,5400000000000",
    "1m1ms,60001000000",
    "0s,0"
  })
  void readsUnits(String text, long nanos) {
    assertThat(Durations.parse(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "h", "1x", "1n", "1h3", "1H", "-1h", "1 h"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(QueryException.class)
        .hasMessage("invalid duration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"15251w", "9223372036854775808ns", "99999999999999999999s"})
  void refusesWhatDoesNotFit(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .hasMessage("overflowed duration " + text + ": choose a smaller duration or INF");
  }

  @Test
  void readsWhatItPrints() {
    long seed = Seeds.seed();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      long nanos = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
      assertThat(Durations.parse(Durations.format(nanos))).as("seed %d", seed).isEqualTo(nanos);
    }
  }
}
