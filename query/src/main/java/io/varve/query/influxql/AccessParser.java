package io.varve.query.influxql;

import io.varve.query.influxql.ast.AccessStatement;
import io.varve.query.influxql.ast.AccessStatement.Privilege;
import io.varve.query.influxql.ast.Statement;

/** Statements about users, from behind their leading keywords on. */
final class AccessParser {
  private final TokenStream in;

  AccessParser(TokenStream in) {
    this.in = in;
  }

  Statement createUser() {
    String name = in.expectIdent();
    in.expect(TokenKind.WITH, TokenKind.PASSWORD);
    String password = in.expectString();
    boolean admin = in.accept(TokenKind.WITH);
    if (admin) {
      in.expect(TokenKind.ALL, TokenKind.PRIVILEGES);
    }
    return new AccessStatement.CreateUser(name, password, admin);
  }

  Statement dropUser() {
    return new AccessStatement.DropUser(in.expectIdent());
  }

  Statement setPassword() {
    String user = in.expectIdent();
    in.expect(TokenKind.EQ);
    return new AccessStatement.SetPassword(user, in.expectString());
  }

  Statement grant() {
    Privilege privilege = privilege();
    if (acceptOn(privilege, TokenKind.TO)) {
      String database = in.expectIdent();
      in.expect(TokenKind.TO);
      return new AccessStatement.Grant(privilege, database, in.expectIdent());
    }
    return new AccessStatement.GrantAdmin(in.expectIdent());
  }

  Statement revoke() {
    Privilege privilege = privilege();
    if (acceptOn(privilege, TokenKind.FROM)) {
      String database = in.expectIdent();
      in.expect(TokenKind.FROM);
      return new AccessStatement.Revoke(privilege, database, in.expectIdent());
    }
    return new AccessStatement.RevokeAdmin(in.expectIdent());
  }

  /** Reads ON (true), or the other word, which makes it a matter of admin rights (false). */
  private boolean acceptOn(Privilege privilege, TokenKind other) {
    Token token = in.next();
    if (token.is(TokenKind.ON)) {
      return true;
    }
    if (privilege != Privilege.ALL) {
      throw in.unexpected(token, "ON");
    }
    if (!token.is(other)) {
      throw in.unexpected(token, "ON", other.text());
    }
    return false;
  }

  private Privilege privilege() {
    Token token = in.next();
    return switch (token.kind()) {
      case READ -> Privilege.READ;
      case WRITE -> Privilege.WRITE;
      case ALL -> {
        in.accept(TokenKind.PRIVILEGES);
        yield Privilege.ALL;
      }
      default -> throw in.unexpected(token, "READ", "WRITE", "ALL [PRIVILEGES]");
    };
  }
}
