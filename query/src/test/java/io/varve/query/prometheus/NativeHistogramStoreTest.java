package io.varve.query.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.QueryResources;
import io.varve.query.promql.PromException;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.storage.Database;
import io.varve.storage.Durability;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native histograms as fields of a store: which texts are some, and what they take. */
class NativeHistogramStoreTest {
  private static final SeriesKey KEY = SeriesKey.of("h", Map.of());

  private final QueryResources resources = new QueryResources(1, Long.MAX_VALUE);
  private Varve store;
  private Database database;

  @BeforeEach
  void open(@TempDir Path directory) {
    store =
        Varve.open(
            directory,
            VarveOptions.defaults()
                .withDurability(Durability.NONE)
                .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)));
    database = store.createDatabase("prometheus", RetentionPolicy.of("autogen", 0));
  }

  @AfterEach
  void close() {
    store.close();
    assertThat(resources.usedBytes()).isZero();
  }

  private static String text(String literal) {
    byte[] bytes = HistogramCodec.encode(HistogramLiteral.parse(literal));
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private void write(long seconds, String text) {
    PointBatch batch = new PointBatch();
    batch.beginRow(KEY);
    batch.add(HistogramCodec.FIELD, text);
    batch.endRow(seconds * 1_000_000_000L);
    SeriesText.write(database, batch);
  }

  private static PromRequest request() {
    return new PromRequest(
        null, null, name -> true, 300_000, 0, () -> false, System.nanoTime() + 60_000_000_000L);
  }

  private PromEngine engine(long maxSamples) {
    return new PromEngine(
        store,
        new PromSettings("prometheus", 300_000, 60_000, 60_000, maxSamples, 11_000, false),
        resources);
  }

  private List<String> ask(PromEngine engine, String query, long seconds) {
    List<String> found = new ArrayList<>();
    try (PromResult result = engine.query(query, seconds * 1000, request())) {
      result.visit(
          (labels, samples) -> {
            for (int i = 0; i < samples.count(); i++) {
              found.add(SeriesText.of(samples, i));
            }
          });
    }
    return found;
  }

  @Test
  void passesOverTextsThatAreNoHistograms() {
    write(0, "a remark");
    write(1, text("h:c=1:sum=2:p=0@1"));
    write(2, "another one");
    assertThat(ask(engine(1_000), "h", 2)).containsExactly("{count:1,sum:2,(0.5,1]:1}");
    assertThat(ask(engine(1_000), "count_over_time(h[1m])", 2)).containsExactly("1");
  }

  @Test
  void saysThatAHistogramIsDamaged() {
    write(0, "nh1:damage");
    assertThatThrownBy(() -> ask(engine(1_000), "h", 0))
        .isInstanceOfSatisfying(
            PromException.class, e -> assertThat(e.kind()).isEqualTo(PromException.Kind.EXECUTION))
        .hasMessageStartingWith("a native histogram");
  }

  @Test
  void takesTheHistogramWhereThereIsAFloatToo() {
    PointBatch batch = new PointBatch();
    batch.beginRow(KEY);
    batch.add("value", 5.0);
    batch.add(HistogramCodec.FIELD, text("h:c=1:sum=2"));
    batch.endRow(0);
    batch.beginRow(KEY);
    batch.add("value", 6.0);
    batch.endRow(1_000_000_000L);
    SeriesText.write(database, batch);
    assertThat(ask(engine(1_000), "h", 0)).containsExactly("{count:1,sum:2}");
    assertThat(ask(engine(1_000), "h", 1)).containsExactly("6");
    assertThat(ask(engine(1_000), "h[1m]", 1)).containsExactly("{count:1,sum:2}", "6");
  }

  @Test
  void endsTheSeriesAtTheMarker() {
    write(0, text("h:c=1:sum=2"));
    write(1, new String(HistogramCodec.staleMarker(), StandardCharsets.US_ASCII));
    assertThat(ask(engine(1_000), "h", 0)).hasSize(1);
    assertThat(ask(engine(1_000), "h", 1)).isEmpty();
    assertThat(ask(engine(1_000), "h[1m]", 1)).hasSize(1);
  }

  @Test
  void countsAHistogramForAsManySamplesAsItTakes() {
    String literal = "h:c=1:p=0@1" + "/1".repeat(999);
    int weight = HistogramLiteral.parse(literal).sizeBytes() / 16;
    for (int second = 0; second < 10; second++) {
      write(second, text(literal));
    }
    assertThat(ask(engine(15L * weight), "count_over_time(h[1m])", 9)).containsExactly("10");
    for (String query : List.of("count_over_time(h[1m])", "h[1m]", "sum_over_time(h[1m])")) {
      assertThatThrownBy(() -> ask(engine(5L * weight), query, 9))
          .as(query)
          .hasMessageContaining("too many samples");
    }
    // All samples of the lookback are read, and one of them is kept.
    assertThatThrownBy(() -> ask(engine(10L * weight + 500), "h", 9))
        .hasMessageContaining("too many samples");
  }

  @Test
  void countsHistogramsThatFunctionsMake() {
    String literal = "h:c=1:p=0@1" + "/1".repeat(999);
    int weight = HistogramLiteral.parse(literal).sizeBytes() / 16;
    for (int second = 0; second < 10; second++) {
      write(second, text(literal));
    }
    PromEngine engine = engine(20L * weight);
    assertThat(ask(engine, "count_over_time(h[1m])", 9)).containsExactly("10");
    for (String query : List.of("sum_over_time(h[5s])", "sum(h)", "h * 2")) {
      assertThatThrownBy(() -> engine.queryRange(query, 0, 60_000, 1_000, request()))
          .as(query)
          .hasMessageContaining("too many samples");
    }
    // Sums of many series are in memory once, not once per series.
    assertThat(ask(engine, "sum(h or on () h)", 9)).hasSize(1);
  }

  @Test
  void roundsNothingOnTheWay() {
    FloatHistogram histogram = HistogramLiteral.parse("h:s=8:c=0.1:sum=-0.0:z=1e-300@1e-128");
    write(0, new String(HistogramCodec.encode(histogram), StandardCharsets.US_ASCII));
    List<FloatHistogram> found = new ArrayList<>();
    try (PromResult result = engine(1_000).query("h", 0, request())) {
      result.visit((labels, samples) -> found.add(samples.histogram(0)));
    }
    assertThat(found).containsExactly(histogram);
  }
}
