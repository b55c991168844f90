package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.metrics.MetricsPage;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MetricsTest {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_][a-z0-9_]*)(\\{[a-z]+=\"[^\"]*\"})? (-?[0-9.E+-]+)");

  private TestServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = TestServer.withoutQueries(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The samples of the page by name and label; fails if a line is not of the format. */
  private Map<String, Double> scrape() throws Exception {
    HttpResponse<String> page = server.get("/metrics");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue(MetricsPage.CONTENT_TYPE);
    Map<String, Double> samples = new HashMap<>();
    Set<String> typed = new HashSet<>();
    for (String line : page.body().lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        assertThat(typed.add(line.split(" ")[2])).as(line).isTrue();
      } else if (!line.startsWith("# HELP ")) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String name = sample.group(1).replaceAll("_(bucket|sum|count)$", "");
        assertThat(typed.contains(name) || typed.contains(sample.group(1))).as(line).isTrue();
        String label = sample.group(2) == null ? "" : sample.group(2);
        assertThat(samples.put(sample.group(1) + label, Double.valueOf(sample.group(3))))
            .as(line)
            .isNull();
      }
    }
    return samples;
  }

  @Test
  void countsWritesByWhatBecameOfThem() throws Exception {
    server.post("/write?db=db", "m,t=a v=1,w=2 1\nm,t=b v=2 2");
    server.post("/write?db=db", "m v=3 3\nnonsense");
    server.post("/write?db=db", "m v=\"text\" 4");
    server.post("/write?db=nowhere", "m v=1");
    server.post("/write?db=db&rp=nowhere", "m v=1");
    server.post("/write?db=db&precision=x", "m v=1");
    server.post("/write?db=db", "#".repeat(1_000_001));
    Map<String, Double> samples = scrape();
    assertThat(samples)
        .containsEntry("varve_points_written_total{door=\"http\"}", 3.0)
        .containsEntry("varve_values_written_total{door=\"http\"}", 6.0)
        .containsEntry("varve_ingest_failed_lines_total{door=\"http\"}", 1.0)
        .containsEntry("varve_ingest_dropped_points_total{door=\"http\"}", 1.0)
        .containsEntry("varve_write_errors_total{kind=\"unparsable\"}", 1.0)
        .containsEntry("varve_write_errors_total{kind=\"dropped_points\"}", 1.0)
        .containsEntry("varve_write_errors_total{kind=\"not_found\"}", 2.0)
        .containsEntry("varve_write_errors_total{kind=\"bad_request\"}", 1.0)
        .containsEntry("varve_write_errors_total{kind=\"too_large\"}", 1.0)
        .containsEntry("varve_write_duration_seconds_count", 7.0)
        .containsEntry("varve_database_series{database=\"db\"}", 3.0)
        .containsEntry("varve_writable", 1.0);
    assertThat(samples.get("varve_commit_duration_seconds_count")).isGreaterThanOrEqualTo(3);
    assertThat(samples.get("varve_log_sync_duration_seconds_sum")).isPositive();
    assertThat(samples.get("varve_head_bytes")).isPositive();
    assertThat(samples.get("varve_jvm_heap_used_bytes")).isPositive();
  }

  @Test
  void countsRequestsAndQueries() throws Exception {
    server.get("/query?q=x");
    server.get("/nowhere");
    Map<String, Double> samples = scrape();
    assertThat(samples)
        .containsEntry("varve_queries_total", 1.0)
        .containsEntry("varve_http_requests_total", 3.0)
        .containsEntry("varve_http_client_errors_total", 1.0);
    // A query ends a moment after its last byte.
    while (samples.getOrDefault("varve_active_queries", 0.0) > 0) {
      samples = scrape();
    }
    assertThat(samples).containsEntry("varve_query_duration_seconds_count", 1.0);
    assertThat(samples.get("varve_http_sent_bytes_total")).isPositive();
  }

  @Test
  void showsTheSectionsThatDashboardsOfInfluxDbRead() throws Exception {
    server.post("/write?db=db", "m,t=a v=1 1\nn v=2 2");
    server.get("/ping");
    JsonNode page = JsonMapper.shared().readTree(server.get("/debug/vars").body());
    assertThat(page.at("/memstats/HeapAlloc").asLong()).isPositive();
    assertThat(page.at("/runtime/values/Alloc").asLong()).isPositive();
    assertThat(page.at("/database:db/tags/database").asString()).isEqualTo("db");
    assertThat(page.at("/database:db/values/numSeries").asLong()).isEqualTo(2);
    assertThat(page.at("/database:db/values/numMeasurements").asLong()).isEqualTo(2);
    JsonNode http = page.get("httpd::" + server.server.port()).get("values");
    assertThat(http.get("pointsWrittenOK").asLong()).isEqualTo(2);
    assertThat(http.get("pingReq").asLong()).isEqualTo(1);
    assertThat(http.get("writeReqActive").asLong()).isZero();
    assertThat(page.at("/write/values/writeOk").asLong()).isEqualTo(1);
    assertThat(page.at("/queryExecutor/values/queriesExecuted").asLong()).isZero();
    page.forEach(section -> assertThat(section.isObject()).isTrue());
  }

  @Test
  void tellsWhoSendsRequests() throws Exception {
    CompletableFuture<HttpResponse<String>> asked =
        server.client.sendAsync(
            HttpRequest.newBuilder(server.uri("/debug/requests?seconds=1")).build(),
            BodyHandlers.ofString());
    while (!asked.isDone()) {
      server.post("/write?db=db", "m v=1 1");
      server.get("/query?q=x");
    }
    JsonNode client = JsonMapper.shared().readTree(asked.join().body()).get("127.0.0.1");
    assertThat(client.get("writes").asLong()).isPositive();
    assertThat(client.get("queries").asLong()).isPositive();
    assertThat(server.get("/debug/requests?seconds=0").statusCode()).isEqualTo(400);
    assertThat(server.get("/debug/requests?seconds=x").statusCode()).isEqualTo(400);
  }
}
