package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.http.HttpOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a careless or ill-meaning client may ask of a running server: each is answered with an error
 * that says why, or rightly, and the server serves on. The test class itself ends in seconds, which
 * it would not if one of them took what it asks for.
 */
class BadQueriesTest {
  private static final int DEEP = 100_000;
  private static final long START = 1_700_000_000L;

  private final HttpClient client = HttpClient.newHttpClient();
  private RunningServer server;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    server = RunningServer.open(directory, HttpOptions.defaults().withAddress("127.0.0.1", 0));
    assertThat(query("CREATE DATABASE db").statusCode()).isEqualTo(200);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      lines.append("m,host=h").append(i % 5).append(" f=").append(i).append(".5,i=").append(i);
      lines.append("i,s=\"").append("a".repeat(30)).append("\" ").append(START + i);
      lines.append("000000000\n");
    }
    lines.append("big i=9223372036854775807i,f=1e308 1\nbig i=1i,f=1.7e308 2\n");
    HttpRequest write =
        HttpRequest.newBuilder(URI.create(server.uri() + "/write?db=db"))
            .POST(BodyPublishers.ofString(lines.toString()))
            .build();
    assertThat(client.send(write, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
  }

  @AfterEach
  void close() throws Exception {
    assertThat(query("SELECT count(f) FROM m").body()).contains("[\"1970-01-01T00:00:00Z\",5000]");
    server.close();
  }

  private HttpResponse<String> query(String text) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.uri() + "/query?db=db"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("q=" + URLEncoder.encode(text, StandardCharsets.UTF_8)))
            .build(),
        BodyHandlers.ofString());
  }

  private void assertAnswer(String text, int status, String part) throws Exception {
    HttpResponse<String> answer = query(text);
    assertThat(answer.statusCode())
        .as(text.substring(0, Math.min(60, text.length())))
        .isEqualTo(status);
    assertThat(answer.body()).contains(part);
    assertThat(answer.body().length()).isLessThan(2_000);
  }

  @Test
  void refusesWhatNestsTooDeeply() throws Exception {
    String expression = "expression is nested more than 256 levels deep at line 1, char ";
    assertAnswer(
        "SELECT " + "(".repeat(DEEP) + "f" + ")".repeat(DEEP) + " FROM m", 400, expression);
    assertAnswer("SELECT " + "(".repeat(DEEP), 400, expression);
    assertAnswer(
        "SELECT f FROM m WHERE " + "(".repeat(DEEP) + "f > 1" + ")".repeat(DEEP), 400, expression);
    assertAnswer(
        "SELECT " + "abs(".repeat(DEEP) + "f" + ")".repeat(DEEP) + " FROM m", 400, expression);
    assertAnswer("SELECT f" + "+1".repeat(60_000) + " FROM m", 400, expression);
    assertAnswer(
        "SELECT f FROM " + "(SELECT f FROM ".repeat(DEEP) + "m" + ")".repeat(DEEP),
        400,
        "subqueries are nested more than 50 deep");
  }

  @Test
  void refusesWhatIsTooLong() throws Exception {
    for (String part : new String[] {"x", " ", "/**/"}) {
      assertAnswer(
          "SELECT f FROM m" + part.repeat(10_000_000 / part.length()),
          413,
          "Request Entity Too Large");
    }
    assertAnswer("SELECT " + "f,".repeat(150_000) + "f FROM m", 400, "words and signs");
    assertAnswer(
        "SELECT f FROM m WHERE f > 1" + " AND f > 1".repeat(40_000),
        200,
        "max-select-memory limit exceeded");
  }

  @Test
  void regularExpressionsTakeLinearTime() throws Exception {
    assertAnswer("SELECT f FROM m WHERE host =~ /(a+)+$/", 200, "{\"statement_id\":0}");
    assertAnswer("SELECT f FROM m WHERE s =~ /(a+)+$b/", 200, "{\"statement_id\":0}");
    assertAnswer("SELECT f FROM m WHERE s =~ /^(a|aa)+$b/", 200, "{\"statement_id\":0}");
    assertAnswer("SELECT f FROM m WHERE s =~ /((a{100}){100}){100}/", 400, "expression too large");
    assertAnswer(
        "SELECT f FROM m WHERE s =~ /" + "(".repeat(5_000) + "a" + ")".repeat(5_000) + "/",
        400,
        "expression nests too deeply");
  }

  @Test
  void namesWhatDoesNotFit() throws Exception {
    assertAnswer("SELECT nope(f) FROM m", 200, "undefined function nope()");
    assertAnswer("SELECT mean(s) FROM m", 200, "unsupported mean iterator type: *query.string");
    assertAnswer("SELECT s + 1 FROM m", 200, "incompatible types: string and integer");
    assertAnswer("SELECT f FROM m WHERE s > 1", 200, "{\"statement_id\":0}");
    assertAnswer("SELECT f\u0000 FROM m", 400, "expected FROM at line 1, char 9");
  }

  @Test
  void arithmeticHasEdgesButNoCliffs() throws Exception {
    assertAnswer("SELECT i / 0, f / 0, i % 0, f % 0 FROM m LIMIT 1", 200, ",0,0,0,null]");
    assertAnswer("SELECT sum(i), sum(f) FROM big", 200, ",-9223372036854775808,null]");
    assertAnswer("SELECT i + 9223372036854775807 FROM big", 200, ",-2]");
    assertAnswer("SELECT f FROM m WHERE time > 9223372036854775807 + 1d", 200, "out of range");
    assertAnswer("SELECT f FROM m WHERE time > now() - 9999999999999w", 400, "overflowed duration");
  }

  @Test
  void countsWindowsBeforeItMakesThem() throws Exception {
    String year = " FROM m WHERE time >= " + START + "s AND time < " + START + "s + 365d";
    String tooMany = "max-select-buckets limit exceeded: (31536000000000000/10000000)";
    assertAnswer("SELECT mean(f)" + year + " GROUP BY time(1ns)", 200, tooMany);
    assertAnswer("SELECT mean(f)" + year + " GROUP BY time(1ns) fill(none)", 200, tooMany);
    assertAnswer(
        "SELECT moving_average(mean(f), 3)" + year + " GROUP BY time(1ns) LIMIT 5", 200, tooMany);
    assertAnswer("SELECT mean(f) FROM m GROUP BY time(1ns)", 200, "max-select-buckets");
  }

  @Test
  void hugeArgumentsTakeNoMemoryInAdvance() throws Exception {
    String huge = "9223372036854775807";
    assertAnswer("SELECT top(i, " + huge + ") FROM big", 200, "9223372036854775807]");
    assertAnswer("SELECT sample(f, " + huge + ") FROM big", 200, "\"sample\"");
    assertAnswer("SELECT moving_average(f, " + huge + ") FROM m", 200, "max-select-memory");
    assertAnswer("SELECT f FROM m LIMIT " + huge + " OFFSET " + huge, 200, "{\"statement_id\":0}");
  }

  @Test
  void dropsOverGetWithAWarning() throws Exception {
    for (Map.Entry<String, String> change :
        Map.of(
                "DROP MEASUREMENT nothing", "deprecated use of 'DROP MEASUREMENT nothing'",
                "DROP DATABASE nothing", "deprecated use of 'DROP DATABASE nothing'",
                "DELETE FROM nothing", "deprecated use of 'DELETE FROM nothing'")
            .entrySet()) {
      String text = URLEncoder.encode(change.getKey(), StandardCharsets.UTF_8);
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(server.uri() + "/query?db=db&q=" + text)).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body())
          .contains(change.getValue() + " in a read only context, please use a POST request");
    }
  }
}
