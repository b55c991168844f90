package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.http.HttpOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows straight from chunks of a series that lacks a field, in every format. */
class SparseAnswersTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private String ask(HttpRequest.Builder request) throws Exception {
    HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isBetween(200, 204);
    return new String(answer.body(), StandardCharsets.ISO_8859_1);
  }

  /** Makes the database and writes lines into it. */
  private void write(RunningServer server, String lines) throws Exception {
    ask(
        HttpRequest.newBuilder(URI.create(server.uri() + "/query?q=CREATE+DATABASE+db"))
            .POST(BodyPublishers.noBody()));
    ask(
        HttpRequest.newBuilder(URI.create(server.uri() + "/write?db=db"))
            .POST(BodyPublishers.ofString(lines)));
  }

  @Test
  void printsNullsForFieldsThatASeriesLacks(@TempDir Path directory) throws Exception {
    HttpOptions anyPort = HttpOptions.defaults().withAddress("127.0.0.1", 0);
    try (RunningServer server = RunningServer.open(directory, anyPort)) {
      String query = server.uri() + "/query?db=db&epoch=ns&q=";
      write(server, "m,t=a f=1.5 1\nm,t=a f=2.5 2\nm,t=b i=1i,s=\"x\",b=t,u=3u 1");
      server.store().compactShards();
      URI select = URI.create(query + "SELECT+b,f,i,s,u+FROM+m+WHERE+t='a'".replace("'", "%27"));
      assertThat(ask(HttpRequest.newBuilder(select)))
          .contains("\"values\":[[1,null,1.5,null,null,null],[2,null,2.5,null,null,null]]");
      URI chunked = URI.create(select + "&chunked=true&chunk_size=1");
      assertThat(ask(HttpRequest.newBuilder(chunked)))
          .contains("\"values\":[[2,null,2.5,null,null,null]]");
      assertThat(ask(HttpRequest.newBuilder(select).header("Accept", "application/csv")))
          .isEqualTo("name,tags,time,b,f,i,s,u\nm,,1,,1.5,,,\nm,,2,,2.5,,,\n");
      assertThat(ask(HttpRequest.newBuilder(select).header("Accept", "application/x-msgpack")))
          .contains("\u0096\u0001\u00c0\u00cb?\u00f8");
    }
  }

  @Test
  void printsTheTagsOfEachRowOfManySeries(@TempDir Path directory) throws Exception {
    HttpOptions anyPort = HttpOptions.defaults().withAddress("127.0.0.1", 0);
    try (RunningServer server = RunningServer.open(directory, anyPort)) {
      String query = server.uri() + "/query?db=db&epoch=ns&q=";
      write(
          server,
          """
                      m,a=1,b=x f=1 1
                      m,a=1,b=x f=2 2
                      m,b=\\"y f=3 1
                      m,a=2 f=4,g=1.5 2
                      m f=5 1
                      m,a=1,b=x f=6 3
                      """);
      URI all = URI.create(query + "SELECT+*+FROM+m");
      String rows =
          "\"values\":[[1,null,null,5,null],[1,null,\"\\\\\\\"y\",3,null],[1,\"1\",\"x\",1,null],"
              + "[2,\"1\",\"x\",2,null],[2,\"2\",null,4,1.5],[3,\"1\",\"x\",6,null]]";
      assertThat(sorted(ask(HttpRequest.newBuilder(all)))).isEqualTo(sorted(rows));
      assertThat(
              sorted(ask(HttpRequest.newBuilder(URI.create(all + "&chunked=true&chunk_size=100")))))
          .isEqualTo(sorted(rows));
      assertThat(ask(HttpRequest.newBuilder(all).header("Accept", "application/csv")))
          .contains("m,,1,1,x,1,\n")
          .contains("m,,2,2,,4,1.5\n")
          .contains("m,,1,,,5,\n");
    }
  }

  /** The rows of the values, those of one time in any order. */
  private static List<String> sorted(String json) {
    int start = json.indexOf("\"values\":[") + "\"values\":[".length();
    return Arrays.stream(json.substring(start, json.indexOf("]]", start)).split("\\],\\["))
        .map(row -> row.replace("[", ""))
        .sorted()
        .toList();
  }
}
