package io.varve.bench.compare;

import io.varve.bench.peer.PeerCatalogue;
import io.varve.bench.tsbs.QueryType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@link Compare}; those of a smoke run are small whatever else is said. */
final class CompareOptions {
  @Option(
      names = "--case",
      description =
          "The data: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). There are no queries"
              + " about node.")
  DataCase dataCase = DataCase.CPU_ONLY;

  @Option(names = "--hosts", description = "How many hosts report (default: ${DEFAULT-VALUE}).")
  private int hosts = 100;

  @Option(names = "--hours", description = "How long (default: ${DEFAULT-VALUE}).")
  private double hours = 24;

  @Option(names = "--seed", description = "Of data and queries (default: ${DEFAULT-VALUE}).")
  long seed = 123;

  @Option(
      names = "--servers",
      split = ",",
      description = "Which, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<String> servers = new ArrayList<>(PeerCatalogue.NAMES);

  @Option(names = "--rounds", description = "Loads of each server (default: ${DEFAULT-VALUE}).")
  private int rounds = 2;

  @Option(names = "--connections", description = "That write at once (default: ${DEFAULT-VALUE}).")
  int lanes = 2;

  @Option(names = "--batch-rows", description = "Lines in a body (default: ${DEFAULT-VALUE}).")
  int batchRows = 10_000;

  @Option(
      names = "--live-rate",
      description = "Values per second after the load, open loop (default: ${DEFAULT-VALUE}).")
  long liveRate = 50_000;

  @Option(names = "--live-seconds", description = "For so long (default: ${DEFAULT-VALUE}).")
  private long liveSeconds = 8;

  @Option(
      names = "--live-batch-rows",
      description = "Lines in a body then (default: ${DEFAULT-VALUE}).")
  int liveBatchRows = 100;

  @Option(
      names = "--types",
      split = ",",
      description = "Query types by TSBS's names (default: all).")
  private List<String> types = new ArrayList<>();

  @Option(
      names = "--checks",
      description = "Answers compared per type and server (default: ${DEFAULT-VALUE}).")
  int checks = 3;

  @Option(
      names = "--query-seconds",
      description = "How long each type is asked of each server (default: ${DEFAULT-VALUE}).")
  private double querySeconds = 2;

  @Option(
      names = "--cold",
      description =
          "Load servers as soon as they take requests, not when they have come to rest after the"
              + " start; Varve does not warm up then.")
  private boolean cold;

  @Option(names = "--no-tcp", description = "Leave out the load over plain TCP.")
  private boolean noTcp;

  @Option(
      names = "--first-port",
      description = "Of " + PeerCatalogue.PORTS + " on loopback (default: ${DEFAULT-VALUE}).")
  int firstPort = 21400;

  @Option(
      names = "--programs",
      description = "Where questdb-*.jar and root/usr/bin may be (default: ${DEFAULT-VALUE}).")
  Path programs = Path.of("bench/target/peers");

  @Option(names = "--work", description = "For data, and it stays (default: a temporary one).")
  @Nullable Path work;

  @Option(names = "--out", description = "Where table and picture go (default: none).")
  private @Nullable Path out;

  @Option(names = "--name", description = "What they are called (default: from the data).")
  private @Nullable String name;

  @Option(
      names = "--smoke",
      description = "Varve alone, an hour of four hosts: does everything work?")
  boolean smoke;

  /** Refuses what cannot work. */
  void check() {
    for (String server : servers) {
      if (!PeerCatalogue.NAMES.contains(server)) {
        throw new IllegalArgumentException(
            "no server is called " + server + "; there are " + PeerCatalogue.NAMES);
      }
    }
    types.forEach(QueryType::named);
    require(hosts > 0 && hosts <= 100_000, "--hosts must be 1 to 100000");
    require(hours >= 1 && hours <= 24 * 366, "--hours must be 1 to 8784");
    require(rounds > 0, "--rounds must be 1 or more");
    require(lanes > 0 && lanes <= 64, "--connections must be 1 to 64");
    require(batchRows > 0 && liveBatchRows > 0, "a body must have a line");
    require(liveRate > 0 && liveSeconds > 0, "--live-rate and --live-seconds must be 1 or more");
  }

  private static void require(boolean fine, String message) {
    if (!fine) {
      throw new IllegalArgumentException(message);
    }
  }

  int hosts() {
    return smoke ? 4 : hosts;
  }

  double hours() {
    return smoke ? 1 : hours;
  }

  List<String> servers() {
    return smoke ? List.of("varve") : servers;
  }

  int rounds() {
    return smoke ? 1 : rounds;
  }

  long liveSeconds() {
    return smoke ? 1 : liveSeconds;
  }

  double querySeconds() {
    return smoke ? 0.1 : querySeconds;
  }

  boolean isCold() {
    return cold || smoke;
  }

  double warmUpSeconds() {
    return smoke ? 0 : 8;
  }

  boolean tcp() {
    return !noTcp;
  }

  boolean hasQueries() {
    return dataCase != DataCase.NODE;
  }

  List<QueryType> types() {
    return types.isEmpty()
        ? List.of(QueryType.values())
        : types.stream().map(QueryType::named).toList();
  }

  @Nullable Path out() {
    return out;
  }

  String name() {
    return name != null
        ? name
        : String.format(Locale.ROOT, "%s-%dx%.0fh", dataCase, hosts(), hours());
  }

  String title() {
    return String.format(Locale.ROOT, "TSBS's %s, %,d hosts x %.0f h", dataCase, hosts(), hours());
  }

  /** The options that matter to whoever wants to run the same. */
  String asText() {
    return String.format(
        Locale.ROOT,
        "--case %s --hosts %d --hours %.0f --seed %d --rounds %d --servers %s",
        dataCase,
        hosts(),
        hours(),
        seed,
        rounds(),
        String.join(",", servers()));
  }
}
