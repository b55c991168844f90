package io.varve.query.promql;

import io.varve.query.promql.ast.DurationExpr;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.PositionRange;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens with up to two of lookahead, and what all parts of the parser share: errors in
 * Prometheus' words and the limit of depth.
 */
final class TokenStream {
  private final String text;
  private final Lexer lexer;
  private @Nullable Token ahead;
  private @Nullable Token second;
  private int lastEnd;
  private int nesting;

  /** How many levels a node has below and with itself; leaves, having one, are not kept. */
  private final IdentityHashMap<Object, Integer> heights = new IdentityHashMap<>();

  /** The aggregations being read, which Prometheus names as the place of any error in them. */
  private int aggregations;

  TokenStream(String text) {
    this.text = text;
    this.lexer = new Lexer(text);
  }

  Token peek() {
    if (ahead == null) {
      ahead = lexer.next();
    }
    return ahead;
  }

  /** The token behind the next one. */
  Token peekSecond() {
    peek();
    if (second == null) {
      second = lexer.next();
    }
    return second;
  }

  boolean peekIs(TokenKind kind) {
    return peek().is(kind);
  }

  Token next() {
    Token token = peek();
    ahead = second;
    second = null;
    lastEnd = token.end();
    return token;
  }

  /** Where the token ends that was taken last. */
  int lastEnd() {
    return lastEnd;
  }

  /** Takes the next token if it is of that kind. */
  @Nullable Token accept(TokenKind kind) {
    return peekIs(kind) ? next() : null;
  }

  /** Takes the next token, which must be of that kind. */
  Token expect(TokenKind kind) {
    if (!peekIs(kind)) {
      throw unexpected();
    }
    return next();
  }

  ParseException error(PositionRange position, String message) {
    return new ParseException(text, position, message);
  }

  /** The next token fits nowhere. */
  ParseException unexpected() {
    return unexpected(aggregations > 0 ? "aggregation" : "", "");
  }

  ParseException unexpected(String context, String expected) {
    Token token = peek();
    return error(
        token.position(),
        "unexpected "
            + token.describe()
            + (context.isEmpty() ? "" : " in " + context)
            + (expected.isEmpty() ? "" : ", expected " + expected));
  }

  void enterAggregation() {
    aggregations++;
  }

  void leaveAggregation() {
    aggregations--;
  }

  /** Before the parser calls itself; {@link #leave} comes after. */
  void enter() {
    nesting++;
    if (nesting > Parser.MAX_DEPTH) {
      throw tooDeep(peek().position());
    }
  }

  void leave() {
    nesting--;
  }

  /** The node, once it is known that its tree is not too deep. */
  <E extends Expr> E grown(E node, Expr... children) {
    grow(node, node.position(), children);
    return node;
  }

  <D extends DurationExpr> D grownDuration(D node, DurationExpr... children) {
    grow(node, node.position(), children);
    return node;
  }

  private void grow(Object node, PositionRange position, Object[] children) {
    int height = 1;
    for (Object child : children) {
      height = Math.max(height, 1 + heights.getOrDefault(child, 1));
    }
    if (height > Parser.MAX_DEPTH) {
      throw tooDeep(position);
    }
    heights.put(node, height);
  }

  private ParseException tooDeep(PositionRange position) {
    return error(position, "expression is more than " + Parser.MAX_DEPTH + " levels deep");
  }
}
