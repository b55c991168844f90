package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.catalog.OpenSnapshots;
import io.varve.query.catalog.Table;
import io.varve.query.influxql.Parser;
import io.varve.query.influxql.ast.Explain;
import io.varve.query.operator.QueryBudget;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What EXPLAIN and EXPLAIN ANALYZE say about statements over chunks and rows not in chunks. */
class ExplainTest {
  private static final int ROWS = 2 * 1024;

  @TempDir private Path directory;
  private Varve varve;

  /** Two hosts of two fields, two chunks each, a minute between rows; five rows in the head. */
  @BeforeEach
  void fill() {
    varve = Varve.open(directory);
    Database database = varve.createDatabase("db", RetentionPolicy.of("autogen", 0));
    EngineSink sink = new EngineSink(database);
    for (int row = 0; row < ROWS; row++) {
      for (String host : List.of("a", "b")) {
        PointText.put(sink, null, "cpu,host=" + host + " v=1.5,w=2i " + row + "s");
      }
    }
    varve.compactShards();
    for (int row = ROWS; row < ROWS + 5; row++) {
      PointText.put(sink, null, "cpu,host=a v=1.5 " + row + "s");
    }
  }

  @AfterEach
  void close() {
    assertThat(varve.stats().openReaders()).isZero();
    varve.close();
  }

  private List<String> answer(String text) {
    return ResultText.read(
            new QueryEngine(varve, Clock.systemUTC())
                .influxQl(text, new QueryOptions("db", null, Map.of(), false, () -> false)))
        .stream()
        .map(line -> line.replace("\"", "").replaceAll("[0-9.]+(µs|ms|ns|s)$", "T"))
        .map(line -> line.replaceAll("(SIZE OF BLOCKS|chunk_bytes): [1-9][0-9]*", "$1: N"))
        .toList();
  }

  @Test
  void explainsWhatAnAggregateReads() {
    assertThat(answer("EXPLAIN SELECT mean(v), max(w) FROM cpu GROUP BY host"))
        .containsExactly(
            "-: QUERY PLAN",
            "EXPRESSION: mean(v::float), max(w::integer)",
            "MEASUREMENT: cpu",
            "NUMBER OF SHARDS: 1",
            "NUMBER OF SERIES: 2",
            "CACHED VALUES: 5",
            "NUMBER OF BLOCKS: 8",
            "SIZE OF BLOCKS: N");
  }

  @Test
  void saysWhenItHasNotCountedAll() {
    Explain explain = (Explain) Parser.parse("EXPLAIN SELECT v FROM cpu", Map.of()).get(0);
    QueryOptions options = new QueryOptions("db", null, Map.of(), false, () -> false);
    QueryBudget budget = new QueryBudget(QueryLimits.defaults(), () -> false);
    List<Table> tables =
        new ExplainStatement(new OpenSnapshots(new VarveStore(varve), options), budget, 0, 3)
            .run(explain);
    assertThat(tables.get(0).rows())
        .contains(
            List.of("NUMBER OF SHARDS: >1"),
            List.of("NUMBER OF SERIES: 2"),
            List.of("NUMBER OF BLOCKS: >3"));
  }

  @Test
  void explainsWhatRowsRead() {
    assertThat(answer("EXPLAIN SELECT v + w, host FROM cpu WHERE host = 'b' AND time < 10s"))
        .containsExactly(
            "-: QUERY PLAN",
            "EXPRESSION: <nil>",
            "AUXILIARY FIELDS: host::tag, v::float, w::integer",
            "MEASUREMENT: cpu",
            "NUMBER OF SHARDS: 1",
            "NUMBER OF SERIES: 1",
            "CACHED VALUES: 0",
            "NUMBER OF BLOCKS: 2",
            "SIZE OF BLOCKS: N");
  }

  @Test
  void explainsSubqueriesByWhatTheyReadAndNothingByZeros() {
    assertThat(answer("EXPLAIN SELECT max(m) FROM (SELECT mean(v) AS m FROM cpu, nope)"))
        .startsWith("-: QUERY PLAN", "EXPRESSION: mean(v::float)", "MEASUREMENT: cpu")
        .containsSubsequence("", "MEASUREMENT: nope", "NUMBER OF SHARDS: 0", "NUMBER OF SERIES: 0");
    assertThat(answer("EXPLAIN SELECT v FROM nope.nope.nope"))
        .containsExactly("error: database not found: nope");
  }

  @Test
  void analyzesAnAggregateOfWhichHeadersAnswerAPart() {
    assertThat(answer("EXPLAIN ANALYZE SELECT mean(v), median(w) FROM cpu GROUP BY host"))
        .containsExactly(
            "-: EXPLAIN ANALYZE",
            ".",
            "└── select",
            "    ├── execution_time: T",
            "    ├── planning_time: T",
            "    ├── total_time: T",
            "    ├── output_series: 2",
            "    ├── output_rows: 2",
            "    └── build_cursor",
            "        ├── labels",
            "        │   └── statement: SELECT mean(v), median(w) FROM cpu GROUP BY host",
            "        └── iterator_scanner",
            "            ├── labels",
            "            │   └── expr: mean(v::float), median(w::integer)",
            "            └── create_iterator",
            "                ├── labels",
            "                │   └── measurement: cpu",
            "                ├── series_planned: 2",
            "                ├── series_scanned: 2",
            "                ├── batches: 5",
            "                ├── rows: 4101",
            "                ├── unsealed_rows: 5",
            "                ├── chunks_fetched: 8",
            "                ├── chunks_decoded: 4",
            "                ├── chunks_from_headers: 4",
            "                ├── time_chunks_fetched: 0",
            "                └── chunk_bytes: N");
  }

  @Test
  void analyzesSubqueriesAndSourcesApart() {
    assertThat(answer("EXPLAIN ANALYZE SELECT max(m) FROM (SELECT mean(v) AS m FROM cpu, nope)"))
        .containsSubsequence(
            "            │   └── expr: mean(v::float)",
            "            ├── create_iterator",
            "            │   ├── labels",
            "            │   │   └── measurement: cpu",
            "            │   ├── series_scanned: 2",
            "            └── create_iterator",
            "                │   └── measurement: nope",
            "                ├── series_scanned: 0");
  }
}
