package io.varve.query.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.QueryException;
import io.varve.query.RunningQueryLimits;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RunningQueriesTest {
  private final AtomicLong now = new AtomicLong();

  private RunningQueries queries(RunningQueryLimits limits) {
    return new RunningQueries(limits, now::get);
  }

  private static RunningQuery.Request request(String text) {
    return RunningQuery.Request.of(() -> text, "db", null, () -> false);
  }

  @Test
  void listsQueriesByIdWhileTheyRun() {
    RunningQueries queries = queries(RunningQueryLimits.none());
    RunningQuery first = queries.begin(request("a"));
    RunningQuery second = queries.begin(request("b"));
    assertThat(queries.list()).containsExactly(first, second);
    first.close();
    assertThat(queries.list()).extracting(RunningQuery::text).containsExactly("b");
    assertThat(queries.begin(request("c")).id()).isEqualTo(3);
  }

  @Test
  void refusesMoreThanMayRunAtOnce() {
    RunningQueries queries = queries(new RunningQueryLimits(1, 0, 0));
    RunningQuery first = queries.begin(request("a"));
    assertThatThrownBy(() -> queries.begin(request("b")))
        .isInstanceOf(QueryException.class)
        .hasMessage("max-concurrent-queries limit exceeded(1, 1)");
    first.close();
    queries.begin(request("c")).close();
    assertThat(queries.totals().begun()).isEqualTo(2);
  }

  @Test
  void endsWhatRunsLongerThanItMay() {
    RunningQueries queries = queries(new RunningQueryLimits(0, 100, 0));
    try (RunningQuery query = queries.begin(request("a"))) {
      now.set(100);
      assertThat(query.isInterrupted()).isFalse();
      now.set(101);
      assertThatThrownBy(query::isInterrupted)
          .isInstanceOf(QueryException.class)
          .hasMessage("query-timeout limit exceeded");
    }
  }

  @Test
  void killsOnlyWhatRunsAndOnlyOnce() {
    RunningQueries queries = queries(RunningQueryLimits.none());
    RunningQuery query = queries.begin(request("a"));
    queries.kill(query.id());
    assertThat(query.isInterrupted()).isTrue();
    assertThatThrownBy(() -> queries.kill(query.id())).hasMessage("already killed");
    query.close();
    assertThatThrownBy(() -> queries.kill(query.id())).hasMessage("no such query id: 1");
    assertThatThrownBy(() -> queries.kill(-1)).hasMessage("no such query id: 18446744073709551615");
  }

  @Test
  void interruptsWhatNobodyWaitsFor() {
    AtomicBoolean gone = new AtomicBoolean();
    RunningQuery query =
        queries(RunningQueryLimits.none())
            .begin(RunningQuery.Request.of(() -> "a", null, "u", gone::get));
    assertThat(query.isInterrupted()).isFalse();
    gone.set(true);
    assertThat(query.isInterrupted()).isTrue();
    assertThat(query.database()).isEmpty();
    assertThat(query.user()).isEqualTo("u");
  }

  @Test
  void countsAnEndOnce() {
    RunningQueries queries = queries(RunningQueryLimits.none());
    RunningQuery query = queries.begin(request("a"));
    now.set(7);
    query.close();
    query.close();
    assertThat(queries.totals()).isEqualTo(new RunningQueries.Totals(0, 1, 1, 7));
  }
}
