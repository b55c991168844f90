package io.varve.server.encode;

import static io.varve.server.encode.TestCursor.column;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.ResultColumn.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowLimitTest {
  /** Two series of two rows, then one of three rows in another statement. */
  private static String encode(int rows) {
    TestCursor answer = new TestCursor();
    TestCursor.Statement first = answer.statement();
    first.series("m", Map.of("h", "a"), "time").block(column(Kind.TIME, 1L, 2L));
    first
        .series("m", Map.of("h", "b"), "time")
        .block(column(Kind.TIME, 3L))
        .block(column(Kind.TIME, 4L));
    answer.statement().series("n", Map.of(), "time").block(column(Kind.TIME, 5L, 6L, 7L));
    CollectingSink sink = new CollectingSink();
    new JsonEncoder(new ByteWriter(sink), Epoch.NANOSECONDS).encode(new RowLimit(answer, rows));
    return sink.text()
        .replace("\"columns\":[\"time\"],", "")
        .replace("\"statement_id\"", "id")
        .strip();
  }

  @Test
  void runsStatementsWhoseRowsItLeavesOut() {
    TestCursor answer = new TestCursor();
    answer.statement().series("m", Map.of(), "time").block(column(Kind.TIME, 1L));
    answer.statement();
    answer.statement();
    RowLimit limited = new RowLimit(answer, 1);
    assertThat(limited.nextStatement()).isTrue();
    assertThat(limited.nextSeries()).isTrue();
    assertThat(limited.nextBlock()).isTrue();
    assertThat(limited.nextStatement()).isFalse();
    assertThat(answer.nextStatement()).isFalse();
  }

  private static final String A = "{\"name\":\"m\",\"tags\":{\"h\":\"a\"},";
  private static final String B = "{\"name\":\"m\",\"tags\":{\"h\":\"b\"},";

  @Test
  void cutsWithinABlock() {
    assertThat(encode(1))
        .isEqualTo(
            "{\"results\":[{id:0,\"series\":[" + A + "\"values\":[[1]],\"partial\":true}]}]}");
  }

  @Test
  void leavesOutSeriesBehindAWholeOne() {
    assertThat(encode(2))
        .isEqualTo("{\"results\":[{id:0,\"series\":[" + A + "\"values\":[[1],[2]]}]}]}");
  }

  @Test
  void cutsBetweenBlocks() {
    assertThat(encode(3))
        .isEqualTo(
            "{\"results\":[{id:0,\"series\":["
                + (A + "\"values\":[[1],[2]]},")
                + (B + "\"values\":[[3]],\"partial\":true}]}]}"));
  }

  @Test
  void countsOverStatements() {
    String whole =
        "{\"results\":[{id:0,\"series\":["
            + (A + "\"values\":[[1],[2]]},")
            + (B + "\"values\":[[3],[4]]}]}");
    assertThat(encode(4)).isEqualTo(whole + "]}");
    assertThat(encode(5))
        .isEqualTo(
            whole + ",{id:1,\"series\":[{\"name\":\"n\",\"values\":[[5]],\"partial\":true}]}]}");
    assertThat(encode(7))
        .isEqualTo(encode(8))
        .endsWith("{\"name\":\"n\",\"values\":[[5],[6],[7]]}]}]}");
  }
}
