package io.varve.query.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.QueryException;
import io.varve.query.QueryResources;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.query.promql.histogram.RandomHistograms;
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
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expressions over series that mix floats and all kinds of histograms have answers or errors. */
class NativeHistogramFuzzTest {
  private static final long SEED = Long.getLong("varve.seed", System.nanoTime());
  private static final int QUERIES = 1_500;
  private static final List<String> AROUND =
      List.of(
          "%s",
          "histogram_count(%s)",
          "histogram_stddev(%s)",
          "histogram_quantile(0.3, %s)",
          "histogram_fraction(-1, 2, %s)",
          "(%s) </ 1.5",
          "(%s) >/ -0.25",
          "count_values(\"v\", %s)",
          "sum_over_time((%s)[2m:30s])",
          "resets((%s)[2m:30s])",
          "increase((%s)[3m:30s])");

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void answersOrRefusesEveryExpression(@TempDir Path directory) {
    QueryResources resources = new QueryResources(3, Long.MAX_VALUE, 1);
    PromSettings settings =
        new PromSettings("prometheus", 300_000, 60_000, 60_000, 50_000_000, 11_000, true);
    int answered = 0;
    try (Varve store =
        Varve.open(
            directory,
            VarveOptions.defaults()
                .withDurability(Durability.NONE)
                .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)))) {
      fill(store.createDatabase("prometheus", RetentionPolicy.of("autogen", 0)));
      PromEngine engine = new PromEngine(store, settings, resources);
      RandomQueries queries = new RandomQueries(random.split());
      for (int i = 0; i < QUERIES; i++) {
        String query = String.format(AROUND.get(random.nextInt(AROUND.size())), queries.query());
        try (PromResult result =
            engine.queryRange(query, 0, 600_000, random.nextInt(20, 90) * 1000L, request())) {
          result.visit((labels, samples) -> assertThat(samples.count()).isPositive());
          answered++;
        } catch (QueryException e) {
          assertThat(e.getMessage()).as(query).isNotEmpty();
        } catch (RuntimeException e) {
          throw new AssertionError("seed " + SEED + ": " + query, e);
        }
      }
    }
    assertThat(answered).isGreaterThan(QUERIES / 2);
    assertThat(resources.usedBytes()).isZero();
  }

  private static PromRequest request() {
    return new PromRequest(
        null, null, name -> true, 300_000, 0, () -> false, System.nanoTime() + 60_000_000_000L);
  }

  /** Each series has samples of its own kinds. */
  private void fill(Database database) {
    RandomHistograms histograms = new RandomHistograms(random);
    PointBatch batch = new PointBatch();
    for (int series = 0; series < 24; series++) {
      SeriesKey key =
          SeriesKey.of(
              "m_f" + series % 3,
              Map.of("a", "" + series % 4, "b", series % 2 == 0 ? "x" : "y", "c", "" + series));
      int kinds = random.nextInt(1, 4);
      for (int second = 0; second < 600; second += random.nextInt(5, 60)) {
        batch.beginRow(key);
        switch (random.nextInt(kinds)) {
          case 0 -> add(histograms.exponential(random.nextInt(-2, 4)), batch);
          case 1 -> batch.add(MetricNames.VALUE_FIELD, (double) random.nextInt(50));
          default -> add(histograms.next(), batch);
        }
        batch.endRow(second * 1_000_000_000L);
      }
    }
    SeriesText.write(database, batch);
  }

  private static void add(FloatHistogram histogram, PointBatch batch) {
    byte[] text = HistogramCodec.encode(histogram);
    batch.add(HistogramCodec.FIELD, new String(text, StandardCharsets.US_ASCII));
  }
}
