package io.varve.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.QueryEngine;
import io.varve.server.metrics.ServerMetrics;
import io.varve.server.remote.Proto;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.Varve;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBFactory;
import org.influxdb.dto.Point;
import org.influxdb.dto.Query;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that asks who is there: credentials, messages and statuses of InfluxDB. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthenticationTest {
  private static final String SECRET = "shared secret";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Varve store;
  private HttpServer server;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    store = Varve.open(directory);
    QueryEngine engine = new QueryEngine(store, Clock.systemUTC());
    server = start(engine, SECRET);
    String early = "error authorizing query: create admin user first or disable authentication";
    assertAnswer(query("", "SHOW DATABASES"), 403, early);
    assertAnswer(query("&u=a&p=b", "CREATE DATABASE x"), 403, early);
    assertThat(
            query("", "CREATE USER admin WITH PASSWORD 'adm:in' WITH ALL PRIVILEGES").statusCode())
        .isEqualTo(200);
    String admin = "&u=admin&p=adm:in";
    for (String text :
        new String[] {
          "CREATE DATABASE dbR",
          "CREATE DATABASE dbW",
          "CREATE USER reader WITH PASSWORD 'r'",
          "GRANT READ ON dbR TO reader",
          "CREATE USER writer WITH PASSWORD 'w'",
          "GRANT WRITE ON dbW TO writer"
        }) {
      assertThat(query(admin, text).body()).isEqualTo("{\"results\":[{\"statement_id\":0}]}\n");
    }
  }

  private HttpServer start(QueryEngine engine, String secret) throws IOException {
    return HttpServer.start(
        store,
        new Authentication(engine, secret, Clock.systemUTC()),
        HttpOptions.defaults().withAddress("127.0.0.1", 0),
        new ServerMetrics());
  }

  @AfterAll
  void stop() {
    server.close();
    store.close();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String... headers)
      throws Exception {
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> query(String parameters, String text, String... headers)
      throws Exception {
    String q = URLEncoder.encode(text, StandardCharsets.UTF_8);
    return send(
        HttpRequest.newBuilder(uri("/query?db=dbR&q=" + q + parameters))
            .POST(BodyPublishers.noBody()),
        headers);
  }

  private HttpResponse<String> write(String path, String... headers) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString("m v=1 1")), headers);
  }

  private static void assertAnswer(HttpResponse<String> answer, int status, String error) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body().strip())
        .isEqualTo("{\"error\":\"" + error.replace("\"", "\\\"") + "\"}");
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
        .isEqualTo(status == 401 ? "Basic realm=\"InfluxDB\"" : "");
  }

  private static String basic(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private HttpResponse<String> remote(String path, Proto message, String... headers)
      throws Exception {
    byte[] bytes = message.toBytes();
    byte[] block = SnappyBlock.encode(bytes, bytes.length);
    return send(
        HttpRequest.newBuilder(uri("/api/v1/" + path)).POST(BodyPublishers.ofByteArray(block)),
        headers);
  }

  @Test
  void asksSendersOfRemoteWriteAndRemoteReadForPrivileges() throws Exception {
    Proto sample = new Proto().message(1, Proto.series(1, 1, "__name__", "remote"));
    String[] admin = {"Authorization", basic("admin", "adm:in")};
    String[] reader = {"Authorization", basic("reader", "r")};
    String[] writer = {"Authorization", basic("writer", "w")};
    assertThat(remote("write?db=dbW", sample).statusCode()).isEqualTo(401);
    assertThat(remote("write?db=dbR", sample, reader).statusCode()).isEqualTo(403);
    assertThat(remote("write", sample, writer).statusCode()).isEqualTo(403);
    assertThat(store.database("prometheus")).isNull();
    assertThat(remote("write?db=dbW", sample, writer).statusCode()).isEqualTo(204);
    assertThat(remote("write?db=dbR", sample, admin).statusCode()).isEqualTo(204);

    Proto matcher = new Proto().text(2, "__name__").text(3, "remote");
    Proto request =
        new Proto().message(1, new Proto().varint(2, 9).message(3, matcher)).varint(2, 1);
    assertThat(remote("read", request).statusCode()).isEqualTo(401);
    assertThat(remote("read", request, admin).body()).contains("dbR").contains("dbW");
    assertThat(remote("read", request, reader).body()).contains("dbR").doesNotContain("dbW");
    assertThat(remote("read?db=dbW", request, reader).body()).isEmpty();
  }

  @Test
  void takesPasswordsFromAllPlaces() throws Exception {
    String text = "SHOW DATABASES";
    String all = query("&u=admin&p=adm:in", text).body();
    assertThat(all).contains("[[\"dbR\"],[\"dbW\"]]");
    assertThat(query("", text, "Authorization", basic("admin", "adm:in")).body()).isEqualTo(all);
    assertThat(query("", text, "Authorization", "Token admin:adm:in").body()).isEqualTo(all);
    assertThat(query("", text, "Authorization", "Bearer " + token("admin", "9999999999")).body())
        .isEqualTo(all);
    assertThat(query("&u=reader&p=r", text).body()).contains("[[\"dbR\"]]");
    assertThat(query("&u=writer&p=w", text).body()).contains("[[\"dbW\"]]");
  }

  @Test
  void asksWhoIsThere() throws Exception {
    String text = "SHOW DATABASES";
    String none = "unable to parse authentication credentials";
    assertAnswer(query("", text), 401, none);
    assertAnswer(query("&u=admin", text), 401, none);
    assertAnswer(query("", text, "Authorization", "Basic !"), 401, none);
    assertAnswer(query("", text, "Authorization", "Digest x"), 401, none);
    assertAnswer(query("", text, "Authorization", basic("", "x")), 401, "username required");
    assertAnswer(query("&u=admin&p=wrong", text), 401, "authorization failed");
    assertAnswer(query("&u=nobody&p=x", text), 401, "authorization failed");
    assertAnswer(write("/write?db=dbW"), 401, none);
    assertAnswer(write("/api/v2/write?bucket=dbW"), 401, none);
  }

  @Test
  void refusesQueriesThatWereNotGranted() throws Exception {
    assertAnswer(
        query("&u=reader&p=r", "SELECT * FROM dbW..m"),
        403,
        "error authorizing query: reader not authorized to execute statement"
            + " 'SELECT * FROM dbW..m', requires READ on dbW");
    assertAnswer(
        query("&u=reader&p=r", "SHOW USERS"),
        403,
        "error authorizing query: reader not authorized to execute statement"
            + " 'SHOW USERS', requires admin privilege");
  }

  @Test
  void refusesWritesThatWereNotGranted() throws Exception {
    assertThat(write("/write?db=dbW&u=writer&p=w").statusCode()).isEqualTo(204);
    assertThat(
            write("/api/v2/write?bucket=dbW/autogen", "Authorization", "Token writer:w")
                .statusCode())
        .isEqualTo(204);
    assertAnswer(
        write("/write?db=dbW&u=reader&p=r"),
        403,
        "\"reader\" user is not authorized to write to database \"dbW\"");
    assertAnswer(write("/write?db=no&u=reader&p=r"), 404, "database not found: \"no\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ping", "/health", "/status"})
  void answersWithoutCredentialsWhetherItIsThere(String path) throws Exception {
    assertThat(send(HttpRequest.newBuilder(uri(path)).GET()).statusCode()).isLessThan(300);
  }

  @Test
  void takesOnlyGoodTokens() throws Exception {
    assertAnswer(bearer("a.b"), 401, "token contains an invalid number of segments");
    String good = token("admin", "9999999999");
    String forged = good.substring(0, good.lastIndexOf('.') + 1) + encode("nonsense");
    assertAnswer(bearer(forged), 401, "signature is invalid");
    assertAnswer(bearer(token("admin", "1")), 401, "Token is expired");
    String claims = "{\"username\":\"admin\"}";
    assertAnswer(bearer(sign("HS256", claims)), 401, "token expiration required");
    assertAnswer(
        bearer(sign("none", "{\"username\":\"admin\",\"exp\":9999999999}")),
        401,
        "unexpected signing method: none");
    assertAnswer(
        bearer(sign("HS256", "{\"username\":7,\"exp\":9999999999}")),
        401,
        "username in token must be a string");
    assertAnswer(bearer(token("", "9999999999")), 401, "token must contain a username");
    assertAnswer(bearer(token("ghost", "9999999999")), 401, "user not found");
    assertAnswer(bearer(encode("[") + ".e30.x"), 401, "token is malformed");
  }

  @Test
  void takesNoTokensWithoutASecret() {
    Authentication closed =
        new Authentication(new QueryEngine(store, Clock.systemUTC()), "", Clock.systemUTC());
    Authentication.Sender sender = closed.recognise(new Credentials.Bearer("a.b.c"));
    assertThat(sender).isEqualTo(Authentication.Sender.refused("bearer auth disabled"));
  }

  private HttpResponse<String> bearer(String token) throws Exception {
    return query("", "SHOW DATABASES", "Authorization", "Bearer " + token);
  }

  private static String token(String user, String expires) throws Exception {
    return sign("HS256", "{\"aud\":[\"x\"],\"username\":\"" + user + "\",\"exp\":" + expires + "}");
  }

  private static String sign(String algorithm, String claims) throws Exception {
    String text = encode("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}") + "." + encode(claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bodies wait while the first password of each is verified. */
  @Test
  void storesBodiesThatArriveBeforeTheVerdict() throws Exception {
    query("&u=admin&p=adm:in", "CREATE USER slow WITH PASSWORD 's'; GRANT ALL ON dbW TO slow");
    String lines =
        String.join(
            "\n", IntStream.range(0, 20_000).mapToObj(i -> "big v=" + i + "i " + i).toList());
    CompletableFuture<HttpResponse<String>> first =
        client.sendAsync(
            HttpRequest.newBuilder(uri("/write?db=dbW&u=slow&p=s"))
                .POST(BodyPublishers.ofString(lines))
                .build(),
            BodyHandlers.ofString());
    HttpResponse<String> wrong =
        send(
            HttpRequest.newBuilder(uri("/write?db=dbW&u=slow&p=wrong"))
                .POST(BodyPublishers.ofString(lines)));
    assertAnswer(wrong, 401, "authorization failed");
    assertThat(first.join().statusCode()).isEqualTo(204);
    assertThat(query("&u=slow&p=s", "SELECT count(v) FROM dbW..big").body()).contains("20000");
  }

  @Test
  void servesInfluxDbJava() {
    String url = "http://127.0.0.1:" + server.port();
    try (InfluxDB admin = InfluxDBFactory.connect(url, "admin", "adm:in")) {
      admin.query(new Query("CREATE DATABASE java"));
      admin.query(new Query("CREATE USER java WITH PASSWORD 'j'"));
      admin.query(new Query("GRANT ALL ON java TO java"));
    }
    try (InfluxDB user = InfluxDBFactory.connect(url, "java", "j")) {
      user.setDatabase("java");
      user.write(Point.measurement("m").addField("v", 1.5).build());
      Object value =
          user.query(new Query("SELECT v FROM m", "java"))
              .getResults()
              .get(0)
              .getSeries()
              .get(0)
              .getValues()
              .get(0)
              .get(1);
      assertThat(value).isEqualTo(1.5);
      user.setDatabase("dbR");
      assertThatThrownBy(() -> user.write(Point.measurement("m").addField("v", 1).build()))
          .isInstanceOf(InfluxDBException.AuthorizationFailedException.class);
    }
    try (InfluxDB stranger = InfluxDBFactory.connect(url, "java", "wrong")) {
      assertThatThrownBy(() -> stranger.query(new Query("SHOW DATABASES")))
          .isInstanceOf(InfluxDBException.AuthorizationFailedException.class);
    }
  }
}
