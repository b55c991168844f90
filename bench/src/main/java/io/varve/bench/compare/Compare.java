package io.varve.bench.compare;

import io.varve.bench.compare.Results.Asked;
import io.varve.bench.compare.SvgChart.Group;
import io.varve.bench.compare.SvgChart.Panel;
import io.varve.bench.compare.SvgChart.Series;
import io.varve.bench.peer.BodyFormat;
import io.varve.bench.peer.Directories;
import io.varve.bench.peer.Peer;
import io.varve.bench.peer.PeerCatalogue;
import io.varve.bench.peer.PeerCatalogue.Candidate;
import io.varve.bench.peer.ServerProcess;
import io.varve.bench.tsbs.CpuTable;
import io.varve.bench.tsbs.QueryType;
import io.varve.bench.tsbs.RowSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Gives Varve and other servers the same load and the same queries and writes a table and a picture
 * of what it cost. What is measured and how is in {@code docs/benchmarks.md}.
 */
@Command(
    name = "bench/compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Loads TSBS's data into Varve and its peers, asks them TSBS's queries, compares.")
public final class Compare implements Callable<Integer> {
  @Mixin private final CompareOptions options = new CompareOptions();

  private final PrintStream out;
  private final PrintStream progressOut;
  private final Clock clock;
  private final List<String> missing = new ArrayList<>();
  private final List<ServerProcess> servers = new ArrayList<>();
  private final Results results = new Results();
  private Progress progress;

  /**
   * Creates a comparison.
   *
   * @param out for the table
   * @param progressOut for what is under way
   */
  Compare(PrintStream out, PrintStream progressOut, Clock clock) {
    this.out = out;
    this.progressOut = progressOut;
    this.clock = clock;
    progress = new Progress(progressOut);
  }

  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  /** Runs with options; the exit status. */
  static int run(String[] arguments, PrintStream out, PrintStream progressOut) {
    Compare compare = new Compare(out, progressOut, Clock.systemUTC());
    return CommandRunner.run(compare, arguments, progressOut);
  }

  /** 0 if all of Varve's counts and answers are right, else 1. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    progress = new Progress(progressOut);
    options.check();
    Path work =
        options.work == null
            ? Files.createTempDirectory("varve-compare")
            : Files.createDirectories(options.work);
    if (options.work == null) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> removeWhenInterrupted(work)));
    }
    try {
      findServers(work);
      return compare(work);
    } finally {
      servers.forEach(ServerProcess::close);
      if (options.work == null) {
        Directories.remove(work);
      }
    }
  }

  private void removeWhenInterrupted(Path work) {
    ServerProcess.endAll();
    try {
      Directories.remove(work);
    } catch (IOException e) {
      progress.say("left behind: " + work + " (" + e.getMessage() + ")");
    }
  }

  private void findServers(Path work) throws IOException {
    PeerCatalogue catalogue =
        new PeerCatalogue(options.programs, options.firstPort, options.isCold());
    for (String name : options.servers()) {
      Candidate candidate = catalogue.find(name);
      Peer peer = candidate.peer();
      if (peer == null) {
        progress.say(name + " is missing: " + candidate.missing());
        missing.add(name + " (" + candidate.missing() + ")");
      } else {
        servers.add(new ServerProcess(peer, work.resolve(name)));
      }
    }
  }

  private int compare(Path work) throws IOException, InterruptedException {
    String loadBefore = Machine.load();
    Workload workload = generate(work);
    LoadPhase load = new LoadPhase(workload, options.smoke, options.isCold(), results, progress);
    if (options.tcp()) {
      for (ServerProcess server : List.copyOf(servers)) {
        if (server.peer().tcpPort() != 0) {
          attempt(server, () -> load.overTcp(server));
        }
      }
    }
    for (int round = 0; round < options.rounds(); round++) {
      List<ServerProcess> order = new ArrayList<>(servers);
      Collections.rotate(order, -round);
      for (ServerProcess server : order) {
        if (round == 0 || !server.peer().loadedOnce()) {
          attempt(server, () -> load.overHttp(server));
        }
      }
    }
    for (ServerProcess server : List.copyOf(servers)) {
      attempt(server, () -> load.restart(server));
      if (servers.contains(server)) {
        attempt(server, () -> load.live(server, options.liveRate));
      }
    }
    List<QueryType> types = options.hasQueries() ? options.types() : List.of();
    if (!types.isEmpty()) {
      queries(workload, types);
    }
    report(workload, loadBefore, types);
    boolean complete = servers.stream().anyMatch(server -> server.peer().name().equals("varve"));
    boolean right = results.wrongAnswers().stream().noneMatch(wrong -> wrong.startsWith("varve,"));
    return right && (complete || !options.servers().contains("varve")) ? 0 : 1;
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** A server that fails leaves the comparison, but not the table. */
  private void attempt(ServerProcess server, Step step) throws InterruptedException {
    try {
      step.run();
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      server.close();
      servers.remove(server);
      progress.say(server.peer().name() + " FAILED: " + e.getMessage());
      missing.add(server.peer().name() + " (failed: " + e.getMessage() + ")");
    }
  }

