package io.varve.server.encode;

import static io.varve.server.encode.TestCursor.column;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.ResultColumn.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CsvEncoderTest {
  private final CollectingSink sink = new CollectingSink();
  private final TestCursor answer = new TestCursor();

  @Test
  void writesHeadersBetweenStatementsAndWhereColumnsChange() {
    TestCursor.Statement first = answer.statement();
    first
        .series("cpu", Map.of("host", "a b", "dc", "", "rack", "1"), "time", "v")
        .block(column(Kind.TIME, 1_500_000L, 2_000_000L), column(Kind.FLOAT, 1e21, null));
    first
        .series("mem", Map.of(), "time", "s")
        .block(column(Kind.TIME, 3_000_000L), column(Kind.STRING, "a,\"b\"\n"));
    answer.statement().error("lost");
    answer
        .statement()
        .series("mem", Map.of(), "time", "b")
        .block(column(Kind.TIME, 4_000_000L), column(Kind.BOOLEAN, 0));
    new CsvEncoder(new ByteWriter(sink), Epoch.MILLISECONDS).encode(answer);
    assertThat(sink.text())
        .isEqualTo(
            """
            name,tags,time,v
            cpu,"host=a\\ b,rack=1",1,1000000000000000000000
            cpu,"host=a\\ b,rack=1",2,

            name,tags,time,s
            mem,,3,"a,""b""
            "

            name,tags,time,b
            mem,,4,false
            """);
  }

  @Test
  void writesTimesInNanosecondsUnlessAskedOtherwise() {
    answer.statement().series("m", Map.of(), "time").block(column(Kind.TIME, 1_500_000L));
    new CsvEncoder(new ByteWriter(sink), Epoch.RFC3339).encode(answer);
    assertThat(sink.text()).isEqualTo("name,tags,time\nm,,1500000\n");
  }
}
