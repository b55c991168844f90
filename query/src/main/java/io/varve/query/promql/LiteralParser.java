package io.varve.query.promql;

import io.varve.query.promql.ast.Expr;

/** Numbers, durations and strings. */
final class LiteralParser {
  private final TokenStream in;

  LiteralParser(TokenStream in) {
    this.in = in;
  }

  static boolean startsNumber(Token token) {
    return token.is(TokenKind.NUMBER) || token.is(TokenKind.DURATION);
  }

  /** A number or a duration, which the next token must be. */
  Expr.NumberLiteral number() {
    Token token = in.next();
    boolean duration = token.is(TokenKind.DURATION);
    try {
      double value =
          duration ? Durations.parseMillis(token.text()) / 1_000.0 : Numbers.parse(token.text());
      return new Expr.NumberLiteral(value, duration, token.position());
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw in.error(token.position(), duration ? message : "error parsing number: " + message);
    }
  }

  Expr.StringLiteral string() {
    Token token = in.next();
    return new Expr.StringLiteral(Quoting.unquote(token.text()), token.position());
  }
}
