package io.varve.server.warmup;

import io.varve.server.remote.WriteRequestWriter;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What agents and dashboards send, round by round: every round writes points that go on where the
 * last ones ended, and asks for the newest, and for some before. One thread.
 */
final class Traffic implements AutoCloseable {
  private static final String DATABASE = "warm";

  /** The time that the points of one round span. */
  private static final long SPAN_NANOS = 500_000_000_000L;

  /** How often, in that time, something is scraped. */
  private static final int SAMPLES = 2;

  private static final int SCRAPED_SERIES = 200;

  /**
   * Bodies that say the same in a round. Not one large body: what is compiled with only one kind of
   * lines known is compiled again when the next kind comes.
   */
  private static final int PARTS = 5;

  private static final long PART_NANOS = SPAN_NANOS / PARTS;

  /** Bodies of a few lines in a part: with them, what is done per request becomes compiled. */
  private static final int SMALL_BODIES = 20;

  /** After so many rounds comes a new connection, of which the server knows no keys. */
  private static final int ROUNDS_PER_CONNECTION = 3;

  private static final String TEXT = "text/plain";
  private static final String PROTOBUF = "application/x-protobuf";
  private static final int TIMEOUT_MILLIS = 10_000;

  private static final long HOUR_NANOS = 3_600_000_000_000L;

  /** So far back chunks are asked for, and no rows of the head. */
  private static final long PAST_HOURS = 6;

  /** The longest range that is asked for. */
  private static final long LONG_HOURS = 12;

  private static final String FIVE_MAXIMA =
      "max(usage_0), max(usage_1), max(usage_2), max(usage_3), max(usage_4)";

  private static final String EIGHT_HOSTS =
      "(hostname = 'host_1' OR hostname = 'host_4' OR hostname = 'host_9' OR hostname = 'host_12'"
          + " OR hostname = 'host_17' OR hostname = 'host_20' OR hostname = 'host_31'"
          + " OR hostname = 'host_38')";

  /** How often brief questions are asked before there is another look whether to stop. */
  private static final int TIMES_IN_A_ROW = 4;

  /** So far back brief questions go second by second: a text that came before is not parsed. */
  private static final int MAX_SECONDS_BACK = 1000;

  /**
   * What panels of one host ask. First comes the newest hour, which is in the head for the most
   * part, then an hour in chunks, then a range over both.
   */
  private static final List<String> BRIEF =
      List.of(
          "SELECT max(usage_0) FROM cpu WHERE (hostname = 'host_7') AND %1$s GROUP BY time(1m)",
          "SELECT max(usage_0) FROM cpu WHERE (hostname = 'host_8') AND %3$s GROUP BY time(1m)",
          "SELECT max(usage_0) FROM cpu WHERE " + EIGHT_HOSTS + " AND %2$s GROUP BY time(1m)",
          "SELECT "
              + FIVE_MAXIMA
              + " FROM cpu WHERE (hostname = 'host_9') AND %2$s"
              + " GROUP BY time(1m)",
          "SELECT max(*) FROM cpu WHERE " + EIGHT_HOSTS + " AND %3$s GROUP BY time(1h)",
          "SELECT * FROM cpu WHERE usage_0 > 90.0 AND (hostname = 'host_3') AND %3$s");

  /** What else dashboards ask. */
  private static final List<String> INFLUX_QL =
      List.of(
          "SELECT "
              + FIVE_MAXIMA
              + " FROM cpu WHERE hostname =~ /^host_[1-4]$/ AND %1$s"
              + " GROUP BY time(1m), hostname",
          "SELECT mean(usage_0) FROM cpu WHERE %3$s GROUP BY time(1h), hostname",
          "SELECT mean(*) FROM cpu WHERE %2$s GROUP BY time(10m), hostname",
          "SELECT * FROM cpu WHERE usage_0 > 90.0 AND %2$s",
          "SELECT * FROM cpu GROUP BY hostname ORDER BY time DESC LIMIT 1",
          "SELECT max(usage_0) FROM cpu WHERE %3$s GROUP BY time(1m) ORDER BY time DESC LIMIT 5",
          "SELECT last(*) FROM cpu WHERE %1$s GROUP BY hostname",
          "SELECT non_negative_derivative(mean(value), 1s) FROM metric_1 WHERE %1$s"
              + " GROUP BY time(1m), mode fill(none)",
          "SELECT percentile(seconds, 95), count(ok), sum(bytes) FROM requests WHERE %1$s"
              + " GROUP BY time(5m) fill(0)",
          "SELECT seconds, said FROM requests WHERE %1$s LIMIT 100",
          "SHOW TAG VALUES FROM cpu WITH KEY = \"hostname\" WHERE %1$s",
          "SHOW MEASUREMENTS",
          "SHOW FIELD KEYS FROM cpu");

  private static final List<String> BRIEF_PROM_QL =
      List.of(
          "max(max_over_time(cpu_usage_0{hostname=\"host_7\"}[1m]))",
          "max(max_over_time(cpu_usage_1{hostname=~\"host_1|host_4|host_9\"}[1m]))"
              + " or max by (hostname) (cpu_usage_2{hostname=\"host_12\"})");

  private static final List<String> PROM_QL =
      List.of(
          "sum by (instance) (rate(metric_0{job=\"node\"}[5m]))",
          "metric_2 / on (instance, mode) metric_1",
          "avg by (hostname) (avg_over_time(cpu_usage_0[1h]))",
          "sum by (mode) (increase(scraped_1[10m]))",
          "{__name__=~\"cpu_usage_[0-4]\"} and on (hostname) (cpu_usage_0 > 90)",
          "topk(3, cpu_usage_3 > 50)");

