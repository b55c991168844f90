package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.promql.PromException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromTimesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4, 4000",
    "1435781430.781, 1435781430781",
    "1.0004, 1000",
    "1.0005, 1001",
    "-1.5, -1500",
    "1e3, 1000000",
    "1E-2, 10",
    "1763700000000, 1763700000000000",
    "8999999999999999, 8999999999999999000",
    "9000000000000000, 9000000000000000000",
    "9000000000000001, 9000000000000000000",
    "1e300, 9000000000000000000",
    "-1e300, -9000000000000000000",
    "1e2147483647, 9000000000000000000",
    "1e-2147483647, 0",
    "0e2147483647, 0",
    "2015-07-01T20:10:30.781Z, 1435781430781",
    "2015-07-01T22:10:30.781+02:00, 1435781430781",
    "1969-12-31T23:59:59.5Z, -500",
    "9999-12-31T23:59:59Z, 253402300799000",
  })
  void readsTimes(String text, long millis) {
    assertThat(PromTimes.parseTime("time", text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " 1",
        "NaN",
        "Inf",
        "-Infinity",
        "0x10",
        "1s",
        "now",
        "2015-07-01",
        "2015-07-01T20:10:30",
        "2015-02-30T00:00:00Z",
        "1e99999999999"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> PromTimes.parseTime("start", text))
        .isInstanceOf(PromException.class)
        .hasMessage(
            "invalid parameter \"start\": cannot parse \"" + text + "\" to a valid timestamp");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "15, 15000",
    "0.5, 500",
    "1e-1, 100",
    "-1, -1000",
    "1h30m, 5400000",
    "250ms, 250",
    "292y, 9208512000000",
    "9223372036, 9223372036000",
  })
  void readsDurations(String text, long millis) {
    assertThat(PromTimes.parseDuration("step", text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.5h", "1m1h", "-5m", "NaN", "1e30", "-9223372037", "300y"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> PromTimes.parseDuration("step", text))
        .isInstanceOf(PromException.class)
        .hasMessageStartingWith(
            "invalid parameter \"step\": cannot parse \"" + text + "\" to a valid duration");
  }

  @ParameterizedTest
  @CsvSource({
    "host, host",
    "U__host, host",
    "U__a__b, a_b",
    "U__my_2e_tag, my.tag",
    "U___1f600_, 😀",
    "U__a_b, U__a_b",
    "U__a_zz_, U__a_zz_",
    "U__a_ffffff_, U__a_ffffff_",
  })
  void readsEscapedNames(String text, String name) {
    assertThat(PromNames.unescape(text)).isEqualTo(name);
  }
}
