package io.varve.query;

import io.varve.query.access.DatabasePrivilege;
import io.varve.query.access.UserStore;

/** Who there is and what they may do, for a server that asks its clients who they are. */
public final class Users {
  private final UserStore users;

  Users(UserStore users) {
    this.users = users;
  }

  /** Whether there is an admin; as long as there is none, nobody can be authenticated. */
  public boolean hasAdmin() {
    return users.hasAdmin();
  }

  public boolean exists(String name) {
    return users.exists(name);
  }

  /** Whether this password was verified before and still holds. Fast. */
  public boolean remembers(String name, String password) {
    return users.remembers(name, password);
  }

  /** Whether this is the password of the user. Takes some tenths of a second of computing. */
  public boolean verify(String name, String password) {
    return users.verify(name, password);
  }

  public boolean isAdmin(String name) {
    return users.isAdmin(name);
  }

  public boolean mayRead(String name, String database) {
    return users.may(name, DatabasePrivilege.READ, database);
  }

  public boolean mayWrite(String name, String database) {
    return users.may(name, DatabasePrivilege.WRITE, database);
  }
}
