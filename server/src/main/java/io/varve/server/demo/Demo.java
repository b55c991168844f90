package io.varve.server.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts a sample of this machine every second and, once there are a few, shows one live answer.
 *
 * <p>Speaks plain HTTP to the server, by the JDK's oldest client because it starts fastest. Closed
 * by whoever started it.
 */
public final class Demo implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);

  private static final String DATABASE = "demo";
  private static final int SAMPLES_BEFORE_ANSWER = 4;
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final String QUERY =
      "SELECT mean(usage_user) AS \"user\", mean(usage_system) AS \"system\","
          + " mean(usage_idle) AS \"idle\" FROM cpu WHERE time > now() - 1m GROUP BY cpu";

  private final URI server;
  private final PrintWriter out;
  private final MachineSampler sampler = new MachineSampler();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "demo");
            thread.setDaemon(true);
            return thread;
          });
  private int samples;
  private boolean shown;

  private Demo(URI server, PrintWriter out) {
    this.server = server;
    this.out = out;
  }

  /**
   * Creates the database {@code demo} and starts feeding it.
   *
   * @throws IOException if the server does not answer
   */
  public static Demo start(URI server, PrintWriter out) throws IOException {
    Demo demo = new Demo(server, out);
    demo.send("POST", "/query?q=" + encode("CREATE DATABASE " + DATABASE), "", "application/json");
    demo.timer.scheduleAtFixedRate(demo::tick, 0, 1, TimeUnit.SECONDS);
    return demo;
  }

  private void tick() {
    try {
      String lines = sampler.sample(System.currentTimeMillis());
      send("POST", "/write?db=" + DATABASE + "&precision=ms", lines, "*/*");
      samples++;
      if (!shown && samples >= SAMPLES_BEFORE_ANSWER) {
        show();
        shown = true;
      }
    } catch (IOException e) {
      LOG.warn("the server did not take part: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("the demo stops sampling", e);
      throw e;
    }
  }

  private void show() throws IOException {
    String path = "/query?db=" + DATABASE + "&epoch=ms&q=" + encode(QUERY);
    String csv = send("GET", path, "", "application/csv");
    out.println();
    out.println("Varve records this machine every second into the database '" + DATABASE + "'.");
    out.println("Its processors over the last minute, in percent, asked over HTTP just now:");
    out.println();
    out.println("  " + QUERY);
    out.println();
    out.print(Table.ofCsv(csv));
    out.println();
    out.println("Ask something yourself:");
    out.println();
    out.println("  curl -G '" + server + "/query?db=" + DATABASE + "&pretty=true' \\");
    out.println("    --data-urlencode 'q=SELECT last(heap_used) FROM jvm'");
    out.println();
    out.println("Grafana: add an InfluxDB data source (InfluxQL), URL " + server + ", database");
    out.println("'" + DATABASE + "'. Stop with Ctrl-C; the data stays for the next start.");
    out.flush();
  }

  private String send(String method, String path, String body, String accept) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) server.resolve(path).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setRequestMethod(method);
    connection.setRequestProperty("Accept", accept);
    if (method.equals("POST")) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "text/plain; charset=utf-8");
      try (var sent = connection.getOutputStream()) {
        sent.write(body.getBytes(StandardCharsets.UTF_8));
      }
    }
    int status = connection.getResponseCode();
    if (status >= 400) {
      throw new IOException("HTTP " + status + " " + connection.getHeaderField("X-Influxdb-Error"));
    }
    try (var answer = connection.getInputStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
        timer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lays out simple CSV in columns. */
  static final class Table {
    private Table() {}

    static String ofCsv(String csv) {
      List<String[]> rows = new ArrayList<>();
      csv.lines().filter(line -> !line.isBlank()).forEach(line -> rows.add(line.split(",", -1)));
      StringBuilder text = new StringBuilder();
      for (String[] row : rows) {
        text.append(' ');
        for (int column = 0; column < row.length; column++) {
          text.append(' ').append(pad(row[column], width(rows, column)));
        }
        text.append(System.lineSeparator());
      }
      return text.toString();
    }

    private static int width(List<String[]> rows, int column) {
      int width = 0;
      for (String[] row : rows) {
        width = Math.max(width, column < row.length ? shorten(row[column]).length() : 0);
      }
      return width;
    }

    private static String pad(String cell, int width) {
      String shown = shorten(cell);
      return shown + " ".repeat(width - shown.length());
    }

    /** Cuts a long fraction: nobody reads twelve decimals of a percentage. */
    private static String shorten(String cell) {
      return cell.matches("-?[0-9]+\\.[0-9]{3,}") ? cell.substring(0, cell.indexOf('.') + 3) : cell;
    }
  }
}
