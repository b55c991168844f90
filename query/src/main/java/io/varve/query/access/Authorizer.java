package io.varve.query.access;

import io.varve.query.AccessDeniedException;
import io.varve.query.access.Requirements.Requirement;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.AccessStatement;
import io.varve.query.influxql.ast.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says whether a user may run a request; all of it or nothing. Thread-safe. */
public final class Authorizer {
  private final UserStore users;

  public Authorizer(UserStore users) {
    this.users = users;
  }

  /**
   * Checks all statements before any of them runs. As long as there is no admin, a request has to
   * begin with creating one.
   *
   * @param user null if nobody was authenticated
   * @param database of the request, or null
   * @throws AccessDeniedException with InfluxDB's words
   */
  public void check(@Nullable String user, List<Statement> statements, @Nullable String database) {
    if (!users.hasAdmin()) {
      if (!statements.isEmpty()
          && statements.get(0) instanceof AccessStatement.CreateUser create
          && create.admin()) {
        return;
      }
      throw new AccessDeniedException("create admin user first or disable authentication");
    }
    if (user == null) {
      throw new AccessDeniedException("no user provided");
    }
    if (users.isAdmin(user)) {
      return;
    }
    for (Statement statement : statements) {
      for (Requirement required : Requirements.of(statement, database)) {
        check(user, statement, required);
      }
    }
  }

  private void check(String user, Statement statement, Requirement required) {
    if (!required.admin() && users.may(user, required.privilege(), required.database())) {
      return;
    }
    throw new AccessDeniedException(
        user
            + " not authorized to execute statement '"
            + Printer.print(statement)
            + "', requires "
            + (required.admin()
                ? "admin privilege"
                : required.privilege().text() + " on " + required.database()));
  }
}
