package io.varve.bench.peer;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the servers on this machine: Varve on the class path of this program, others as Debian's
 * packages install them or below a directory of programs, QuestDB's jar in that directory.
 */
public final class PeerCatalogue {
  /** All there is, Varve first. */
  public static final List<String> NAMES =
      List.of("varve", "influxdb", "victoria-metrics", "prometheus", "questdb");

  /** Ports used, from the first on. */
  public static final int PORTS = 10;

  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?");
  private static final String DATABASE = "bench";

  private final Path programs;
  private final int firstPort;
  private final boolean cold;

  /**
   * A server, or why there is none.
   *
   * @param missing empty if it was found
   */
  public record Candidate(String name, @Nullable Peer peer, String missing) {}

  /**
   * Creates a catalogue.
   *
   * @param programs a directory that may hold {@code questdb-*.jar} and {@code root/usr/bin}
   * @param firstPort of {@link #PORTS} on loopback
   * @param cold whether servers do nothing of their own accord after a start
   */
  public PeerCatalogue(Path programs, int firstPort, boolean cold) {
    this.programs = programs;
    this.firstPort = firstPort;
    this.cold = cold;
  }

  /** Looks for a server. */
  public Candidate find(String name) throws IOException {
    return switch (name) {
      case "varve" -> new Candidate(name, varve(), "");
      case "influxdb" -> ofProgram(name, "influxd", List.of("version"));
      case "victoria-metrics" -> ofProgram(name, name, List.of("-version"));
      case "prometheus" -> ofProgram(name, name, List.of("--version"));
      case "questdb" -> questDb();
      default -> throw new IllegalArgumentException("no server is called " + name);
    };
  }

  /** How to talk to a server that someone else has started. */
  public static Peer running(String name, int httpPort, int tcpPort) {
    PeerCatalogue catalogue = new PeerCatalogue(Path.of(""), httpPort, true);
    Path program = Path.of(name);
    Peer peer =
        switch (name) {
          case "varve" -> catalogue.varve();
          case "influxdb" -> catalogue.influxDb(program, "");
          case "victoria-metrics" -> catalogue.victoriaMetrics(program, "");
          case "prometheus" -> catalogue.prometheus(program, "");
          case "questdb" -> catalogue.questDb(program, "");
          default -> throw new IllegalArgumentException("no server is called " + name);
        };
    return peer.at(httpPort, tcpPort);
  }

  private Candidate ofProgram(String name, String program, List<String> versionArguments)
      throws IOException {
    Path path = findProgram(program);
    if (path == null) {
      return new Candidate(name, null, "there is no program " + program);
    }
    String told = version(path, versionArguments);
    // Some of Debian's builds do not know their version; the package does.
    Path packages = Path.of("/usr/bin/dpkg-query");
    String packaged =
        told.isEmpty() && Files.isExecutable(packages)
            ? version(packages, List.of("-W", "-f", "${Version}", name))
            : told;
    String version = packaged.isEmpty() ? "version unknown" : packaged;
    Peer peer =
        switch (name) {
          case "influxdb" -> influxDb(path, version);
          case "victoria-metrics" -> victoriaMetrics(path, version);
          default -> prometheus(path, version);
        };
    return new Candidate(name, peer, "");
  }

