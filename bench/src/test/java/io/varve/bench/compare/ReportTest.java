package io.varve.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.bench.compare.Results.Asked;
import io.varve.bench.compare.SvgChart.Group;
import io.varve.bench.compare.SvgChart.Panel;
import io.varve.bench.compare.SvgChart.Series;
import io.varve.bench.peer.BodyFormat;
import io.varve.bench.peer.Peer;
import io.varve.bench.tsbs.QueryType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportTest {
  private static final Asked OURS = new Asked("varve", "InfluxQL");
  private static final Asked THEIRS = new Asked("questdb", "SQL");

  private static QueryFigures figures(long micros, String wrong) {
    Histogram latencies = OpenLoop.newHistogram();
    latencies.recordValue(micros * 1000);
    return new QueryFigures(3, wrong, latencies, 20, 1_500_000);
  }

  private static Results results() {
    Results results = new Results();
    results.add("questdb", Figure.VALUES_PER_SECOND, 1000);
    results.add("varve", Figure.VALUES_PER_SECOND, 1900);
    results.add("varve", Figure.VALUES_PER_SECOND, 2100);
    results.add("varve", Figure.BYTES_PER_VALUE, 0.25);
    results.add("questdb", Figure.BYTES_PER_VALUE, 16);
    results.add("varve", Figure.RESTART, 500);
    results.add(OURS, QueryType.LASTPOINT, figures(2000, ""));
    results.add(THEIRS, QueryType.LASTPOINT, figures(500, ""));
    results.add(OURS, QueryType.HIGH_CPU_1, figures(1000, ""));
    results.add(THEIRS, QueryType.HIGH_CPU_1, figures(16_000, "2 rows instead of 3"));
    return results;
  }

  private static Peer peer(String name) {
    return new Peer(
        name,
        "1.2",
        "on disk",
        List.of(),
        Map.of(),
        Map.of(),
        1,
        0,
        "/",
        List.of(),
        "/",
        BodyFormat.LINES,
        List.of(),
        0,
        0,
        false);
  }

  private static String markdown() {
    MarkdownReport.Header header =
        new MarkdownReport.Header(
            "Title",
            List.of("A line."),
            List.of(peer("varve"), peer("questdb")),
            List.of("influxdb (there is no program influxd)"));
    return MarkdownReport.of(header, results(), List.of(QueryType.LASTPOINT, QueryType.HIGH_CPU_1));
  }

  @Test
  void tablesHaveMediansAndRatiosWithVarveFirst() {
    assertThat(markdown())
        .contains("# Title\n\nA line.\n")
        .contains("| figure, median of rounds | varve | questdb |\n")
        .contains("| k values/s, until visible (more is better) | 2,000 | 1,000 (x0.50) |\n")
        .contains("| bytes per value on disk, after flush and stop | 0.250 | 16.0 (x64) |\n")
        .contains("| restart to right counts, ms | 500 | - |\n")
        .doesNotContain("over TCP");
  }

  @Test
  void queriesHaveRatiosTheirMeanAndAnswers() {
    assertThat(markdown())
        .contains("| type | varve, InfluxQL | questdb, SQL | answers |\n")
        .contains("| lastpoint | 2.00 | 0.500 (x0.25) | 6 right |\n")
        .contains("| high-cpu-1 | 1.00 | 16.0 (x16) | **WRONG: questdb SQL** |\n")
        .contains("| geometric mean of ratios | - | x2.0 |  |\n")
        .contains("WRONG: questdb, SQL, high-cpu-1: 2 rows instead of 3\n")
        .contains("| 2.00, 2.00, 2.00, 2.00; 1.50; 1, 20.0/s |");
  }

  @Test
  void namesWhatIsMissing() {
    assertThat(markdown())
        .contains("| questdb | 1.2 | on disk |\n")
        .contains("| influxdb (there is no program influxd) | **missing** | - |\n");
  }

  @Test
  void numbersHaveThreeDigits() {
    assertThat(
            List.of(0.0, 0.01234, 1.234, 12.34, 123.4, 1234567.0).stream()
                .map(MarkdownReport::number))
        .containsExactly("0", "0.012", "1.23", "12.3", "123", "1,234,567");
  }

  private static NodeList elements(String svg, String name) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
        .getElementsByTagName(name);
  }

  private static int width(String svg, int rectangle) throws Exception {
    Element element = (Element) elements(svg, "rect").item(rectangle);
    return Integer.parseInt(element.getAttribute("width"));
  }

  private static String chart(boolean logarithmic, Double... values) {
    List<Series> series = List.of(new Series("a<b", 0), new Series("b", 1), new Series("c", 2));
    List<Group> groups = List.of(new Group("group & co", List.of(values)));
    return SvgChart.of("Title", List.of(new Panel("Panel", logarithmic, series, groups)));
  }

  // Rectangles: the background, three of the legend, the bars.

  @Test
  void barsAreAsLongAsTheirValues() throws Exception {
    String svg = chart(false, 10.0, 5.0, 2.5);

    assertThat(width(svg, 5)).isEqualTo(width(svg, 4) / 2);
    assertThat(width(svg, 6)).isEqualTo(width(svg, 4) / 4);
    assertThat(elements(svg, "rect").getLength()).isEqualTo(7);
    assertThat(svg).contains(">10.0<", ">5.00<", ">2.50<", "group &amp; co", "a&lt;b");
  }

  @Test
  void logarithmicBarsGrowByTheSameForTheSameFactor() throws Exception {
    String svg = chart(true, 1.0, 10.0, 100.0);

    int first = width(svg, 5) - width(svg, 4);
    int second = width(svg, 6) - width(svg, 5);
    assertThat(first).isPositive().isBetween(second - 1, second + 1);
  }

  @Test
  void whatWasNotMeasuredHasNoBar() throws Exception {
    assertThat(elements(chart(true, 1.0, Double.NaN, 3.0), "rect").getLength()).isEqualTo(6);
  }

  @Test
  void aHostOfZerosIsDrawn() throws Exception {
    assertThat(width(chart(false, 0.0, 0.0, 0.0), 4)).isEqualTo(2);
  }
}
