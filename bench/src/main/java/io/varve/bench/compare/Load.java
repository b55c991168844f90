package io.varve.bench.compare;

import io.varve.bench.peer.Directories;
import io.varve.bench.peer.HttpLink;
import io.varve.bench.peer.Peer;
import io.varve.bench.peer.PeerCatalogue;
import io.varve.bench.peer.ProcessFiles;
import io.varve.bench.peer.ProcessFiles.Usage;
import io.varve.bench.tsbs.QueryType;
import io.varve.bench.tsbs.Question;
import io.varve.bench.tsbs.RowSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Writes to a server that runs already at a fixed rate, open loop, asks it queries meanwhile at
 * another, and prints latencies and, if told its process, what it used up.
 */
@Command(
    name = "bench/load",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Writes TSBS's data to a server on loopback at a fixed rate, open loop.")
public final class Load implements Callable<Integer> {
  @Option(
      names = "--server",
      description = "What kind of server, as in bench/compare (default: ${DEFAULT-VALUE}).")
  private String server = "varve";

  @Option(names = "--port", description = "Where it takes HTTP (default: ${DEFAULT-VALUE}).")
  private int port = 8086;

  @Option(
      names = "--tcp-port",
      description = "Write lines there over plain TCP instead, as fast as they are taken.")
  private int tcpPort;

  @Option(names = "--case", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private DataCase dataCase = DataCase.CPU_ONLY;

  @Option(names = "--hosts", description = "How many report (default: ${DEFAULT-VALUE}).")
  private int hosts = 100;

  @Option(names = "--seed", description = "Of data and queries (default: ${DEFAULT-VALUE}).")
  private long seed = 123;

  @Option(names = "--rate", description = "Values per second (default: ${DEFAULT-VALUE}).")
  private long rate = 100_000;

  @Option(names = "--seconds", description = "For so long (default: ${DEFAULT-VALUE}).")
  private int seconds = 30;

  @Option(names = "--connections", description = "That write at once (default: ${DEFAULT-VALUE}).")
  private int connections = 2;

  @Option(names = "--batch-rows", description = "Lines in a body (default: ${DEFAULT-VALUE}).")
  private int batchRows = 100;

  @Option(names = "--pid", description = "The server's process, to see what it uses up.")
  private long pid;

  @Option(names = "--types", split = ",", description = "Query types to ask in turn meanwhile.")
  private List<String> types = new ArrayList<>();

  @Option(
      names = "--query-rate",
      description = "Queries per second of all types (default: ${DEFAULT-VALUE}).")
  private double queryRate = 10;

  private final PrintStream out;
  private final Progress progress;

  Load(PrintStream out, PrintStream progressOut) {
    this.out = out;
    progress = new Progress(progressOut);
  }

  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  /** Runs with options; the exit status. */
  static int run(String[] arguments, PrintStream out, PrintStream progressOut) {
    return CommandRunner.run(new Load(out, progressOut), arguments, progressOut);
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    Peer peer = PeerCatalogue.running(server, port, tcpPort);
    RowSource source = dataCase.source(hosts, seed);
    long steps = Math.max(1, rate * seconds / source.valuesPerStep());
    try (HttpLink link = new HttpLink(port)) {
      for (String target : peer.setup()) {
        HttpLink.Answer answer = link.post(target);
        if (answer.status() >= 300) {
          throw new IOException(target + " was answered " + answer.text());
        }
      }
    }
    Path directory = Files.createTempDirectory("varve-load");
    try {
      LaneWriter writer = new LaneWriter(source, EnumSet.of(peer.format()), connections, directory);
      int samples = (int) (batchRows * source.valuesPerStep() / source.shapes().size());
      List<Lane> lanes =
          Objects.requireNonNull(
              writer.write("load", 0, steps, batchRows, samples, progress).get(peer.format()));
      send(peer, new Sender(peer, lanes, progress), lanes, steps);
      return 0;
    } finally {
      Directories.remove(directory);
    }
  }

  private void send(Peer peer, Sender sender, List<Lane> lanes, long steps)
      throws IOException, InterruptedException, ExecutionException {
    ProcessFiles processes = new ProcessFiles();
    Usage before = processes.usage(pid);
    FutureTask<List<Histogram>> queries = new FutureTask<>(() -> ask(peer, steps));
    new Thread(queries, "queries").start();
    long start = System.nanoTime();
    Histogram writes = OpenLoop.newHistogram();
    if (tcpPort == 0) {
      writes = sender.post(rate);
    } else {
      sender.stream();
    }
    double took = (System.nanoTime() - start) / 1e9;
    List<Histogram> answers = queries.get();
    Usage after = processes.usage(pid);
    long bytes = lanes.stream().mapToLong(Lane::bytes).sum();
    out.printf(
        "%,d values, %,.0f/s, %,.1f MB/s, %d bodies sent again%n",
        sender.values(), sender.values() / took, bytes / 1e6 / took, sender.retries());
    if (tcpPort == 0) {
      print("write", writes);
    }
    for (int i = 0; i < types.size(); i++) {
      print(types.get(i), answers.get(i));
    }
    if (pid != 0) {
      out.printf(
          "server: %.2f CPU-s, %.2f per M values; %,d MiB resident, %,d at most%n",
          (after.cpuNanos() - before.cpuNanos()) / 1e9,
          (after.cpuNanos() - before.cpuNanos()) / 1e3 / sender.values(),
          after.residentBytes() >> 20,
          after.peakResidentBytes() >> 20);
    }
  }

  /** Asks all types in turn for as long as values are sent; the latencies of each. */
  private List<Histogram> ask(Peer peer, long steps) throws IOException, InterruptedException {
    List<Histogram> latencies = new ArrayList<>();
    List<List<Question>> questions = new ArrayList<>();
    for (String label : types) {
      latencies.add(OpenLoop.newHistogram());
      QueryType type = QueryType.named(label);
      questions.add(Question.of(type, 20, hosts, Math.max(steps, 360), seed));
    }
    if (types.isEmpty()) {
      return latencies;
    }
    try (HttpLink link = new HttpLink(port)) {
      new OpenLoop(OpenLoop.MACHINE)
          .run(
              (int) (queryRate * seconds),
              OpenLoop.every((long) (1e9 / queryRate)),
              number -> {
                List<Question> ofType = questions.get(number % types.size());
                Question question = ofType.get(number / types.size() % ofType.size());
                HttpLink.Answer answer = link.get(peer.dialects().get(0).target(question));
                if (answer.status() >= 300) {
                  throw new IOException(
                      "a query was answered " + answer.status() + ": " + answer.text());
                }
              },
              number -> latencies.get(number % types.size()));
    }
    return latencies;
  }

  private void print(String what, Histogram latencies) {
    out.printf(
        "%s: %,d, p50 %.2f ms, p95 %.2f, p99 %.2f, p99.9 %.2f, max %.2f%n",
        what,
        latencies.getTotalCount(),
        latencies.getValueAtPercentile(50) / 1e6,
        latencies.getValueAtPercentile(95) / 1e6,
        latencies.getValueAtPercentile(99) / 1e6,
        latencies.getValueAtPercentile(99.9) / 1e6,
        latencies.getMaxValue() / 1e6);
  }
}
