package io.varve.query.promql;

import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.TimeSpan;
import org.jspecify.annotations.Nullable;

/** What may stand behind an operand: {@code [...]}, {@code offset}, {@code @} and extensions. */
final class ModifierParser {
  private final TokenStream in;
  private final LiteralParser literals;
  private final DurationParser durations;
  private final ParserOptions options;

  ModifierParser(TokenStream in, LiteralParser literals, ParserOptions options) {
    this.in = in;
    this.options = options;
    this.literals = literals;
    this.durations = new DurationParser(in, literals);
  }

  /** The operand with all modifiers that follow. */
  Expr modified(Expr operand) {
    Expr expr = operand;
    while (true) {
      switch (in.peek().kind()) {
        case LEFT_BRACKET -> expr = range(expr, in.next());
        case OFFSET -> {
          in.next();
          expr = withOffset(expr, durations.offset());
        }
        case AT -> {
          in.next();
          expr = at(expr);
        }
        case ANCHORED -> {
          in.next();
          expr = extended(expr, RangeExtension.ANCHORED);
        }
        case SMOOTHED -> {
          in.next();
          expr = extended(expr, RangeExtension.SMOOTHED);
        }
        default -> {
          return expr;
        }
      }
    }
  }

  private Expr range(Expr expr, Token bracket) {
    TimeSpan range = durations.positive();
    if (in.accept(TokenKind.COLON) != null) {
      TimeSpan step = TimeSpan.ZERO;
      if (!in.peekIs(TokenKind.RIGHT_BRACKET)) {
        step = durations.positive();
      }
      if (!in.peekIs(TokenKind.RIGHT_BRACKET)) {
        throw in.unexpected("subquery selector", "\"]\"");
      }
      PositionRange position = expr.position().to(in.next().position());
      return in.grown(
          new Expr.SubqueryExpr(expr, range, step, TimeSpan.ZERO, null, position), expr);
    }
    if (!in.peekIs(TokenKind.RIGHT_BRACKET)) {
      throw in.unexpected("subquery or range", "\":\" or \"]\"");
    }
    PositionRange end = in.next().position();
    if (!(expr instanceof Expr.VectorSelector selector)) {
      throw in.error(bracket.position().to(end), "ranges only allowed for vector selectors");
    }
    if (!selector.offset().isAbsent()) {
      throw in.error(bracket.position().to(end), "no offset modifiers allowed before range");
    }
    if (selector.at() != null) {
      throw in.error(bracket.position().to(end), "no @ modifiers allowed before range");
    }
    return in.grown(
        new Expr.MatrixSelector(selector, range, selector.position().to(end)), selector);
  }

  private Expr withOffset(Expr expr, TimeSpan offset) {
    if (!isSelector(expr)) {
      throw notSelector(expr, "offset");
    }
    if (!offsetOf(expr).isAbsent()) {
      throw in.error(expr.position(), "offset may not be set multiple times");
    }
    return with(expr, offset, atOf(expr));
  }

  private Expr at(Expr expr) {
    AtModifier at = timestampOrPreprocessor(expr);
    if (!isSelector(expr)) {
      throw notSelector(expr, "@");
    }
    if (atOf(expr) != null) {
      throw in.error(expr.position(), "@ <timestamp> may not be set multiple times");
    }
    return with(expr, offsetOf(expr), at);
  }

  private AtModifier timestampOrPreprocessor(Expr expr) {
    Token token = in.peek();
    if (token.is(TokenKind.START) || token.is(TokenKind.END)) {
      in.next();
      for (TokenKind kind : new TokenKind[] {TokenKind.LEFT_PAREN, TokenKind.RIGHT_PAREN}) {
        if (in.accept(kind) == null) {
          throw in.unexpected("@", "timestamp");
        }
      }
      return token.is(TokenKind.START)
          ? AtModifier.Preprocessor.START
          : AtModifier.Preprocessor.END;
    }
    Token sign = token.kind().isUnary() ? in.next() : null;
    if (!LiteralParser.startsNumber(in.peek())) {
      throw in.unexpected("@", "timestamp");
    }
    double value = literals.number().value();
    double seconds = sign != null && sign.is(TokenKind.SUB) ? -value : value;
    // Milliseconds must fit into 64 bits too, with room for offsets.
    if (!(Math.abs(seconds) < 0x1p63 / 2_000)) {
      throw in.error(
          expr.position(),
          "timestamp out of bounds for @ modifier: " + Numbers.formatFixed(seconds));
    }
    return new AtModifier.Timestamp(Math.round(seconds * 1_000));
  }

  private Expr extended(Expr expr, RangeExtension extension) {
    String modifier = extension.text() + " modifier ";
    if (!options.experimentalFunctions()) {
      throw in.error(expr.position(), modifier + "is experimental and not enabled");
    }
    if (expr instanceof Expr.SubqueryExpr) {
      throw in.error(expr.position(), modifier + "is not supported for subqueries");
    }
    Expr.VectorSelector selector =
        expr instanceof Expr.MatrixSelector matrix
            ? matrix.vectorSelector()
            : expr instanceof Expr.VectorSelector vector ? vector : null;
    if (selector == null) {
      throw in.error(expr.position(), modifier + "not implemented");
    }
    if (selector.extension() != RangeExtension.NONE && selector.extension() != extension) {
      throw in.error(expr.position(), "anchored and smoothed modifiers cannot be used together");
    }
    Expr.VectorSelector changed =
        selector.with(extension, selector.offset(), selector.at(), selector.position());
    return expr instanceof Expr.MatrixSelector matrix
        ? new Expr.MatrixSelector(changed, matrix.range(), matrix.position())
        : changed;
  }

  private static boolean isSelector(Expr expr) {
    return expr instanceof Expr.VectorSelector
        || expr instanceof Expr.MatrixSelector
        || expr instanceof Expr.SubqueryExpr;
  }

  private ParseException notSelector(Expr expr, String modifier) {
    return in.error(
        expr.position(),
        modifier
            + " modifier must be preceded by an instant vector selector or range vector selector"
            + " or a subquery");
  }

  private static TimeSpan offsetOf(Expr expr) {
    if (expr instanceof Expr.VectorSelector selector) {
      return selector.offset();
    }
    return expr instanceof Expr.MatrixSelector matrix
        ? matrix.vectorSelector().offset()
        : ((Expr.SubqueryExpr) expr).offset();
  }

  private static @Nullable AtModifier atOf(Expr expr) {
    if (expr instanceof Expr.VectorSelector selector) {
      return selector.at();
    }
    return expr instanceof Expr.MatrixSelector matrix
        ? matrix.vectorSelector().at()
        : ((Expr.SubqueryExpr) expr).at();
  }

  /** The selector with these modifiers, which end where the stream is. */
  private Expr with(Expr expr, TimeSpan offset, @Nullable AtModifier at) {
    PositionRange position = new PositionRange(expr.position().start(), in.lastEnd());
    if (expr instanceof Expr.VectorSelector selector) {
      return selector.with(selector.extension(), offset, at, position);
    }
    if (expr instanceof Expr.MatrixSelector matrix) {
      Expr.VectorSelector selector = matrix.vectorSelector();
      return new Expr.MatrixSelector(
          selector.with(selector.extension(), offset, at, selector.position()),
          matrix.range(),
          position);
    }
    Expr.SubqueryExpr subquery = (Expr.SubqueryExpr) expr;
    return in.grown(
        new Expr.SubqueryExpr(
            subquery.expr(), subquery.range(), subquery.step(), offset, at, position),
        subquery.expr());
  }
}
