package io.varve.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.influx.InfluxConfig;
import io.micrometer.influx.InfluxMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A live JVM that publishes its metrics with Micrometer, by either version of the protocol. */
class MicrometerTest {
  private static void publish(LiveServer server, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("influx.uri", server.url());
    all.put("influx.step", "1h");
    InfluxConfig config = all::get;
    InfluxMeterRegistry registry = new InfluxMeterRegistry(config, Clock.SYSTEM);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    registry.counter("requests", "uri", "/a b,c=d").increment(3);
    registry.timer("latency", "uri", "/x").record(Duration.ofMillis(7));
    registry.close();
  }

  private static void assertPublished(LiveServer server, String database) throws Exception {
    JsonNode measurements = server.query(database, "SHOW MEASUREMENTS").at("/series/0/values");
    assertThat(measurements.toString())
        .contains("jvm_memory_used", "jvm_threads_live", "requests", "latency");
    JsonNode used = server.query(database, "SELECT last(value) FROM jvm_memory_used GROUP BY area");
    assertThat(used.at("/series")).hasSize(2);
    assertThat(used.at("/series/0/tags/area").asString()).isEqualTo("heap");
    assertThat(used.at("/series/0/values/0/1").asDouble()).isPositive();
    JsonNode timer = server.query(database, "SELECT count, mean FROM latency WHERE uri = '/x'");
    assertThat(timer.at("/series")).hasSize(1);
  }

  @Test
  void publishesByVersionOneAndCreatesItsDatabase(@TempDir Path directory) throws Exception {
    try (LiveServer server = new LiveServer(directory)) {
      publish(server, Map.of("influx.db", "jvm", "influx.autoCreateDb", "true"));
      assertPublished(server, "jvm");
    }
  }

  @Test
  void publishesByVersionTwo(@TempDir Path directory) throws Exception {
    try (LiveServer server = new LiveServer(directory)) {
      server.query("", "CREATE DATABASE jvm");
      publish(
          server,
          Map.of(
              "influx.apiVersion", "v2",
              "influx.org", "org",
              "influx.bucket", "jvm",
              "influx.token", "user:password",
              "influx.autoCreateDb", "false"));
      assertPublished(server, "jvm");
    }
  }
}
