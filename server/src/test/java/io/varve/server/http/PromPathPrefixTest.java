package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.RunningQueryLimits;
import io.varve.query.prometheus.PromSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromPathPrefixTest {
  @TempDir Path directory;

  private PromServer server(String prefix) throws Exception {
    return new PromServer(directory, RunningQueryLimits.none(), PromSettings.defaults(), prefix);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a/prometheus", "a/prometheus/", "//a/prometheus//"})
  void answersBelowThePrefixAsWithoutIt(String prefix) throws Exception {
    try (PromServer server = server(prefix)) {
      for (String before : new String[] {"", "/a/prometheus"}) {
        String query = before + "/api/v1/query";
        assertThat(server.get(query, "query", "1").statusCode()).isEqualTo(200);
        assertThat(server.post(query, "query", "1").body()).contains("scalar");
        for (String path :
            new String[] {
              "/api/v1/label/__name__/values", "/federate?match[]=up", "/metrics", "/-/ready"
            }) {
          assertThat(
                  server.get(before + path.replaceAll("[?].*", ""), "match[]", "up").statusCode())
              .as(before + path)
              .isEqualTo(200);
        }
        // Without a body they are bad requests, but they are there.
        assertThat(server.post(before + "/api/v1/write").statusCode()).isNotEqualTo(404);
        assertThat(server.post(before + "/api/v1/read").statusCode()).isNotEqualTo(404);
      }
      assertThat(server.get("/a/prometheus/query", "q", "SHOW DATABASES").statusCode())
          .isEqualTo(404);
      assertThat(server.get("/a/prometheus/api/v1/nothing").statusCode()).isEqualTo(404);
      assertThat(server.get("/a/prometheusapi/v1/query", "query", "1").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void hasNoPrefixByDefault() throws Exception {
    try (PromServer server = server("")) {
      assertThat(server.get("/prometheus/api/v1/query", "query", "1").statusCode()).isEqualTo(404);
    }
  }
}
