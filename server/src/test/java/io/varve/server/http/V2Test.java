package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class V2Test {
  private static final String ALL =
      "{\"start\":\"1600-01-01T00:00:00Z\",\"stop\":\"2300-01-01T00:00:00Z\"";

  private TestServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    server = TestServer.withoutQueries(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return server.send(
        HttpRequest.newBuilder(server.uri(path)).method(method, BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> delete(String body) throws Exception {
    return server.post("/api/v2/delete?bucket=db", body);
  }

  @Test
  void saysThatFluxIsDisabled() throws Exception {
    HttpResponse<String> answer = server.post("/api/v2/query", "from(bucket:\"db\")");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    assertThat(answer.body()).startsWith("Flux query service disabled. Verify flux-enabled=true");
  }

  @Test
  void deletesARangeOfTimeWithBothEnds() throws Exception {
    server.post("/write?db=db&precision=s", "m v=1 1\nm v=2 2\nm v=3 3\nm v=4 4");
    HttpResponse<String> answer =
        delete("{\"start\":\"1970-01-01T00:00:02Z\",\"stop\":\"1970-01-01T01:00:03+01:00\"}");
    assertThat(answer.body()).isEmpty();
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(server.storedValues()).isEqualTo(2);
  }

  @Test
  void deletesOnlyTheSeriesThatAreMeant() throws Exception {
    server.post("/write?db=db", "a,t=x v=1 1\na,t=y v=1 1\nb,t=x v=1 1\nb v=1 1");
    assertThat(delete(ALL + ",\"predicate\":\"_measurement=\\\"a\\\" AND t=x\"}").statusCode())
        .isEqualTo(204);
    assertThat(server.storedValues()).isEqualTo(3);
    assertThat(delete(ALL + ",\"predicate\":\"t!=x\"}").statusCode()).isEqualTo(204);
    assertThat(server.storedValues()).isEqualTo(1);
    assertThat(delete(ALL + "}").statusCode()).isEqualTo(204);
    assertThat(server.storedValues()).isZero();
  }

  @Test
  void deletesInOnePolicyOnly() throws Exception {
    send("POST", "/api/v2/buckets", "{\"name\":\"db/other\"}");
    server.post("/write?db=db", "m v=1 1");
    assertThat(server.post("/api/v2/delete?bucket=db/other", ALL + "}").statusCode())
        .isEqualTo(204);
    assertThat(server.storedValues()).isEqualTo(1);
    HttpResponse<String> unknown = server.post("/api/v2/delete?bucket=db/nowhere", ALL + "}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("retention policy not found: nowhere");
    assertThat(server.post("/api/v2/delete?bucket=nowhere", ALL + "}").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                    | the body must be a JSON object
          [1]                                   | the body must be a JSON object
          {"start":1                            | malformed JSON in the body
          {"start":1}                           | start must be a string
          {"stop":"2020-01-01T00:00:00Z"}       | missing start
          {"start":"2020-01-01T00:00:00Z"}      | missing stop
          {"start":"yesterday"}                 | invalid start \\"yesterday\\"
          {"start":"2020-01-01T00:00:00Z","stop":"2019-01-01T00:00:00Z"} | stop must not be before
          {"start":"2020-01-01T00:00:00Z","stop":"2021-01-01T00:00:00Z","predicate":"a"} | invalid
          {"start":"2020-01-01T00:00:00Z","stop":"2021-01-01T00:00:00Z"} {} | goes on
          """)
  void deletesNothingWhenAskedInTheWrongWay(String body, String reason) throws Exception {
    server.post("/write?db=db", "m v=1 1");
    HttpResponse<String> answer = delete(body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(reason);
    assertThat(server.storedValues()).isEqualTo(1);
  }

  @Test
  void refusesBodiesThatAreTooLarge() throws Exception {
    assertThat(delete(" ".repeat(100_000)).statusCode()).isEqualTo(413);
    assertThat(delete("{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}").body())
        .contains("nested deeper than 8");
  }

  private static JsonNode json(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JsonMapper.shared().readTree(answer.body());
  }

  @Test
  void createsFindsChangesAndDeletesBuckets() throws Exception {
    JsonNode made =
        json(
            send(
                "POST",
                "/api/v2/buckets",
                "{\"orgID\":\"x\",\"name\":\"new/week\","
                    + "\"retentionRules\":[{\"type\":\"expire\",\"everySeconds\":604800}]}"),
            201);
    assertThat(made.get("id").asString()).isEqualTo("new/week");
    assertThat(made.at("/retentionRules/0/everySeconds").asLong()).isEqualTo(604_800);
    assertThat(made.at("/retentionRules/0/shardGroupDurationSeconds").asLong()).isEqualTo(86_400);
    assertThat(json(send("POST", "/api/v2/buckets", "{\"name\":\"new/day\"}"), 201).get("name"))
        .hasToString("\"new/day\"");
    assertThat(send("POST", "/api/v2/buckets", "{\"name\":\"new/day\"}").statusCode())
        .isEqualTo(422);

    assertThat(json(server.get("/api/v2/buckets"), 200).get("buckets").findValuesAsString("id"))
        .containsExactly("db/autogen", "new/week", "new/day");
    assertThat(
            json(server.get("/api/v2/buckets?name=new"), 200)
                .get("buckets")
                .findValuesAsString("id"))
        .containsExactly("new/week");
    assertThat(
            json(server.get("/api/v2/buckets?limit=1&offset=1"), 200)
                .get("buckets")
                .findValuesAsString("id"))
        .containsExactly("new/week");
    assertThat(json(server.get("/api/v2/buckets/new%2Fday"), 200).get("rp").asString())
        .isEqualTo("day");
    assertThat(json(server.get("/api/v2/buckets/new/day"), 200).get("rp").asString())
        .isEqualTo("day");

    assertThat(
            json(
                    send(
                        "PATCH",
                        "/api/v2/buckets/new/day",
                        "{\"retentionRules\":[{\"everySeconds\":86400}]}"),
                    200)
                .at("/retentionRules/0/everySeconds")
                .asLong())
        .isEqualTo(86_400);
    assertThat(send("PATCH", "/api/v2/buckets/new/day", "{\"name\":\"new/x\"}").statusCode())
        .isEqualTo(400);

    assertThat(send("DELETE", "/api/v2/buckets/new/day", "").statusCode()).isEqualTo(204);
    assertThat(send("DELETE", "/api/v2/buckets/new/day", "").statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/api/v2/buckets/new/week", "").statusCode()).isEqualTo(204);
    assertThat(server.store.databaseNames()).containsExactly("db");
  }

  @Test
  void refusesBucketsThatCannotBe() throws Exception {
    assertThat(send("POST", "/api/v2/buckets", "{}").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/api/v2/buckets", "{\"name\":\"/rp\"}").statusCode()).isEqualTo(400);
    assertThat(
            send(
                    "POST",
                    "/api/v2/buckets",
                    "{\"name\":\"x\",\"retentionRules\":[{\"everySeconds\":60}]}")
                .body())
        .contains("everySeconds must be 0 or at least 3600");
    assertThat(server.store.databaseNames()).containsExactly("db");
    assertThat(server.get("/api/v2/buckets?limit=x").statusCode()).isEqualTo(400);
    assertThat(server.get("/api/v2/buckets/db/autogen/labels").statusCode()).isEqualTo(405);
    assertThat(send("PUT", "/api/v2/buckets/db", "").headers().firstValue("Allow"))
        .hasValue("DELETE, GET, OPTIONS, PATCH");
  }
}
