package io.varve.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.DurationHistogram;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  @Test
  void writesHelpTypeAndSamples() {
    PrometheusText page = new PrometheusText();
    page.counter("a_total", "All of a.", 7);
    page.gauge("b_seconds", "How long.", 0.5);
    page.begin("c", "gauge", "By name.").sample("name", "x\"\\\ny", 1);
    assertThat(page.toString())
        .isEqualTo(
            """
            # HELP a_total All of a.
            # TYPE a_total counter
            a_total 7
            # HELP b_seconds How long.
            # TYPE b_seconds gauge
            b_seconds 0.5
            # HELP c By name.
            # TYPE c gauge
            c{name="x\\"\\\\\\ny"} 1
            """);
  }

  @Test
  void writesHistogramsInSeconds() {
    DurationHistogram durations = new DurationHistogram();
    durations.record(1_500_000);
    durations.record(60_000_000_000L);
    PrometheusText page = new PrometheusText();
    page.histogram("d_seconds", "Durations.", durations.snapshot());
    assertThat(page.toString().lines())
        .contains(
            "# TYPE d_seconds histogram",
            "d_seconds_bucket{le=\"0.001\"} 0",
            "d_seconds_bucket{le=\"0.0025\"} 1",
            "d_seconds_bucket{le=\"30.0\"} 1",
            "d_seconds_bucket{le=\"+Inf\"} 2",
            "d_seconds_sum 60.0015",
            "d_seconds_count 2");
  }
}
