package io.varve.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.bench.peer.PeerCatalogue;
import io.varve.bench.peer.ServerProcess;
import io.varve.bench.tsbs.CpuTable;
import io.varve.bench.tsbs.QueryType;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryPhaseTest {
  private static final List<QueryType> TYPES =
      List.of(QueryType.LASTPOINT, QueryType.CPU_MAX_ALL_1);

  @TempDir Path directory;

  private static Results ask(ServerProcess server) throws Exception {
    Results results = new Results();
    Progress silent = new Progress(new PrintStream(OutputStream.nullOutputStream()));
    CpuTable table = new CpuTable(3, 360, 1);
    new QueryPhase(table, 3, 360, 360, 1, 2, 0.05, 0, results, silent).run(List.of(server), TYPES);
    return results;
  }

  @Test
  void findsAnswersOfAServerWithoutDataWrongAndGoesOnWhenItIsGone() throws Exception {
    PeerCatalogue catalogue = new PeerCatalogue(directory, CompareTest.freePorts(), true);
    ServerProcess server =
        new ServerProcess(
            Objects.requireNonNull(catalogue.find("varve").peer()), directory.resolve("varve"));
    try (server) {
      server.wipe();
      server.start();
      server.setUp();
      Results empty = ask(server);
      assertThat(empty.wrongAnswers())
          .hasSize(4)
          .anyMatch(wrong -> wrong.startsWith("varve, InfluxQL, lastpoint: 0 rows instead of 3 ("))
          .anyMatch(
              wrong -> wrong.startsWith("varve, PromQL, cpu-max-all-1: 0 rows instead of 1 ("));
      assertThat(empty.p50(empty.asked().get(0), QueryType.LASTPOINT)).isPresent();
    }

    Results gone = ask(server);
    assertThat(gone.wrongAnswers()).hasSize(4).allMatch(wrong -> wrong.contains(": failed: "));
    assertThat(gone.p50(gone.asked().get(0), QueryType.LASTPOINT)).isEmpty();
  }
}