  private final URI server;
  private final MadeUpPoints cpu = MadeUpPoints.cpu();
  private final MadeUpPoints metrics = MadeUpPoints.metrics();
  private final MadeUpPoints application = MadeUpPoints.application();
  private final WriteRequestWriter scraped = new WriteRequestWriter();
  private final long firstNanos;
  private long nextNanos;
  private int rounds;
  private int briefRounds;
  private Link link;

  /** Connects to a server, for points from this time on. */
  Traffic(URI server, long fromNanos) throws IOException {
    this.server = server;
    link = new Link(server, TIMEOUT_MILLIS);
    firstNanos = fromNanos;
    nextNanos = fromNanos;
  }

  void createDatabase() throws IOException {
    link.post("/query?q=" + encode("CREATE DATABASE " + DATABASE), TEXT, new byte[0]);
  }

  /** Sends all that there is to send this often, with times that go on. */
  void write(int times) throws IOException {
    for (int time = 0; time < times; time++) {
      if (++rounds % ROUNDS_PER_CONNECTION == 0) {
        link.close();
        link = new Link(server, TIMEOUT_MILLIS);
      }
      for (int part = 0; part < PARTS; part++) {
        long fromNanos = nextNanos + part * PART_NANOS;
        post(cpu, fromNanos, PART_NANOS);
        for (int small = 0; small < SMALL_BODIES; small++) {
          long span = PART_NANOS / SMALL_BODIES;
          post(application, fromNanos + small * span, span);
        }
        if (part == 0) {
          post(metrics, nextNanos, SPAN_NANOS);
        }
      }
      for (int sample = 0; sample < SAMPLES; sample++) {
        long nanos = nextNanos + sample * (SPAN_NANOS / SAMPLES);
        byte[] body = scrape(TimeUnit.NANOSECONDS.toMillis(nanos));
        link.post("/api/v1/write?db=" + DATABASE, PROTOBUF, body);
      }
      nextNanos += SPAN_NANOS;
    }
  }

  private void post(MadeUpPoints points, long fromNanos, long spanNanos) throws IOException {
    points.moveTo(fromNanos, spanNanos / points.rowCount());
    link.post("/write?db=" + DATABASE, TEXT, points.body());
  }

  /** What Prometheus sends on after a scrape. */
  private byte[] scrape(long timeMillis) {
    for (int series = 0; series < SCRAPED_SERIES; series++) {
      List<String> labels =
          List.of(
              "__name__", "scraped_" + series % 20,
              "instance", "i" + series % 5 + ":9100",
              "job", "node",
              "mode", "m" + series / 20);
      scraped.add(labels, series % 3 == 0 ? timeMillis / 1e3 : series * 0.25, timeMillis);
    }
    return scraped.finish();
  }

  /** Asks each question once. */
  void ask() throws IOException {
    for (String question : questions()) {
      link.get(question);
    }
  }

  /** Asks the brief ones, some times in a row, about another time each time. */
  void askBriefly() throws IOException {
    for (int time = 0; time < TIMES_IN_A_ROW; time++) {
      long secondsBack = briefRounds++ % MAX_SECONDS_BACK;
      for (String target : briefTargets(nextNanos - TimeUnit.SECONDS.toNanos(secondsBack))) {
        link.get(target);
      }
    }
  }

  private List<String> briefTargets(long endNanos) {
    List<String> targets = targets(BRIEF, endNanos);
    targets.addAll(promTargets(BRIEF_PROM_QL, endNanos));
    return targets;
  }

  /** What is asked about the points so far, as targets of requests. */
  List<String> questions() {
    List<String> targets = briefTargets(nextNanos);
    targets.addAll(targets(INFLUX_QL, nextNanos));
    targets.addAll(promTargets(PROM_QL, nextNanos));
    return targets;
  }

  private List<String> targets(List<String> statements, long endNanos) {
    long pastNanos = hoursBefore(endNanos, PAST_HOURS);
    String newest = millis(endNanos - HOUR_NANOS, endNanos);
    String past = dates(pastNanos, pastNanos + HOUR_NANOS);
    String all = dates(hoursBefore(endNanos, LONG_HOURS), endNanos);
    List<String> targets = new ArrayList<>();
    for (String statement : statements) {
      String text = encode(statement.formatted(newest, past, all));
      targets.add("/query?db=" + DATABASE + "&epoch=ms&q=" + text);
    }
    return targets;
  }

  private List<String> promTargets(List<String> expressions, long endNanos) {
    long endSeconds = TimeUnit.NANOSECONDS.toSeconds(endNanos);
    long startSeconds = TimeUnit.NANOSECONDS.toSeconds(endNanos - HOUR_NANOS);
    String steps = "&start=" + startSeconds + "&end=" + endSeconds + "&step=60";
    List<String> targets = new ArrayList<>();
    for (String expression : expressions) {
      String asked = "?db=" + DATABASE + "&query=" + encode(expression);
      targets.add("/api/v1/query_range" + asked + steps);
      targets.add("/api/v1/query" + asked + "&time=" + endSeconds);
    }
    return targets;
  }

  private long hoursBefore(long endNanos, long hours) {
    return Math.max(firstNanos, endNanos - hours * HOUR_NANOS);
  }

  /** Times as Grafana writes them. */
  private static String millis(long startNanos, long endNanos) {
    long startMillis = TimeUnit.NANOSECONDS.toMillis(startNanos);
    long endMillis = TimeUnit.NANOSECONDS.toMillis(endNanos);
    return "time >= " + startMillis + "ms AND time < " + endMillis + "ms";
  }

  /** Times as people write them. */
  private static String dates(long startNanos, long endNanos) {
    return "time >= '" + date(startNanos) + "' AND time < '" + date(endNanos) + "'";
  }

  private static Instant date(long nanos) {
    return Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(nanos));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    link.close();
  }
}
