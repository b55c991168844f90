package io.varve.query.influxql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.QueryException;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimeLiteralsTest {

  @ParameterizedTest
  @CsvSource({
    "2000-01-02,UTC,2000-01-02T00:00:00Z",
    "2000-01-02,Europe/Berlin,2000-01-01T23:00:00Z",
    "2000-01-02 03:04:05,UTC,2000-01-02T03:04:05Z",
    "2000-01-02 3:04:05,UTC,2000-01-02T03:04:05Z",
    "2000-01-02 03:04:05.000000001,America/New_York,2000-01-02T08:04:05.000000001Z",
    "2000-01-02T03:04:05Z,Europe/Berlin,2000-01-02T03:04:05Z",
    "2000-01-02T03:04:05.5+02:00,UTC,2000-01-02T01:04:05.5Z",
    "'2000-01-02 03:04:05,25',UTC,2000-01-02T03:04:05.25Z",
    "2000-01-02T3:04:05-01:30,UTC,2000-01-02T04:34:05Z",
    "2000-01-02T03:04:05.1234567899Z,UTC,2000-01-02T03:04:05.123456789Z",
    "1677-09-21T00:12:43.145224194Z,UTC,1677-09-21T00:12:43.145224194Z",
    "2262-04-11T23:47:16.854775806Z,UTC,2262-04-11T23:47:16.854775806Z"
  })
  void readsEveryForm(String text, String zone, String instant) {
    Instant expected = Instant.parse(instant);
    long nanos = TimeLiterals.parse(text, ZoneId.of(zone));
    assertThat(Instant.EPOCH.plusNanos(nanos)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2000-02-30",
        "2000-13-01",
        "2000-01-01 24:00:00",
        "2000-01-01T00:00:00",
        "2000-01-01 ",
        "2000-01-01 00:00:00Z",
        "2000-01-01 00:00",
        "2000-1-1",
        "",
        "now",
        "2000-01-01 0:0:0",
        "2000-01-01 100:00:00",
        "2000-01-01 00:00:00.",
        "2000-01-01 00:00:00.5x",
        "2000-01-01Z",
        "2000-01-01T00:00:00.5",
        "2000-01-01T00:00:00+2:00",
        "2000-01-01T00:00:00+19:00",
        "2000-01-01T00:00:00+02:00:00",
        "2000-01-01x00:00:00",
        "2000-01-01 00:00:60",
        "-200-01-01"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> TimeLiterals.parse(text, ZoneId.of("UTC")))
        .isInstanceOf(QueryException.class)
        .hasMessage("invalid timestamp string");
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> TimeLiterals.parse("2263-01-01", ZoneId.of("UTC")))
        .hasMessage("time 2263-01-01T00:00:00Z overflows time literal");
    assertThatThrownBy(() -> TimeLiterals.parse("1677-01-01", ZoneId.of("UTC")))
        .hasMessage("time 1677-01-01T00:00:00Z underflows time literal");
  }

  @Test
  void resolvesLocalTimesAroundClockChanges() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    assertThat(nanosAsInstant("2021-03-28 01:59:59", berlin)).isEqualTo("2021-03-28T00:59:59Z");
    assertThat(nanosAsInstant("2021-03-28 03:00:00", berlin)).isEqualTo("2021-03-28T01:00:00Z");
    assertThat(nanosAsInstant("2021-10-31 01:59:59", berlin)).isEqualTo("2021-10-30T23:59:59Z");
    assertThat(nanosAsInstant("2021-10-31 03:00:00", berlin)).isEqualTo("2021-10-31T02:00:00Z");
  }

  private static String nanosAsInstant(String text, ZoneId zone) {
    return Instant.EPOCH.plusNanos(TimeLiterals.parse(text, zone)).toString();
  }

  @Test
  void looksAtTheBeginningOnly() {
    assertThat(TimeLiterals.looksLikeTime("2000-01-01 whatever")).isTrue();
    assertThat(TimeLiterals.looksLikeTime("server01")).isFalse();
  }
}
