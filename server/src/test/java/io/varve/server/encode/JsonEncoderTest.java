package io.varve.server.encode;

import static io.varve.server.encode.TestCursor.column;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.ResultColumn.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonEncoderTest {
  private static final long T = 1_700_000_000_120_000_000L;

  private final CollectingSink sink = new CollectingSink();
  private final TestCursor answer = new TestCursor();

  private String encode(Epoch epoch) {
    new JsonEncoder(new ByteWriter(sink), epoch).encode(answer);
    return sink.take();
  }

  @Test
  void keepsTheOrderOfKeysAndLeavesEmptyMembersOut() {
    answer.statement();
    answer
        .statement()
        .warning("careful")
        .error("engine: <gone>")
        .series("cpu", Map.of("host", "a", "dc", ""), "time", "v")
        .block(column(Kind.TIME, T, 0L), column(Kind.FLOAT, 1.5, null))
        .block(column(Kind.TIME, -1L), column(Kind.FLOAT, Double.NaN));
    answer.statement().series("databases", Map.of(), "name");
    assertThat(encode(Epoch.RFC3339))
        .isEqualTo(
            "{\"results\":[{\"statement_id\":0},"
                + "{\"statement_id\":1,\"series\":[{\"name\":\"cpu\",\"tags\":{\"dc\":\"\",\"host\":\"a\"},"
                + "\"columns\":[\"time\",\"v\"],\"values\":[[\"2023-11-14T22:13:20.12Z\",1.5],"
                + "[\"1970-01-01T00:00:00Z\",null],[\"1969-12-31T23:59:59.999999999Z\",null]]}],"
                + "\"messages\":[{\"level\":\"warning\",\"text\":\"careful\"}],"
                + "\"error\":\"engine: \\u003cgone\\u003e\"},"
                + "{\"statement_id\":2,\"series\":[{\"name\":\"databases\",\"columns\":[\"name\"]}]}]}\n");
  }

  @Test
  void answersNoStatementsWithAnEmptyObject() {
    assertThat(encode(Epoch.RFC3339)).isEqualTo("{}\n");
  }

  @Test
  void writesEveryTypeOfValue() {
    answer
        .statement()
        .series("m", Map.of(), "time", "i", "u", "b", "s", "t")
        .block(
            column(Kind.TIME, T),
            column(Kind.INTEGER, Long.MIN_VALUE),
            column(Kind.UNSIGNED, -1L),
            column(Kind.BOOLEAN, 1),
            column(Kind.STRING, "a\"\\\n\t\r\u0001<>&\u2028é\uD83D\uDE00"),
            column(Kind.TIME, T));
    assertThat(encode(Epoch.MILLISECONDS))
        .contains(
            "[1700000000120,-9223372036854775808,18446744073709551615,true,"
                + "\"a\\\"\\\\\\n\\t\\r\\u0001\\u003c\\u003e\\u0026\\u2028é\uD83D\uDE00\","
                + "\"2023-11-14T22:13:20.12Z\"]");
  }

  @Test
  void dividesTimesTowardZero() {
    answer.statement().series("m", Map.of(), "time").block(column(Kind.TIME, -1_500_000_000L));
    assertThat(encode(Epoch.SECONDS)).contains("[[-1]]");
  }

  @Test
  void replacesBytesThatAreNotUtf8() {
    CollectingSink bytes = new CollectingSink();
    ByteWriter out = new ByteWriter(bytes);
    new JsonText(out)
        .write(new byte[] {'a', (byte) 0xff, (byte) 0xc3, 'b', (byte) 0xe2, (byte) 0x82});
    out.flush();
    assertThat(bytes.text()).isEqualTo("\"a\\ufffd\\ufffdb\\ufffd\\ufffd\"");
  }

  @Test
  void indentsByFourSpaces() {
    answer.statement().series("m{,\"", Map.of(), "time").block(column(Kind.TIME, 1L, 2L));
    new JsonEncoder(new ByteWriter(new JsonIndenter(sink)), Epoch.NANOSECONDS).encode(answer);
    assertThat(sink.text())
        .isEqualTo(
            """
            {
                "results": [
                    {
                        "statement_id": 0,
                        "series": [
                            {
                                "name": "m{,\\"",
                                "columns": [
                                    "time"
                                ],
                                "values": [
                                    [
                                        1
                                    ],
                                    [
                                        2
                                    ]
                                ]
                            }
                        ]
                    }
                ]
            }
            """);
  }

  @Test
  void cutsChunksAtTheirSizeAndMarksWhatIsPartial() {
    TestCursor.Statement first = answer.statement();
    first
        .series("a", Map.of(), "time")
        .block(column(Kind.TIME, 1L, 2L))
        .block(column(Kind.TIME, 3L, 4L));
    first.series("b", Map.of(), "time").block(column(Kind.TIME, 5L));
    answer.statement().error("boom");
    JsonEncoder.chunked(new ByteWriter(sink), Epoch.NANOSECONDS, 2).encode(answer);
    assertThat(sink.text().lines())
        .containsExactly(
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"a\",\"columns\":[\"time\"],"
                + "\"values\":[[1],[2]],\"partial\":true}],\"partial\":true}]}",
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"a\",\"columns\":[\"time\"],"
                + "\"values\":[[3],[4]]}],\"partial\":true}]}",
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"b\",\"columns\":[\"time\"],"
                + "\"values\":[[5]]}]}]}",
            "{\"results\":[{\"statement_id\":1,\"error\":\"boom\"}]}");
    assertThat(sink.flushes).isGreaterThanOrEqualTo(4);
  }

  @Test
  void streamsLargeAnswersInSegments() {
    TestCursor.Series series = answer.statement().series("m", Map.of(), "time", "v");
    TestCursor.Column times = column(Kind.TIME, new Object[] {1L, 2L, 3L, 4L});
    TestCursor.Column texts =
        column(Kind.STRING, "x".repeat(100_000), "y", "<".repeat(50_000), "z".repeat(70_000));
    for (int i = 0; i < 20; i++) {
      series.block(times, texts);
    }
    String text = encode(Epoch.NANOSECONDS);
    assertThat(text).hasSizeGreaterThan(20 * 470_000);
    assertThat(sink.largestWrite).isLessThanOrEqualTo(ByteWriter.SEGMENT_BYTES);
    assertThat(text).contains("[4,\"" + "z".repeat(70_000) + "\"],[1,\"xxx");
  }
}
