package io.varve.bench.compare;

import io.varve.bench.compare.Results.Asked;
import io.varve.bench.peer.Dialect;
import io.varve.bench.peer.HttpLink;
import io.varve.bench.peer.ServerProcess;
import io.varve.bench.tsbs.CpuTable;
import io.varve.bench.tsbs.QueryType;
import io.varve.bench.tsbs.Question;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Asks servers that are all running the same questions in turn.
 *
 * <p>Of each type some answers are compared with the right ones first, server by server. Then every
 * server gets the type at a fixed rate that keeps it half busy, with one client, so that latencies
 * are those of a server under load but not overrun.
 */
final class QueryPhase {
  /** Of each type, many enough that servers do not answer the same again and again. */
  private static final int QUESTIONS = 500;

  private static final double UTILIZATION = 0.5;
  private static final double MAX_RATE_PER_SECOND = 250;
  private static final int MIN_QUERIES = 3;
  private static final double SLOW_SECONDS = 2;

  private final CpuTable table;
  private final int hosts;
  private final long mainSteps;
  private final long allSteps;
  private final long seed;
  private final int checks;
  private final double seconds;
  private final double warmUpSeconds;
  private final Results results;
  private final Progress progress;
  private final Map<QueryType, List<Question>> questions = new EnumMap<>(QueryType.class);

  /**
   * Creates a phase.
   *
   * @param table the values of all steps
   * @param mainSteps those that time ranges lie in
   * @param checks answers compared per type and server
   * @param seconds how long each type is asked of each server
   * @param warmUpSeconds how long each is asked all types before anything is measured
   */
  QueryPhase(
      CpuTable table,
      int hosts,
      long mainSteps,
      long allSteps,
      long seed,
      int checks,
      double seconds,
      double warmUpSeconds,
      Results results,
      Progress progress) {
    this.table = table;
    this.hosts = hosts;
    this.mainSteps = mainSteps;
    this.allSteps = allSteps;
    this.seed = seed;
    this.checks = checks;
    this.seconds = seconds;
    this.warmUpSeconds = warmUpSeconds;
    this.results = results;
    this.progress = progress;
  }

  /** One server in one language, with a connection of its own. */
  private record Client(ServerProcess server, Dialect dialect, HttpLink link) {
    Asked asked() {
      return new Asked(server.peer().name(), dialect.name());
    }

    HttpLink.Answer ask(Question question) throws IOException {
      return link.get(dialect.target(question));
    }
  }

  /**
   * What comes out of comparing answers.
   *
   * @param seconds that the last one took
   */
  private record Checked(int count, String wrong, double seconds) {}

  void run(List<ServerProcess> servers, List<QueryType> types)
      throws IOException, InterruptedException {
    List<Client> clients = new ArrayList<>();
    try {
      for (ServerProcess server : servers) {
        for (Dialect dialect : server.peer().dialects()) {
          clients.add(new Client(server, dialect, new HttpLink(server.peer().httpPort())));
        }
      }
      for (Client client : clients) {
        progress.say("warming up " + client.asked().label());
        try {
          warmUp(client, types);
        } catch (IOException e) {
          progress.say(client.asked().label() + " FAILED: " + e.getMessage());
        }
      }
      for (QueryType type : types) {
        ask(type, clients, questions(type));
        Collections.rotate(clients, 1);
      }
    } finally {
      for (Client client : clients) {
        client.link().close();
      }
    }
  }

  private List<Question> questions(QueryType type) {
    // The newest rows are those that came last, the live ones.
    long steps = type.kind() == QueryType.Kind.LAST ? allSteps : mainSteps;
    return questions.computeIfAbsent(type, key -> Question.of(key, QUESTIONS, hosts, steps, seed));
  }

  /** Asks all types in turn, so that compilers and caches have seen them; answers do not matter. */
  private void warmUp(Client client, List<QueryType> types) throws IOException {
    long deadline = System.nanoTime() + (long) (warmUpSeconds * 1e9);
    for (int i = 0; System.nanoTime() < deadline; i++) {
      for (QueryType type : types) {
        if (System.nanoTime() < deadline) {
          client.ask(questions(type).get(i % QUESTIONS));
        }
      }
    }
  }

