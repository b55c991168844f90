package io.varve.query.catalog;

import io.varve.query.access.DatabasePrivilege;
import io.varve.query.access.UserStore;
import io.varve.query.influxql.ast.AccessStatement;
import io.varve.query.influxql.ast.ShowStatement;
import java.util.ArrayList;
import java.util.List;

/** Runs statements about users and grants. */
final class AccessStatements {
  private final UserStore users;

  AccessStatements(UserStore users) {
    this.users = users;
  }

  void run(AccessStatement statement) {
    if (statement instanceof AccessStatement.CreateUser create) {
      users.create(create.name(), create.password(), create.admin());
    } else if (statement instanceof AccessStatement.DropUser drop) {
      users.drop(drop.name());
    } else if (statement instanceof AccessStatement.SetPassword set) {
      users.setPassword(set.user(), set.password());
    } else if (statement instanceof AccessStatement.Grant grant) {
      users.setPrivilege(grant.user(), grant.database(), DatabasePrivilege.of(grant.privilege()));
    } else if (statement instanceof AccessStatement.GrantAdmin grant) {
      users.setAdmin(grant.user(), true);
    } else if (statement instanceof AccessStatement.Revoke revoke) {
      users.revoke(revoke.user(), revoke.database(), DatabasePrivilege.of(revoke.privilege()));
    } else if (statement instanceof AccessStatement.RevokeAdmin revoke) {
      users.setAdmin(revoke.user(), false);
    }
  }

  List<Table> users() {
    List<List<Object>> rows = new ArrayList<>();
    for (String name : users.names()) {
      rows.add(List.of(name, users.isAdmin(name)));
    }
    return List.of(new Table("", List.of("user", "admin"), rows));
  }

  List<Table> grants(ShowStatement.GrantsFor show) {
    List<List<Object>> rows = new ArrayList<>();
    users
        .privileges(show.user())
        .forEach((database, privilege) -> rows.add(List.of(database, privilege.text())));
    return List.of(new Table("", List.of("database", "privilege"), rows));
  }
}
