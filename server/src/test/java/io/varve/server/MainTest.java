package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.prometheus.PromSettings;
import io.varve.server.http.HttpOptions;
import io.varve.server.socket.TcpDoor;
import io.varve.server.socket.UdpDoor;
import io.varve.storage.Database;
import io.varve.storage.Durability;
import io.varve.storage.Varve;
import io.varve.storage.VarveOptions;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.io.File;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  private static final Pattern SERVING = Pattern.compile("serving .* at (http://\\S+)");

  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = Main.commandLine(arguments);
    command.setErr(new PrintWriter(errors));
    return command.execute(arguments);
  }

  @Test
  void saysSoIfThePortIsTaken(@TempDir Path directory) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(run("server", "--data", directory.toString(), "--port", port)).isEqualTo(1);
      assertThat(errors.toString().lines())
          .containsExactly(
              "varve: cannot listen on 127.0.0.1:" + port + ": Address already in use");
    }
  }

  @Test
  void saysSoIfTheDirectoryIsInUse(@TempDir Path directory) throws Exception {
    HttpOptions anyPort = HttpOptions.defaults().withAddress("127.0.0.1", 0);
    try (RunningServer first = RunningServer.open(directory, anyPort)) {
      assertThat(first.http().port()).isPositive();
      assertThat(run("server", "--data", directory.toString(), "--port", "0")).isEqualTo(1);
      assertThat(errors.toString().lines()).hasSize(1);
      assertThat(errors.toString()).startsWith("varve: ").contains("in use");
    }
  }

  @Test
  void opensNoDoorThatAsksNobodyBesideAuthenticationByMistake(@TempDir Path directory) {
    String data = directory.toString();
    for (String door : List.of("--udp-port", "--tcp-port")) {
      assertThat(run("server", "--data", data, "--port", "0", "--auth", door, "0")).isEqualTo(1);
    }
    assertThat(errors.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.contains("--unauthenticated-sockets"));
  }

  @Test
  void salvagesWhatCanBeReadOfADamagedStore(@TempDir Path directory) throws Exception {
    Path damaged = directory.resolve("store");
    try (Varve store = Varve.open(damaged)) {
      Database database = store.createDatabase("db", RetentionPolicy.of("autogen", 0));
      SplittableRandom random = new SplittableRandom(3);
      for (int series = 0; series < 100; series++) {
        PointBatch batch = new PointBatch();
        for (int row = 0; row < 1024; row++) {
          batch.beginRow(SeriesKey.of("m", Map.of("s", Integer.toString(series))));
          batch.add("v", random.nextDouble());
          batch.endRow(row * 1_000_000_000L);
        }
        database.write(null, batch).join();
      }
      store.checkpoint();
    }
    Path table;
    try (Stream<Path> files = Files.list(damaged)) {
      table =
          files
              .filter(file -> file.toString().endsWith(".sst"))
              .max(Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
    }
    byte[] content = Files.readAllBytes(table);
    content[content.length / 2] ^= 1;
    Files.write(table, content);

    StringWriter said = new StringWriter();
    CommandLine command = Main.commandLine().setOut(new PrintWriter(said));
    assertThat(command.execute("salvage", "--data", damaged.toString())).isZero();
    Path copy = directory.resolve("store-salvaged");
    assertThat(said.toString())
        .contains("copied to " + copy + " what can be read; 1 times something could not");
    HttpOptions anyPort = HttpOptions.defaults().withAddress("127.0.0.1", 0);
    try (RunningServer server = RunningServer.open(copy, anyPort)) {
      String counted = get(server.uri() + "/query?db=db&q=SELECT+count(v)+FROM+m");
      Matcher count = Pattern.compile("Z\",(\\d+)\\]").matcher(counted);
      assertThat(count.find()).as(counted).isTrue();
      assertThat(Integer.parseInt(count.group(1))).isBetween(80 * 1024, 100 * 1024 - 1);
    }
    assertThat(run("salvage", "--data", damaged.toString())).isEqualTo(1);
    assertThat(errors.toString()).contains("exists already");
    assertThat(run("salvage", "--data", directory.resolve("none").toString())).isEqualTo(1);
  }

  private static String get(String uri) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(uri)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  @Test
  void refusesOptionsItCannotUse() {
    assertThat(run("server", "--tcp-precision", "fortnight")).isEqualTo(2);
    assertThat(errors.toString()).contains("--tcp-precision").contains("must be ns, us, ms");
    assertThat(run("server", "--udp-batch-size", "0")).isEqualTo(2);
    assertThat(errors.toString()).contains("--udp-batch-size").contains("must be above 0");
    assertThat(run("server", "--prometheus-lookback", "soon")).isEqualTo(2);
    assertThat(errors.toString()).contains("--prometheus-lookback").contains("like 90s or 5m");
    assertThat(run("server", "--prometheus-timeout", "0s")).isEqualTo(2);
    assertThat(errors.toString()).contains("--prometheus-timeout").contains("must be above 0: 0s");
  }

  @Test
  void readsHowPromQlSeesTheStore() {
    PromOptions options = new PromOptions();
    new CommandLine(options).parseArgs();
    assertThat(options.settings()).isEqualTo(PromSettings.defaults());
    new CommandLine(options)
        .parseArgs(
            "--prometheus-database=metrics",
            "--prometheus-lookback=90s",
            "--prometheus-timeout=1h30m",
            "--prometheus-subquery-step=15s",
            "--prometheus-max-samples=1000",
            "--prometheus-experimental");
    assertThat(options.settings())
        .isEqualTo(new PromSettings("metrics", 90_000, 5_400_000, 15_000, 1_000, 11_000, true));
  }

  @Test
  void readsHowTheStoreIsOpenedAndWhatQueriesMayTake() {
    StoreSettings store = new StoreSettings();
    new CommandLine(store)
        .parseArgs(
            "--memory-mib=64",
            "--max-values-per-tag=7",
            "--durability=250",
            "--compaction-grace-minutes=5");
    assertThat(store.options())
        .isEqualTo(
            VarveOptions.defaults()
                .withMemoryBudgetBytes(64 << 20)
                .withLimits(VarveOptions.defaults().maxSeriesPerDatabase(), 7)
                .withDurability(Durability.interval(Duration.ofMillis(250)))
                .withCompactionGrace(Duration.ofMinutes(5)));
    QuerySettings queries = new QuerySettings();
    new CommandLine(queries)
        .parseArgs("--query-workers=3", "--max-select-point=9", "--query-timeout=1.5");
    assertThat(queries.limits().maxSelectPoints()).isEqualTo(9);
    assertThat(queries.running().timeoutNanos()).isEqualTo(1_500_000_000L);
    assertThat(queries.resources().workers()).isEqualTo(3);
    assertThat(run("server", "--durability", "sometimes")).isEqualTo(2);
    assertThat(errors.toString()).contains("must be always, none or milliseconds");
  }

  @Test
  void opensTheDoorsThatAreAskedFor(@TempDir Path directory) throws Exception {
    ServerOptions options = new ServerOptions();
    new CommandLine(options)
        .parseArgs(
            "--port=0", "--tcp-port=0", "--tcp-precision=s", "--udp-port=0", "--udp-batch-size=1");
    try (RunningServer server =
        RunningServer.open(
            directory,
            new ServerSettings(
                new StoreSettings(),
                options.doors(),
                new QuerySettings(),
                new PromOptions().settings(),
                AccessOptions.open()))) {
      TcpDoor tcp = Objects.requireNonNull(server.tcp());
      UdpDoor udp = Objects.requireNonNull(server.udp());
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcp.port());
          DatagramSocket packets = new DatagramSocket()) {
        socket.getOutputStream().write("m v=1 1\n".getBytes(StandardCharsets.UTF_8));
        byte[] line = "m v=2 2".getBytes(StandardCharsets.UTF_8);
        packets.send(
            new DatagramPacket(line, line.length, InetAddress.getLoopbackAddress(), udp.port()));
        awaitBody(server.uri() + "/query?db=tcp&epoch=ns&q=SELECT+v+FROM+m", "[[1000000000,1]]");
        awaitBody(server.uri() + "/query?db=udp&epoch=ns&q=SELECT+v+FROM+m", "[[2,2]]");
      }
    }
    try (RunningServer plain =
        RunningServer.open(directory, HttpOptions.defaults().withAddress("127.0.0.1", 0))) {
      assertThat(plain.tcp()).isNull();
      assertThat(plain.udp()).isNull();
    }
  }

  private static void awaitBody(String url, String wanted) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    String body;
    do {
      body = post(client, url, "").body();
    } while (!body.contains(wanted) && System.nanoTime() - deadline < 0);
    assertThat(body).contains(wanted);
  }

  @Test
  void keepsWhatItAcknowledgedThroughStopAndKill(@TempDir Path directory) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    Process first = start(directory);
    String url = awaitUrl(first);
    post(client, url + "/query?q=CREATE+DATABASE+d", "");
    assertThat(post(client, url + "/write?db=d", "m v=1i 1").statusCode()).isEqualTo(204);
    first.toHandle().destroy();
    assertThat(first.waitFor(20, TimeUnit.SECONDS)).isTrue();

    Process second = start(directory);
    url = awaitUrl(second);
    assertThat(post(client, url + "/write?db=d", "m v=2i 2").statusCode()).isEqualTo(204);
    second.toHandle().destroyForcibly();
    assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();

    Process third = start(directory);
    try {
      url = awaitUrl(third);
      assertThat(post(client, url + "/query?db=d&epoch=ns&q=SELECT+v+FROM+m", "").body())
          .contains("\"values\":[[1,1],[2,2]]");
    } finally {
      third.destroyForcibly();
    }
  }

  @Test
  void servesWhereNettysNativeCodeDoesNotLoad(@TempDir Path directory) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    Process process = start(directory, "-Dio.netty.transport.noNative=true");
    try {
      StringBuilder said = new StringBuilder();
      String url = awaitUrl(process, said);
      assertThat(said).contains("without epoll");
      post(client, url + "/query?q=CREATE+DATABASE+d", "");
      assertThat(post(client, url + "/write?db=d", "m v=1i 1").statusCode()).isEqualTo(204);
      assertThat(post(client, url + "/query?db=d&epoch=ns&q=SELECT+v+FROM+m", "").body())
          .contains("[[1,1]]");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(Path directory) throws Exception {
    return start(directory, "-Xmx256m");
  }

  private static Process start(Path directory, String jvmOption) throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                jvmOption,
                "-cp",
                System.getProperty("java.class.path").replace(':', File.pathSeparatorChar),
                "io.varve.server.Main",
                "server",
                "--data",
                directory.toString(),
                "--port",
                "0"))
        .redirectErrorStream(true)
        .start();
  }

  private static String awaitUrl(Process process) throws Exception {
    return awaitUrl(process, new StringBuilder());
  }

  private static String awaitUrl(Process process, StringBuilder seen) throws Exception {
    InputStream output = process.getInputStream();
    for (int b = output.read(); b >= 0; b = output.read()) {
      seen.append((char) b);
      Matcher serving = SERVING.matcher(seen);
      if (b == '\n' && serving.find()) {
        return serving.group(1);
      }
    }
    throw new AssertionError("the server did not start: " + seen);
  }

  private static HttpResponse<String> post(HttpClient client, String url, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build(),
        BodyHandlers.ofString());
  }
}
