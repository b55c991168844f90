package io.varve.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.bench.tsbs.Answer;
import io.varve.bench.tsbs.QueryType;
import io.varve.bench.tsbs.Question;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialectTest {
  private static final long START = 1_451_606_400; // 2016-01-01

  private final InfluxQl influxQl = new InfluxQl();
  private final PromQl promQl = new PromQl("PromQL", "", false);
  private final PromQl metricsQl = new PromQl("MetricsQL", "&nocache=1", true);
  private final QuestSql sql = new QuestSql();

  private static Question question(QueryType type, List<String> fields, List<String> hosts) {
    return new Question(type, fields, hosts, START, START + 3600, type.bucketSeconds());
  }

  private static final Question MAX =
      question(
          QueryType.SINGLE_GROUPBY_5_8_1, List.of("usage_user", "usage_idle"), List.of("a", "b"));
  private static final Question MEAN =
      question(QueryType.DOUBLE_GROUPBY_1, List.of("usage_user"), List.of());
  private static final Question HIGH =
      question(QueryType.HIGH_CPU_1, List.of("usage_user", "usage_idle"), List.of("a"));
  private static final Question LAST =
      question(QueryType.LASTPOINT, List.of("usage_user", "usage_idle"), List.of());
  private static final Question LIMIT =
      question(QueryType.GROUPBY_ORDERBY_LIMIT, List.of("usage_user"), List.of());

  @Test
  void influxQlIsTsbss() {
    String range = "time >= '2016-01-01T00:00:00Z' AND time < '2016-01-01T01:00:00Z'";
    assertThat(InfluxQl.text(MAX))
        .isEqualTo(
            "SELECT max(usage_user), max(usage_idle) FROM cpu WHERE (hostname = 'a' OR hostname ="
                + " 'b') AND "
                + range
                + " GROUP BY time(60s)");
    assertThat(InfluxQl.text(MEAN))
        .isEqualTo(
            "SELECT mean(usage_user) FROM cpu WHERE " + range + " GROUP BY time(3600s), hostname");
    assertThat(InfluxQl.text(HIGH))
        .isEqualTo("SELECT * FROM cpu WHERE usage_user > 90 AND (hostname = 'a') AND " + range);
    assertThat(InfluxQl.text(LAST))
        .isEqualTo("SELECT * FROM cpu GROUP BY hostname ORDER BY time DESC LIMIT 1");
    assertThat(InfluxQl.text(LIMIT))
        .isEqualTo(
            "SELECT max(usage_user) FROM cpu WHERE time < '2016-01-01T01:00:00Z' GROUP BY"
                + " time(60s) ORDER BY time DESC LIMIT 5");
  }

  @Test
  void promQlAsksForBucketsAtTheirEnds() {
    assertThat(promQl.text(MEAN))
        .isEqualTo("avg(avg_over_time(cpu_usage_user{}[3600s])) by (hostname)");
    assertThat(promQl.target(MEAN))
        .startsWith("/api/v1/query_range?query=avg")
        .endsWith("&start=1451609999.999&end=1451609999.999&step=3600");
    assertThat(promQl.target(LIMIT)).endsWith("&start=1451609759.999&end=1451609999.999&step=60");
    assertThat(promQl.target(HIGH)).endsWith("&start=1451606400.000&end=1451609990.000&step=10");
    assertThat(promQl.target(LAST)).endsWith("&time=1451609990.000");
    assertThat(promQl.text(HIGH))
        .isEqualTo(
            "{__name__=~\"cpu_(usage_user|usage_idle)\",hostname=\"a\"} and on (hostname)"
                + " (cpu_usage_user{hostname=\"a\"} > 90)");
  }

  @Test
  void manyFieldsAreOneSelectorWhereNamesAreKept() {
    assertThat(promQl.text(MAX))
        .isEqualTo(
            "label_replace(max(max_over_time(cpu_usage_user{hostname=~\"a|b\"}[60s])), \"field\","
                + " \"usage_user\", \"\", \"\") or"
                + " label_replace(max(max_over_time(cpu_usage_idle{hostname=~\"a|b\"}[60s])),"
                + " \"field\", \"usage_idle\", \"\", \"\")");
    assertThat(metricsQl.text(MAX))
        .isEqualTo(
            "max(max_over_time({__name__=~\"cpu_(usage_user|usage_idle)\",hostname=~\"a|b\"}"
                + "[60s])) by (__name__)");
    assertThat(metricsQl.target(MAX)).endsWith("&step=60&nocache=1");
  }

  @Test
  void sqlIsQuestDbs() {
    String range = "timestamp >= '2016-01-01T00:00:00Z' AND timestamp < '2016-01-01T01:00:00Z'";
    assertThat(QuestSql.text(MAX))
        .isEqualTo(
            "SELECT timestamp, max(usage_user) usage_user, max(usage_idle) usage_idle FROM cpu"
                + " WHERE hostname IN ('a', 'b') AND "
                + range
                + " SAMPLE BY 60s ALIGN TO CALENDAR");
    assertThat(QuestSql.text(LAST))
        .isEqualTo("SELECT * FROM cpu LATEST ON timestamp PARTITION BY hostname");
  }

  private static byte[] utf8(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static void assertSame(Question question, Answer found, Object... rows) {
    Answer expected = new Answer(question);
    for (int i = 0; i < rows.length; i += 4) {
      expected.set(
          (String) rows[i],
          START * 1000 + (int) rows[i + 1] * 1000L,
          (int) rows[i + 2],
          ((Number) rows[i + 3]).doubleValue());
    }
    assertThat(expected.differenceTo(found)).isNull();
  }

  @Test
  void readsAnswersInInfluxQl() {
    assertSame(
        MEAN,
        influxQl.answer(
            MEAN,
            utf8(
                "{'results':[{'statement_id':0,'series':[{'name':'cpu','tags':{'hostname':'a'},"
                    + "'columns':['time','mean'],'values':[[1451606400000,1.5]]}]}]}")),
        "a",
        0,
        0,
        1.5);
    assertSame(
        HIGH,
        influxQl.answer(
            HIGH,
            utf8(
                "{'results':[{'series':[{'columns':['time','hostname','usage_idle','usage_user'],"
                    + "'values':[[1451606410000,'a',3,95]]}]}]}")),
        "a",
        10,
        0,
        95,
        "a",
        10,
        1,
        3);
    assertSame(HIGH, influxQl.answer(HIGH, utf8("{'results':[{'statement_id':0}]}")));
    assertThatThrownBy(() -> influxQl.answer(HIGH, utf8("{'results':[{'error':'no'}]}")))
        .hasMessage("no");
  }

  @Test
  void readsAnswersInPromQl() {
    assertSame(
        MEAN,
        promQl.answer(
            MEAN,
            utf8(
                "{'status':'success','data':{'resultType':'matrix','result':[{'metric':"
                    + "{'hostname':'a'},'values':[[1451609999.999,'1.5']]}]}}")),
        "a",
        0,
        0,
        1.5);
    String two =
        "{'status':'success','data':{'result':[{'metric':{'%1$s':'%2$susage_user'},'values':"
            + "[[1451606459.999,'7']]},{'metric':{'%1$s':'%2$susage_idle'},'values':"
            + "[[1451606459.999,'8']]}]}}";
    assertSame(MAX, promQl.answer(MAX, utf8(two.formatted("field", ""))), "", 0, 0, 7, "", 0, 1, 8);
    assertSame(
        MAX,
        metricsQl.answer(MAX, utf8(two.formatted("__name__", "cpu_"))),
        "",
        0,
        0,
        7,
        "",
        0,
        1,
        8);
    assertSame(
        LAST,
        promQl.answer(
            LAST,
            utf8(
                "{'status':'success','data':{'result':[{'metric':{'__name__':'cpu_usage_idle',"
                    + "'hostname':'a'},'value':[1451609990,'4']}]}}")),
        "a",
        3590,
        1,
        4);
    assertThatThrownBy(() -> promQl.answer(MEAN, utf8("{'status':'error','error':'no'}")))
        .hasMessageContaining("no");
  }

  @Test
  void readsAnswersInSql() {
    assertSame(
        MEAN,
        sql.answer(
            MEAN,
            utf8(
                "{'columns':[{'name':'timestamp'},{'name':'hostname'},{'name':'usage_user'}],"
                    + "'dataset':[['2016-01-01T00:00:00.000000Z','a',1.5]]}")),
        "a",
        0,
        0,
        1.5);
    assertThatThrownBy(() -> sql.answer(MEAN, utf8("{'error':'no'}"))).hasMessage("no");
  }

  @Test
  void countsAsTheServersSay() {
    assertThat(influxQl.countTarget("cpu", "f", START, START + 10))
        .endsWith("q=SELECT+count%28f%29+FROM+cpu");
    assertThat(
            URLDecoder.decode(
                promQl.countTarget("m", "value", START, START + 10), StandardCharsets.UTF_8))
        .isEqualTo("/api/v1/query?query=sum(count_over_time(m[10s]))&time=1451606409.999");
    assertThat(promQl.countTarget("m", "f", START, START + 10)).contains("m_f");
    assertThat(
            influxQl.count(
                utf8("{'results':[{'series':[{'columns':['time','count'],'values':[[0,7]]}]}]}")))
        .isEqualTo(7);
    assertThat(
            promQl.count(
                utf8("{'status':'success','data':{'result':[{'metric':{},'value':[1,'8']}]}}")))
        .isEqualTo(8);
    assertThat(sql.count(utf8("{'columns':[{'name':'count'}],'dataset':[[9]]}"))).isEqualTo(9);
    assertThat(influxQl.count(utf8("{'results':[{'statement_id':0}]}"))).isZero();
    assertThat(promQl.count(utf8("{'status':'success','data':{'result':[]}}"))).isZero();
    assertThat(sql.count(utf8("{'error':'table does not exist'}"))).isZero();
  }

  @Test
  void whatIsNotJsonIsSaidToBeThat() {
    assertThatThrownBy(() -> sql.answer(MEAN, utf8("<html>")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not JSON");
  }
}
