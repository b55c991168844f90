package io.varve.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.influxdb.BatchOptions;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBFactory;
import org.influxdb.dto.BatchPoints;
import org.influxdb.dto.BoundParameterQuery.QueryBuilder;
import org.influxdb.dto.Point;
import org.influxdb.dto.Pong;
import org.influxdb.dto.Query;
import org.influxdb.dto.QueryResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfluxDbJavaTest {
  private LiveServer server;
  private InfluxDB client;

  @BeforeEach
  void connect(@TempDir Path directory) throws Exception {
    server = new LiveServer(directory);
    client = InfluxDBFactory.connect(server.url(), "user", "password");
    client.query(new Query("CREATE DATABASE metrics"));
    client.setDatabase("metrics");
  }

  @AfterEach
  void disconnect() {
    client.close();
    server.close();
  }

  private List<List<Object>> values(QueryResult result) {
    assertThat(result.hasError()).as(String.valueOf(result)).isFalse();
    return result.getResults().get(0).getSeries().get(0).getValues();
  }

  @Test
  void seesAVersionOfLineOne() {
    Pong pong = client.ping();
    assertThat(pong.isGood()).isTrue();
    assertThat(pong.getVersion()).startsWith("1.");
  }

  @Test
  void readsBackAllTypesItWrote() {
    client.enableGzip();
    BatchPoints batch = BatchPoints.database("metrics").build();
    for (int i = 0; i < 1000; i++) {
      batch.point(
          Point.measurement("m x,y")
              .time(i, TimeUnit.MILLISECONDS)
              .tag("t=1", "a b,c")
              .addField("f", i + 0.25)
              .addField("i", (long) i)
              .addField("b", i % 2 == 0)
              .addField("s", "quote \" back \\ slash " + i)
              .build());
    }
    client.write(batch);
    QueryResult result =
        client.query(
            new Query("SELECT f, i, b, s FROM \"m x,y\" WHERE \"t=1\" = 'a b,c'", "metrics"),
            TimeUnit.MILLISECONDS);
    List<List<Object>> rows = values(result);
    assertThat(rows).hasSize(1000);
    assertThat(rows.get(999))
        .containsExactly(999.0, 999.25, 999.0, false, "quote \" back \\ slash 999");
  }

  @Test
  void batchesInTheBackground() throws Exception {
    client.enableBatch(BatchOptions.DEFAULTS.actions(100).flushDuration(10));
    for (int i = 0; i < 1000; i++) {
      client.write(
          Point.measurement("b").time(i, TimeUnit.NANOSECONDS).addField("v", (long) i).build());
    }
    client.flush();
    client.disableBatch();
    // The client's own threads may still be sending: it waits for none of them.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    Object count;
    do {
      count = values(client.query(new Query("SELECT count(v) FROM b", "metrics"))).get(0).get(1);
    } while (!count.equals(1000.0) && System.nanoTime() - deadline < 0);
    assertThat(count).isEqualTo(1000.0);
  }

  @Test
  void streamsAnswersInChunks() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      lines.append("c v=").append(i).append("i ").append(i).append('\n');
    }
    client.write(lines.toString());
    BlockingQueue<QueryResult> chunks = new LinkedBlockingQueue<>();
    client.query(new Query("SELECT v FROM c", "metrics"), 1000, chunks::add);
    int rows = 0;
    for (int i = 0; i < 5; i++) {
      QueryResult chunk = chunks.poll(10, TimeUnit.SECONDS);
      assertThat(chunk).isNotNull();
      rows += values(chunk).size();
    }
    assertThat(rows).isEqualTo(5000);
  }

  @Test
  void speaksMessagePack() throws Exception {
    client.write("mp,host=a f=1.5,i=-7i,b=true,s=\"é\" 1700000000000000001\nmp f=2 3");
    try (InfluxDB packed =
        InfluxDBFactory.connect(
            server.url(),
            "user",
            "password",
            new OkHttpClient.Builder(),
            InfluxDB.ResponseFormat.MSGPACK)) {
      Query query = new Query("SELECT f, i, b, s FROM mp GROUP BY host", "metrics");
      QueryResult.Result result = packed.query(query).getResults().get(0);
      assertThat(result.getError()).isNull();
      assertThat(result.getSeries().get(0).getTags()).containsEntry("host", "");
      assertThat(result.getSeries().get(1).getTags()).containsEntry("host", "a");
      assertThat(result.getSeries().get(1).getValues())
          .containsExactly(List.of(1_700_000_000_000_000_001L, 1.5, -7, true, "é"));
      assertThat(result.getSeries().get(0).getValues().get(0))
          .containsExactly(3L, 2.0, null, null, null);

      BlockingQueue<QueryResult> chunks = new LinkedBlockingQueue<>();
      packed.query(new Query("SELECT f FROM mp", "metrics"), 1, chunks::add);
      for (int i = 0; i < 2; i++) {
        QueryResult chunk = chunks.poll(10, TimeUnit.SECONDS);
        assertThat(chunk).isNotNull();
        assertThat(values(chunk)).hasSize(1);
      }

      assertThatThrownBy(() -> packed.query(new Query("SELEC", "metrics")))
          .isInstanceOf(InfluxDBException.class)
          .hasMessageContaining("error parsing query");
    }
  }

  @Test
  void bindsParameters() {
    client.write("p,t=a v=1i 1\np,t=b v=2i 2");
    QueryResult result =
        client.query(
            QueryBuilder.newQuery("SELECT v FROM p WHERE t = $tag AND v > $low")
                .forDatabase("metrics")
                .bind("tag", "b")
                .bind("low", 0)
                .create());
    assertThat(values(result)).hasSize(1);
  }

  @Test
  void turnsErrorsIntoItsOwnExceptions() {
    assertThatThrownBy(
            () ->
                client.write("nowhere", "autogen", Point.measurement("m").addField("v", 1).build()))
        .isInstanceOf(InfluxDBException.DatabaseNotFoundException.class);
    client.write("m v=1.5 1");
    assertThatThrownBy(() -> client.write("m v=true 2"))
        .isInstanceOf(InfluxDBException.FieldTypeConflictException.class);
    assertThatThrownBy(() -> client.write("m v="))
        .isInstanceOf(InfluxDBException.UnableToParseException.class);
  }
}
