package io.varve.query.influxql.ast;

/** Statements about users and what they may do. Passwords never show in {@code toString}. */
public sealed interface AccessStatement extends Statement {
  @Override
  default boolean changesState() {
    return true;
  }

  /** What a user may do with a database. */
  enum Privilege {
    READ("READ"),
    WRITE("WRITE"),
    ALL("ALL PRIVILEGES");

    private final String text;

    Privilege(String text) {
      this.text = text;
    }

    /** As written in a statement. */
    public String text() {
      return text;
    }
  }

  record CreateUser(String name, String password, boolean admin) implements AccessStatement {
    @Override
    public String toString() {
      return "CreateUser[name=" + name + ", admin=" + admin + "]";
    }
  }

  record DropUser(String name) implements AccessStatement {}

  record SetPassword(String user, String password) implements AccessStatement {
    @Override
    public String toString() {
      return "SetPassword[user=" + user + "]";
    }
  }

  record Grant(Privilege privilege, String database, String user) implements AccessStatement {}

  /** GRANT ALL without a database. */
  record GrantAdmin(String user) implements AccessStatement {}

  record Revoke(Privilege privilege, String database, String user) implements AccessStatement {}

  /** REVOKE ALL without a database. */
  record RevokeAdmin(String user) implements AccessStatement {}
}
