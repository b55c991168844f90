package io.varve.server.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryEngine;
import io.varve.query.QueryOptions;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers whose series are parts of the same block. */
class SeriesInPartsTest {
  private Varve store;

  @BeforeEach
  void open(@TempDir Path directory) {
    store = Varve.open(directory);
    Database database = store.createDatabase("d", RetentionPolicy.of("p", 0));
    write(database, "m \"x\"", "a<b", 1_000_000, 1, "one");
    write(database, "m \"x\"", "a<b", 2_000_000, 2, "two");
    write(database, "m \"x\"", "b", 3_000_000, 300, "");
    write(database, "m \"x\"", "c", 4_000_000, 1_000_000, "four");
    write(database, "n", "a", 5_000_000, 5, "");
    write(database, "n", "b", 6_000_000, 6, "");
  }

  private static void write(
      Database database, String name, String host, long nanos, long value, String text) {
    PointBatch batch = new PointBatch();
    batch.beginRow(SeriesKey.of(name, Map.of("host", host, "dc", "d")));
    batch.add("v", value);
    if (!text.isEmpty()) {
      batch.add("s", text);
    }
    batch.endRow(nanos);
    database.write(null, batch).join();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private String json(int chunkRows, String text) {
    CollectingSink sink = new CollectingSink();
    ByteWriter out = new ByteWriter(sink);
    JsonEncoder encoder =
        chunkRows == 0
            ? new JsonEncoder(out, Epoch.MILLISECONDS)
            : JsonEncoder.chunked(out, Epoch.MILLISECONDS, chunkRows);
    try (var answer = new QueryEngine(store, Clock.systemUTC()).influxQl(text, options())) {
      encoder.encode(answer);
    }
    return sink.take();
  }

  private static QueryOptions options() {
    return new QueryOptions("d", null, Map.of(), false, () -> false);
  }

  @Test
  void printsEachWithItsNameTagsAndColumns() {
    assertThat(
            json(
                0,
                "SELECT * FROM \"m \\\"x\\\"\", n GROUP BY host ORDER BY time DESC LIMIT 1;"
                    + "SELECT v FROM n GROUP BY host, dc LIMIT 1"))
        .isEqualTo(
            ("{'results':[{'statement_id':0,'series':["
                    + "{'name':'n','tags':{'host':'b'},'columns':['time','dc','s','v'],"
                    + "'values':[[6,'d',null,6]]},"
                    + "{'name':'n','tags':{'host':'a'},'columns':['time','dc','s','v'],"
                    + "'values':[[5,'d',null,5]]},"
                    + "{'name':'m \\'x\\'','tags':{'host':'c'},'columns':['time','dc','s','v'],"
                    + "'values':[[4,'d','four',1000000]]},"
                    + "{'name':'m \\'x\\'','tags':{'host':'b'},'columns':['time','dc','s','v'],"
                    + "'values':[[3,'d',null,300]]},"
                    + "{'name':'m \\'x\\'','tags':{'host':'a\\u003cb'},"
                    + "'columns':['time','dc','s','v'],'values':[[2,'d','two',2]]}]},"
                    + "{'statement_id':1,'series':["
                    + "{'name':'n','tags':{'dc':'d','host':'a'},'columns':['time','v'],"
                    + "'values':[[5,5]]},"
                    + "{'name':'n','tags':{'dc':'d','host':'b'},'columns':['time','v'],"
                    + "'values':[[6,6]]}]}]}\n")
                .replace('\'', '"'));
  }

  @Test
  void printsTheSameInChunksAndAsCsv() {
    String text = "SELECT v FROM \"m \\\"x\\\"\" GROUP BY host LIMIT 2";
    assertThat(json(1, text))
        .isEqualTo(
            ("{'results':[{'statement_id':0,'series':[{'name':'m \\'x\\'',"
                    + "'tags':{'host':'a\\u003cb'},'columns':['time','v'],"
                    + "'values':[[1,1]],'partial':true}],'partial':true}]}\n"
                    + "{'results':[{'statement_id':0,'series':[{'name':'m \\'x\\'',"
                    + "'tags':{'host':'a\\u003cb'},'columns':['time','v'],"
                    + "'values':[[2,2]]}],'partial':true}]}\n"
                    + "{'results':[{'statement_id':0,'series':[{'name':'m \\'x\\'',"
                    + "'tags':{'host':'b'},'columns':['time','v'],"
                    + "'values':[[3,300]]}],'partial':true}]}\n"
                    + "{'results':[{'statement_id':0,'series':[{'name':'m \\'x\\'',"
                    + "'tags':{'host':'c'},'columns':['time','v'],"
                    + "'values':[[4,1000000]]}]}]}\n")
                .replace('\'', '"'));
    CollectingSink sink = new CollectingSink();
    try (var answer =
        new QueryEngine(store, Clock.systemUTC())
            .influxQl("SELECT v FROM n GROUP BY host LIMIT 1", options())) {
      new CsvEncoder(new ByteWriter(sink), Epoch.MILLISECONDS).encode(answer);
    }
    assertThat(sink.take()).isEqualTo("name,tags,time,v\nn,host=a,5,5\nn,host=b,6,6\n");
  }

  @Test
  void printsTagsThatManySeriesShare() {
    PointBatch batch = new PointBatch();
    for (int host = 0; host < 9; host++) {
      Map<String, String> tags =
          host == 4
              ? Map.of("host", "h4")
              : Map.of("host", "h" + host, "dc", host % 2 == 0 ? "a&b" : "c");
      batch.beginRow(SeriesKey.of("k", tags));
      batch.add("v", (long) host);
      batch.endRow(host * 1_000_000L);
    }
    Database database = Objects.requireNonNull(store.database("d"));
    database.write(null, batch).join();
    StringBuilder wanted = new StringBuilder("{'results':[{'statement_id':0,'series':[");
    for (int host = 8; host >= 0; host--) {
      String dc = host == 4 ? "null" : host % 2 == 0 ? "'a\\u0026b'" : "'c'";
      wanted
          .append("{'name':'k','tags':{'host':'h")
          .append(host)
          .append("'},'columns':['time','dc','v'],'values':[[")
          .append(host + "," + dc + "," + host + "]]}")
          .append(host > 0 ? "," : "]}]}\n");
    }
    assertThat(json(0, "SELECT * FROM k GROUP BY host ORDER BY time DESC LIMIT 1"))
        .isEqualTo(wanted.toString().replace('\'', '"'));
  }
}
