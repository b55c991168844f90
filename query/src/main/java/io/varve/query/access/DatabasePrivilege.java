package io.varve.query.access;

import io.varve.query.influxql.ast.AccessStatement.Privilege;

/** What a user may do with one database: a set of two bits. */
public enum DatabasePrivilege {
  NONE(0, "NO PRIVILEGES"),
  READ(1, "READ"),
  WRITE(2, "WRITE"),
  ALL(3, "ALL PRIVILEGES");

  private final int bits;
  private final String text;

  DatabasePrivilege(int bits, String text) {
    this.bits = bits;
    this.text = text;
  }

  /** As SHOW GRANTS and messages say it. */
  public String text() {
    return text;
  }

  public static DatabasePrivilege of(Privilege granted) {
    return switch (granted) {
      case READ -> READ;
      case WRITE -> WRITE;
      case ALL -> ALL;
    };
  }

  int bits() {
    return bits;
  }

  static DatabasePrivilege ofBits(int bits) {
    return switch (bits & 3) {
      case 0 -> NONE;
      case 1 -> READ;
      case 2 -> WRITE;
      default -> ALL;
    };
  }

  boolean includes(DatabasePrivilege wanted) {
    return (bits & wanted.bits) == wanted.bits;
  }

  DatabasePrivilege without(DatabasePrivilege revoked) {
    return ofBits(bits & ~revoked.bits);
  }
}
