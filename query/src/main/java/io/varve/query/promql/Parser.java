package io.varve.query.promql;

import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.PositionRange;
import java.util.List;

/**
 * PromQL as of Prometheus 3.14, by recursive descent. Memory is linear in the text, time too but
 * for the depth; nesting is limited so that trees can be walked by recursion on a stack of 512 KiB.
 * Messages of errors are those of Prometheus, as are their places; only the first one is given.
 */
public final class Parser {
  /** Levels that an expression may have: parentheses, calls and chains of operators. */
  public static final int MAX_DEPTH = 256;

  private Parser() {}

  /** An expression, by {@link ParserOptions#DEFAULT}. */
  public static Expr parse(String text) {
    return parse(text, ParserOptions.DEFAULT);
  }

  /**
   * An expression whose types fit.
   *
   * @throws ParseException if the text is none
   */
  public static Expr parse(String text, ParserOptions options) {
    TokenStream in = open(text, options);
    if (in.peekIs(TokenKind.EOF)) {
      throw in.error(new PositionRange(0, 0), "no expression found in input");
    }
    ExpressionParser parser = new ExpressionParser(in, options);
    Expr expr = parser.expression();
    in.expect(TokenKind.EOF);
    new TypeChecker(text, parser.writtenMatching()).check(expr);
    return expr;
  }

  /**
   * A vector selector without modifiers, such as the API takes as {@code match[]}. That one matcher
   * does not match the empty string, which most uses need, is not checked: see {@link
   * LabelPredicate}.
   *
   * @throws ParseException if the text is none
   */
  public static List<LabelMatcher> parseMetricSelector(String text) {
    TokenStream in = open(text, ParserOptions.DEFAULT);
    if (!in.peekIs(TokenKind.LEFT_BRACE) && !in.peek().kind().canNameMetric()) {
      throw in.unexpected();
    }
    Expr.VectorSelector selector = new SelectorParser(in).selector();
    in.expect(TokenKind.EOF);
    return selector.matchers();
  }

  private static TokenStream open(String text, ParserOptions options) {
    TokenStream in = new TokenStream(text);
    if (text.length() > options.maxLength()) {
      throw in.error(
          new PositionRange(0, text.length()),
          "expression has "
              + text.length()
              + " characters, more than the limit of "
              + options.maxLength());
    }
    return in;
  }
}
