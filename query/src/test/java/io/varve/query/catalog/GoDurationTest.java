package io.varve.query.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 1ns",
    "999, 999ns",
    "1000, 1µs",
    "325744, 325.744µs",
    "1500000, 1.5ms",
    "999999999, 999.999999ms",
    "1000000000, 1s",
    "4426503641, 4.426503641s",
    "60000000000, 1m0s",
    "3661500000000, 1h1m1.5s",
    "604800000000000, 168h0m0s"
  })
  void printsAsGoDoes(long nanos, String text) {
    assertThat(GoDuration.format(nanos)).isEqualTo(text);
  }
}