  /** A server that does not answer misses this type, the others go on. */
  private void ask(QueryType type, List<Client> clients, List<Question> questions)
      throws InterruptedException {
    Map<Client, Checked> checked = new LinkedHashMap<>();
    for (Client client : clients) {
      try {
        checked.put(client, check(client, questions));
      } catch (IOException e) {
        failed(type, client, e);
      }
    }
    for (Map.Entry<Client, Checked> entry : checked.entrySet()) {
      Client client = entry.getKey();
      try {
        QueryFigures figures = measure(client, entry.getValue(), questions);
        results.add(client.asked(), type, figures);
        progress.say(
            "%s, %s: p50 %.2f ms at %.1f/s, %s"
                .formatted(
                    type.label(),
                    client.asked().label(),
                    figures.millis(50),
                    figures.ratePerSecond(),
                    figures.wrong().isEmpty() ? "answers right" : "WRONG: " + figures.wrong()));
      } catch (IOException | IllegalStateException e) {
        failed(type, client, e);
      }
    }
  }

  private void failed(QueryType type, Client client, Exception failure) {
    progress.say(type.label() + ", " + client.asked().label() + " FAILED: " + failure.getMessage());
    String reason = "failed: " + failure.getMessage();
    Histogram none = OpenLoop.newHistogram();
    results.add(client.asked(), type, new QueryFigures(0, reason, none, 0, 0));
  }

  private QueryFigures measure(Client client, Checked check, List<Question> questions)
      throws IOException, InterruptedException {
    double service = warmUp(client, questions, check.seconds());
    double rate = Math.min(MAX_RATE_PER_SECOND, UTILIZATION / service);
    int count = Math.max(MIN_QUERIES, (int) (rate * seconds));
    Histogram latencies = OpenLoop.newHistogram();
    long cpu = client.server().cpuNanos();
    new OpenLoop(OpenLoop.MACHINE)
        .run(
            count,
            OpenLoop.every((long) (1e9 / rate)),
            i -> requireSuccess(client.ask(questions.get(i % questions.size()))),
            latencies);
    double cpuPerQuery = (double) (client.server().cpuNanos() - cpu) / count;
    return new QueryFigures(check.count(), check.wrong(), latencies, rate, cpuPerQuery);
  }

  private static void requireSuccess(HttpLink.Answer answer) throws IOException {
    if (answer.status() >= 300) {
      throw new IOException("status " + answer.status() + ": " + answer.text());
    }
  }

  private Checked check(Client client, List<Question> questions) throws IOException {
    String wrong = "";
    int count = 0;
    double last = 0;
    while (count < Math.min(checks, questions.size()) && last < SLOW_SECONDS) {
      Question question = questions.get(count);
      long start = System.nanoTime();
      HttpLink.Answer answer = client.ask(question);
      last = (System.nanoTime() - start) / 1e9;
      requireSuccess(answer);
      String difference = difference(client, question, answer);
      if (wrong.isEmpty() && difference != null) {
        wrong = difference + " (" + question + ")";
      }
      count++;
    }
    return new Checked(count, wrong, last);
  }

  private @Nullable String difference(Client client, Question question, HttpLink.Answer answer) {
    try {
      return table.answer(question).differenceTo(client.dialect().answer(question, answer.body()));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** Asks for a while without pauses; the mean seconds of the later half. */
  private double warmUp(Client client, List<Question> questions, double firstSeconds)
      throws IOException {
    double sum = firstSeconds;
    double halfSum = 0;
    int halfCount = 0;
    for (int i = 0; sum < seconds / 3; i++) {
      long start = System.nanoTime();
      requireSuccess(client.ask(questions.get(i % questions.size())));
      double one = (System.nanoTime() - start) / 1e9;
      sum += one;
      if (sum > seconds / 6) {
        halfSum += one;
        halfCount++;
      }
    }
    return halfCount == 0 ? firstSeconds : halfSum / halfCount;
  }
}
