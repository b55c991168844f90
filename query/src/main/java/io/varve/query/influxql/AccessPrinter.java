package io.varve.query.influxql;

import io.varve.query.influxql.ast.AccessStatement;

/** The {@link Printer}'s part for users. Passwords come out as {@code [REDACTED]}. */
final class AccessPrinter {
  private AccessPrinter() {}

  static void print(AccessStatement access, StringBuilder out) {
    if (access instanceof AccessStatement.CreateUser create) {
      out.append("CREATE USER ").append(Quoting.identifier(create.name()));
      out.append(" WITH PASSWORD [REDACTED]");
      out.append(create.admin() ? " WITH ALL PRIVILEGES" : "");
    } else if (access instanceof AccessStatement.DropUser drop) {
      out.append("DROP USER ").append(Quoting.identifier(drop.name()));
    } else if (access instanceof AccessStatement.SetPassword set) {
      out.append("SET PASSWORD FOR ").append(Quoting.identifier(set.user()));
      out.append(" = [REDACTED]");
    } else if (access instanceof AccessStatement.Grant grant) {
      out.append("GRANT ").append(grant.privilege().text());
      out.append(" ON ").append(Quoting.identifier(grant.database()));
      out.append(" TO ").append(Quoting.identifier(grant.user()));
    } else if (access instanceof AccessStatement.GrantAdmin grant) {
      out.append("GRANT ALL PRIVILEGES TO ").append(Quoting.identifier(grant.user()));
    } else if (access instanceof AccessStatement.Revoke revoke) {
      out.append("REVOKE ").append(revoke.privilege().text());
      out.append(" ON ").append(Quoting.identifier(revoke.database()));
      out.append(" FROM ").append(Quoting.identifier(revoke.user()));
    } else if (access instanceof AccessStatement.RevokeAdmin revoke) {
      out.append("REVOKE ALL PRIVILEGES FROM ").append(Quoting.identifier(revoke.user()));
    }
  }
}