  private Workload generate(Path work) throws IOException {
    RowSource source = options.dataCase.source(options.hosts(), options.seed);
    Set<BodyFormat> formats = EnumSet.noneOf(BodyFormat.class);
    servers.forEach(server -> formats.add(server.peer().format()));
    long mainSteps = (long) (options.hours() * 3600e9 / source.stepNanos());
    long liveValues = options.liveRate * options.liveSeconds();
    long liveSteps = Math.max(1, liveValues / source.valuesPerStep());
    LaneWriter writer = new LaneWriter(source, formats, options.lanes, work);
    progress.say("generating " + mainSteps * source.valuesPerStep() + " values");
    Map<BodyFormat, List<Lane>> main =
        writer.write("main", 0, mainSteps, options.batchRows, options.batchRows, progress);
    int liveRows = options.liveBatchRows;
    int samples = (int) (liveRows * source.valuesPerStep() / source.shapes().size());
    Map<BodyFormat, List<Lane>> live =
        writer.write("live", mainSteps, liveSteps, liveRows, samples, progress);
    return new Workload(options.title(), source, mainSteps, liveSteps, main, live);
  }

  private void queries(Workload workload, List<QueryType> types)
      throws IOException, InterruptedException {
    int steps = Math.toIntExact(workload.mainSteps() + workload.liveSteps());
    CpuTable table = new CpuTable(options.hosts(), steps, options.seed);
    QueryPhase phase =
        new QueryPhase(
            table,
            options.hosts(),
            workload.mainSteps(),
            steps,
            options.seed,
            options.checks,
            options.querySeconds(),
            options.warmUpSeconds(),
            results,
            progress);
    phase.run(servers, types);
  }

  private void report(Workload workload, String loadBefore, List<QueryType> types)
      throws IOException {
    String title = "%s, %s".formatted(workload.title(), LocalDate.now(clock));
    String lines =
        """
        %,d values loaded by %d connections, %,d lines a body; then %,d values at %,d/s, %d lines a
        body; both over HTTP on loopback. Load average before %s, after %s.

        %s

        `bench/compare %s`
        """
            .formatted(
                workload.mainValues(),
                options.lanes,
                options.batchRows,
                workload.liveValues(),
                options.liveRate,
                options.liveBatchRows,
                loadBefore,
                Machine.load(),
                Machine.describe(),
                options.asText());
    MarkdownReport.Header header =
        new MarkdownReport.Header(
            title,
            lines.lines().toList(),
            servers.stream().map(ServerProcess::peer).toList(),
            missing);
    String markdown = MarkdownReport.of(header, results, types);
    out.println(markdown);
    Path folder = options.out();
    if (folder != null) {
      Files.createDirectories(folder);
      String name = LocalDate.now(clock) + "-compare-" + options.name();
      String picture = name + ".svg";
      Files.writeString(
          folder.resolve(name + ".md"), markdown + "\n![The same as bars](" + picture + ")\n");
      Files.writeString(folder.resolve(picture), SvgChart.of(title, panels(types)));
      progress.say("written: " + folder.resolve(name + ".md") + " and " + picture);
    }
  }

  private List<Panel> panels(List<QueryType> types) {
    List<Panel> panels = new ArrayList<>();
    List<Group> loads = new ArrayList<>();
    for (Figure figure :
        List.of(
            Figure.VALUES_PER_SECOND,
            Figure.CPU_SECONDS,
            Figure.BYTES_PER_VALUE,
            Figure.PEAK_RESIDENT)) {
      loads.add(
          new Group(
              figure.shortLabel(),
              results.peers().stream()
                  .map(peer -> results.median(peer, figure).orElse(Double.NaN))
                  .toList()));
    }
    panels.add(
        new Panel(
            "Load; more is better in the first group only",
            false,
            results.peers().stream().map(peer -> new Series(peer, color(peer, 0))).toList(),
            loads));
    List<Group> groups = new ArrayList<>();
    for (QueryType type : types) {
      List<Double> values = new ArrayList<>();
      for (Asked asked : results.asked()) {
        values.add(results.p50(asked, type).orElse(Double.NaN));
      }
      groups.add(new Group(type.label(), values));
    }
    if (!groups.isEmpty()) {
      List<Series> series = new ArrayList<>();
      for (Asked asked : results.asked()) {
        boolean first = series.stream().noneMatch(one -> one.label().startsWith(asked.peer()));
        String label = asked.peer() + " " + asked.dialect();
        series.add(new Series(label, color(asked.peer(), first ? 0 : 1)));
      }
      panels.add(new Panel("Queries: p50 in ms, logarithmic", true, series, groups));
    }
    return panels;
  }

  /** Varve has two colours, for its two languages. */
  private static int color(String peer, int dialect) {
    int index = PeerCatalogue.NAMES.indexOf(peer);
    return index == 0 ? dialect : index + 1;
  }
}
