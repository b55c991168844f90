package io.varve.query.promql;

import io.varve.query.QueryException;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.TimeSpan;
import java.util.ArrayList;
import java.util.List;

/** Vector selectors without modifiers, and lists of label names. */
final class SelectorParser {
  private static final String MATCHING = "label matching";
  private static final String GROUPING = "grouping opts";

  private final TokenStream in;

  SelectorParser(TokenStream in) {
    this.in = in;
  }

  /** {@code name}, {@code name{...}} or {@code {...}}; the next token is its first. */
  Expr.VectorSelector selector() {
    return in.peekIs(TokenKind.LEFT_BRACE) ? selector("", in.peek()) : selector(in.next());
  }

  /** What follows the name of a metric. */
  Expr.VectorSelector selector(Token name) {
    return selector(name.text(), name);
  }

  private Expr.VectorSelector selector(String name, Token first) {
    PositionRange position = first.position();
    List<LabelMatcher> matchers = new ArrayList<>();
    if (in.accept(TokenKind.LEFT_BRACE) != null) {
      position = position.to(matchers(matchers).position());
    }
    if (!name.isEmpty()) {
      matchers.add(new LabelMatcher(LabelMatcher.Type.EQUAL, LabelMatcher.METRIC_NAME, name));
    }
    return new Expr.VectorSelector(
        name, matchers, RangeExtension.NONE, TimeSpan.ZERO, null, position);
  }

  /** Gives the closing brace. */
  private Token matchers(List<LabelMatcher> matchers) {
    while (!in.peekIs(TokenKind.RIGHT_BRACE)) {
      matchers.add(matcher());
      if (!in.peekIs(TokenKind.COMMA)) {
        if (!in.peekIs(TokenKind.RIGHT_BRACE)) {
          throw in.unexpected(MATCHING, "\",\" or \"}\"");
        }
        break;
      }
      in.next();
    }
    return in.next();
  }

  private LabelMatcher matcher() {
    Token label = in.peek();
    String name;
    if (label.is(TokenKind.IDENTIFIER)) {
      name = in.next().text();
    } else if (label.is(TokenKind.STRING)) {
      name = Quoting.unquote(in.next().text());
    } else {
      throw in.unexpected(MATCHING, "identifier or \"}\"");
    }
    LabelMatcher.Type type;
    switch (in.peek().kind()) {
      case EQL -> type = LabelMatcher.Type.EQUAL;
      case NEQ -> type = LabelMatcher.Type.NOT_EQUAL;
      case EQL_REGEX -> type = LabelMatcher.Type.REGEX;
      case NEQ_REGEX -> type = LabelMatcher.Type.NOT_REGEX;
      default -> {
        if (label.is(TokenKind.STRING)) {
          return new LabelMatcher(LabelMatcher.Type.EQUAL, LabelMatcher.METRIC_NAME, name);
        }
        throw in.unexpected(MATCHING, "label matching operator");
      }
    }
    in.next();
    if (!in.peekIs(TokenKind.STRING)) {
      throw in.unexpected(MATCHING, "string");
    }
    Token value = in.next();
    LabelMatcher matcher = new LabelMatcher(type, name, Quoting.unquote(value.text()));
    try {
      LabelPredicate.of(matcher);
    } catch (QueryException e) {
      throw in.error(label.position().to(value.position()), String.valueOf(e.getMessage()));
    }
    return matcher;
  }

  /** {@code (a, "b c",)}, perhaps empty. */
  List<String> labels() {
    if (!in.peekIs(TokenKind.LEFT_PAREN)) {
      throw in.unexpected(GROUPING, "\"(\"");
    }
    in.next();
    List<String> labels = new ArrayList<>();
    while (!in.peekIs(TokenKind.RIGHT_PAREN)) {
      labels.add(label());
      if (!in.peekIs(TokenKind.COMMA)) {
        if (!in.peekIs(TokenKind.RIGHT_PAREN)) {
          throw in.unexpected(GROUPING, "\",\" or \")\"");
        }
        break;
      }
      in.next();
    }
    in.next();
    return labels;
  }

  private String label() {
    Token token = in.peek();
    if (token.is(TokenKind.STRING)) {
      String name = Quoting.unquote(token.text());
      if (name.isEmpty() || !Quoting.isText(name)) {
        throw in.error(token.position(), "invalid label name for grouping: " + Quoting.quote(name));
      }
      in.next();
      return name;
    }
    if (!token.kind().canNameLabel()) {
      throw in.unexpected(GROUPING, "label");
    }
    return in.next().text();
  }
}