  private @Nullable Path findProgram(String program) {
    List<Path> places = new ArrayList<>(List.of(programs.resolve("root/usr/bin")));
    for (String place : System.getenv("PATH").split(File.pathSeparator, -1)) {
      places.add(Path.of(place));
    }
    return places.stream()
        .map(place -> place.resolve(program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private static String version(Path program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream out = process.getInputStream()) {
      Matcher matcher = VERSION.matcher(new String(out.readNBytes(10_000), StandardCharsets.UTF_8));
      return matcher.find() ? matcher.group() : "";
    } finally {
      if (!stopped(process)) {
        process.destroyForcibly();
      }
    }
  }

  private static boolean stopped(Process process) {
    try {
      return process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<String> java(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** By the script that users start it by, else from the class path of this program. */
  private static List<String> varveServer() {
    String script = System.getProperty("varve.script");
    return script == null
        ? java("-cp", System.getProperty("java.class.path"), "io.varve.server.Main", "server")
        : List.of(script, "server");
  }

  private Peer varve() {
    List<String> command = new ArrayList<>(varveServer());
    int port = firstPort;
    int tcpPort = firstPort + 1;
    command.addAll(List.of("--data", "{data}", "--port", String.valueOf(port)));
    command.addAll(List.of("--tcp-port", String.valueOf(tcpPort), "--tcp-database", DATABASE));
    if (cold) {
      command.add("--no-warm-up");
    }
    return new Peer(
        "varve",
        "this build, Java " + Runtime.version().feature(),
        "on disk: fsync before the answer",
        command,
        Map.of("JAVA_HOME", System.getProperty("java.home")),
        Map.of(),
        port,
        tcpPort,
        "/health",
        List.of("/query?q=CREATE+DATABASE+" + DATABASE),
        "/write?db=" + DATABASE,
        BodyFormat.LINES,
        List.of(new InfluxQl(), new PromQl("PromQL", "", false)),
        5,
        0.03,
        false);
  }

  private Peer influxDb(Path program, String version) {
    int port = firstPort + 2;
    int backupPort = firstPort + 3;
    String configuration =
        """
        reporting-disabled = true
        bind-address = "127.0.0.1:%d"
        [meta]
        dir = "{data}/meta"
        [data]
        dir = "{data}/data"
        wal-dir = "{data}/wal"
        query-log-enabled = false
        # Soon, so that bytes on disk are those after compaction.
        cache-snapshot-write-cold-duration = "5s"
        compact-full-write-cold-duration = "10s"
        [monitor]
        store-enabled = false
        [continuous_queries]
        enabled = false
        [http]
        bind-address = "127.0.0.1:%d"
        log-enabled = false
        """
            .formatted(backupPort, port);
    return new Peer(
        "influxdb",
        version,
        "on disk: fsync before the answer",
        List.of(program.toString(), "-config", "{work}/influxdb.conf"),
        Map.of(),
        Map.of("influxdb.conf", configuration),
        port,
        0,
        "/ping",
        List.of("/query?q=CREATE+DATABASE+" + DATABASE),
        "/write?db=" + DATABASE,
        BodyFormat.LINES,
        List.of(new InfluxQl()),
        18,
        0.03,
        false);
  }

  private Peer victoriaMetrics(Path program, String version) {
    int port = firstPort + 4;
    int tcpPort = firstPort + 5;
    return new Peer(
        "victoria-metrics",
        version,
        "in memory: no log, on disk some seconds later",
        List.of(
            program.toString(),
            "-storageDataPath={data}",
            "-retentionPeriod=100y",
            "-influxSkipSingleField",
            "-influxListenAddr=127.0.0.1:" + tcpPort,
            "-httpListenAddr=127.0.0.1:" + port),
        Map.of(),
        Map.of(),
        port,
        tcpPort,
        "/health",
        List.of(),
        "/write",
        BodyFormat.LINES,
        // Without the cache of answers, which rounds times too.
        List.of(new PromQl("MetricsQL", "&nocache=1", true)),
        8,
        0.03,
        false);
  }

  private Peer prometheus(Path program, String version) {
    int port = firstPort + 6;
    return new Peer(
        "prometheus",
        version,
        "in the log, not fsynced",
        List.of(
            program.toString(),
            "--config.file={work}/prometheus.yml",
            "--storage.tsdb.path={data}",
            "--storage.tsdb.retention.time=100y",
            "--web.enable-remote-write-receiver",
            "--web.listen-address=127.0.0.1:" + port,
            "--log.level=warn"),
        Map.of(),
        Map.of("prometheus.yml", "global:\n  scrape_interval: 1h\n"),
        port,
        0,
        "/-/ready",
        List.of(),
        "/api/v1/write",
        BodyFormat.REMOTE_WRITE,
        List.of(new PromQl("PromQL", "", false)),
        8,
        0.03,
        true);
  }

  private Candidate questDb() throws IOException {
    Path jar = null;
    if (Files.isDirectory(programs)) {
      try (Stream<Path> files = Files.list(programs)) {
        jar =
            files
                .filter(file -> file.getFileName().toString().matches("questdb-[0-9.]+\\.jar"))
                .findFirst()
                .orElse(null);
      }
    }
    if (jar == null) {
      return new Candidate("questdb", null, "there is no questdb-*.jar in " + programs);
    }
    String version = jar.getFileName().toString().replaceAll("questdb-|\\.jar", "");
    return new Candidate("questdb", questDb(jar, version), "");
  }

  private Peer questDb(Path jar, String version) {
    int port = firstPort + 7;
    int healthPort = firstPort + 8;
    int tcpPort = firstPort + 9;
    return new Peer(
        "questdb",
        version + ", Java " + Runtime.version().feature(),
        "in the log, not fsynced",
        java(
            "-XX:+UseParallelGC",
            "-p",
            jar.toString(),
            "-m",
            "io.questdb/io.questdb.ServerMain",
            "-d",
            "{data}"),
        Map.of(
            "QDB_HTTP_BIND_TO", "127.0.0.1:" + port,
            "QDB_HTTP_MIN_NET_BIND_TO", "127.0.0.1:" + healthPort,
            "QDB_LINE_TCP_NET_BIND_TO", "127.0.0.1:" + tcpPort,
            "QDB_LINE_UDP_ENABLED", "false",
            "QDB_PG_ENABLED", "false",
            "QDB_TELEMETRY_ENABLED", "false",
            "QDB_QUERY_TRACING_ENABLED", "false"),
        Map.of(),
        port,
        tcpPort,
        "/exec?query=select%201",
        List.of(),
        "/write",
        BodyFormat.LINES,
        List.of(new QuestSql()),
        8,
        0.15,
        false);
  }
}
