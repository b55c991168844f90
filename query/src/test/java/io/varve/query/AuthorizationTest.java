package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.Varve;
import io.varve.storage.model.RetentionPolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may run which statement, in InfluxDB's words. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthorizationTest {
  private Varve store;
  private QueryEngine engine;

  @BeforeAll
  void open(@TempDir Path directory) {
    store = Varve.open(directory);
    engine = new QueryEngine(store, Clock.systemUTC());
    for (String database : List.of("r", "w", "all", "none")) {
      store.createDatabase(database, RetentionPolicy.of("autogen", 0));
    }
    assertThatThrownBy(() -> run(null, null, "SHOW DATABASES"))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessage("create admin user first or disable authentication");
    assertThatThrownBy(() -> run(null, null, "CREATE USER u WITH PASSWORD 'u'"))
        .hasMessage("create admin user first or disable authentication");
    run(null, null, "CREATE USER root WITH PASSWORD 'root' WITH ALL PRIVILEGES");
    run("root", null, "CREATE USER u WITH PASSWORD 'u'; GRANT READ ON r TO u");
    run("root", null, "GRANT WRITE ON w TO u; GRANT ALL ON \"all\" TO u");
  }

  @AfterAll
  void close() {
    store.close();
  }

  private List<String> run(@Nullable String user, @Nullable String database, String text) {
    return ResultText.read(
        engine.influxQlAs(
            user, text, new QueryOptions(database, null, Map.of(), false, () -> false)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "r    | SELECT * FROM m",
        "none | SELECT * FROM r..m",
        "r    | EXPLAIN SELECT * FROM m",
        "r    | SELECT a FROM (SELECT a FROM \"all\"..m)",
        "r    | SELECT a INTO w..x FROM m",
        "all  | SELECT a INTO x FROM m",
        "w    | DELETE FROM m",
        "w    | DROP SERIES FROM m",
        "none | SHOW DATABASES",
        "r    | SHOW MEASUREMENTS",
        "none | SHOW MEASUREMENTS ON r",
        "r    | SHOW SERIES",
        "none | SHOW TAG KEYS ON r",
        "r    | SHOW TAG VALUES WITH KEY = a",
        "r    | SHOW FIELD KEYS",
        "r    | SHOW SERIES CARDINALITY",
        "none | SHOW RETENTION POLICIES ON r",
        "r    | SHOW CONTINUOUS QUERIES",
        "none | DROP RETENTION POLICY nothing ON w",
        "none | DROP CONTINUOUS QUERY q ON w",
      })
  void lets(String database, String text) {
    assertThatCode(() -> run("u", database, text)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "w    | SELECT * FROM m | READ on w",
        "r    | EXPLAIN SELECT * FROM w..m | READ on w",
        "r    | SELECT a FROM (SELECT a FROM none..m) | READ on none",
        "r    | SELECT a INTO x FROM m | WRITE on r",
        "r    | SELECT a INTO none..x FROM m | WRITE on none",
        "r    | DELETE FROM m | WRITE on r",
        "r    | DROP SERIES FROM m | WRITE on r",
        "w    | SHOW MEASUREMENTS | READ on w",
        "r    | SHOW MEASUREMENTS ON *.* | admin privilege",
        "r    | SHOW TAG KEYS ON none | READ on none",
        "r    | SHOW TAG KEYS FROM none..m | READ on none",
        "w    | SHOW RETENTION POLICIES ON w | READ on w",
        "w    | SHOW CONTINUOUS QUERIES | READ on w",
        "none | SHOW QUERIES | READ on none",
        "all  | DROP MEASUREMENT m | admin privilege",
        "all  | DROP SHARD 1 | admin privilege",
        "all  | SHOW USERS | admin privilege",
        "all  | SHOW GRANTS FOR u | admin privilege",
        "all  | SHOW SHARDS | admin privilege",
        "all  | SHOW SHARD GROUPS | admin privilege",
        "all  | SHOW STATS | admin privilege",
        "all  | SHOW DIAGNOSTICS | admin privilege",
        "all  | SHOW SUBSCRIPTIONS | admin privilege",
        "all  | KILL QUERY 1 | admin privilege",
        "all  | CREATE DATABASE x | admin privilege",
        "all  | DROP DATABASE \"all\" | admin privilege",
        "all  | DROP USER root | admin privilege",
        "all  | GRANT READ ON r TO u | admin privilege",
        "all  | REVOKE READ ON r FROM u | admin privilege",
        "all  | GRANT ALL PRIVILEGES TO u | admin privilege",
        "all  | REVOKE ALL PRIVILEGES FROM root | admin privilege",
        "r    | DROP RETENTION POLICY autogen ON r | WRITE on r",
        "r    | DROP CONTINUOUS QUERY q ON r | WRITE on r",
      })
  void refuses(String database, String text, String required) {
    assertThatThrownBy(() -> run("u", database, text))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessage("u not authorized to execute statement '%s', requires %s", text, required);
    assertThatCode(() -> engine.influxQlAs("root", text, options(database)))
        .doesNotThrowAnyException();
  }

  private static QueryOptions options(String database) {
    return new QueryOptions(database, null, Map.of(), false, () -> false);
  }

  @Test
  void hidesPasswordsInRefusals() {
    assertThatThrownBy(() -> run("u", null, "SET PASSWORD FOR root = 'secret'"))
        .hasMessage(
            "u not authorized to execute statement 'SET PASSWORD FOR root = [REDACTED]',"
                + " requires admin privilege");
    assertThatThrownBy(() -> run("u", null, "CREATE USER x WITH PASSWORD 'secret'"))
        .hasMessageContaining("[REDACTED]")
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesAContinuousQueryThatReachesFurtherThanItsCreator() {
    String text =
        "CREATE CONTINUOUS QUERY q ON r BEGIN SELECT sum(v) INTO %s FROM %s"
            + " GROUP BY time(1m) END";
    assertThatThrownBy(() -> run("u", null, text.formatted("x", "m")))
        .hasMessageEndingWith("requires WRITE on r");
    assertThatThrownBy(() -> run("u", null, text.formatted("w..x", "none..m")))
        .hasMessageEndingWith("requires READ on none");
    assertThat(run("u", null, text.formatted("w..x", "m"))).isEmpty();
    run("root", null, "DROP CONTINUOUS QUERY q ON r");
  }

  @Test
  void runsAllOfARequestOrNothing() {
    assertThatThrownBy(() -> run("u", "w", "DELETE FROM m; CREATE DATABASE x"))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(run("root", null, "SHOW DATABASES")).doesNotContain("\"x\"");
  }

  @Test
  void listsOnlyDatabasesTheUserMaySee() {
    assertThat(run("u", null, "SHOW DATABASES"))
        .containsExactly("databases: name", "\"all\"", "\"r\"", "\"w\"");
    assertThat(run("u", "r", "SHOW CONTINUOUS QUERIES"))
        .containsExactly("all: name query", "r: name query", "w: name query");
    assertThat(run("root", null, "SHOW DATABASES")).hasSize(5);
  }

  @Test
  void refusesWhoIsNotThere() {
    assertThatThrownBy(() -> run(null, "r", "SELECT * FROM m")).hasMessage("no user provided");
    assertThatThrownBy(() -> run("ghost", "r", "SHOW DATABASES"))
        .isInstanceOf(AccessDeniedException.class);
  }

  @Test
  void remembersAPasswordOnlyAsLongAsItHolds() {
    Users users = engine.users();
    run("root", null, "CREATE USER v WITH PASSWORD ''");
    assertThat(users.verify("v", "wrong")).isFalse();
    assertThat(users.remembers("v", "")).isFalse();
    assertThat(users.verify("v", "")).isTrue();
    assertThat(users.remembers("v", "")).isTrue();
    assertThat(users.remembers("v", "wrong")).isFalse();
    run("root", null, "SET PASSWORD FOR v = 'p'");
    assertThat(users.remembers("v", "")).isFalse();
    assertThat(users.verify("v", "")).isFalse();
    assertThat(users.verify("v", "p")).isTrue();
    run("root", null, "DROP USER v");
    assertThat(users.remembers("v", "p")).isFalse();
    assertThat(users.verify("v", "p")).isFalse();
  }
}
