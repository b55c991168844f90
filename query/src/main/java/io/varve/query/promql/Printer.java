package io.varve.query.promql;

import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.DurationExpr;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.ast.TimeSpan;
import io.varve.query.promql.ast.VectorMatching;
import io.varve.query.promql.ast.VectorMatching.Cardinality;
import io.varve.query.promql.function.GoNumber;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text of an expression on one line, as Prometheus writes it: it parses to the same expression,
 * but for the places. Comments are gone and matchers are sorted.
 */
public final class Printer {
  private Printer() {}

  public static String print(Expr expr) {
    if (expr instanceof Expr.NumberLiteral number) {
      return number.duration() ? seconds(number.value()) : Numbers.format(number.value());
    }
    if (expr instanceof Expr.StringLiteral string) {
      return Quoting.quote(string.value());
    }
    if (expr instanceof Expr.VectorSelector selector) {
      return selector(selector) + extension(selector) + modifiers(selector.at(), selector.offset());
    }
    if (expr instanceof Expr.MatrixSelector matrix) {
      Expr.VectorSelector selector = matrix.vectorSelector();
      return selector(selector)
          + "["
          + span(matrix.range())
          + "]"
          + extension(selector)
          + modifiers(selector.at(), selector.offset());
    }
    if (expr instanceof Expr.SubqueryExpr subquery) {
      return print(subquery.expr()) + subquerySuffix(subquery);
    }
    if (expr instanceof Expr.UnaryExpr unary) {
      return sign(unary) + print(unary.expr());
    }
    if (expr instanceof Expr.BinaryExpr binary) {
      return lhs(binary) + " " + operator(binary) + " " + print(binary.rhs());
    }
    if (expr instanceof Expr.AggregateExpr aggregate) {
      Expr param = aggregate.param();
      return aggregator(aggregate)
          + "("
          + (param == null ? "" : print(param) + ", ")
          + print(aggregate.expr())
          + ")";
    }
    if (expr instanceof Expr.Call call) {
      return call.args().stream()
          .map(Printer::print)
          .collect(Collectors.joining(", ", call.function().text() + "(", ")"));
    }
    if (expr instanceof Expr.ParenExpr paren) {
      return "(" + print(paren.expr()) + ")";
    }
    throw new IllegalStateException("an expression of kind " + expr.getClass());
  }

  /** A sign in front of the left operand of ^ would take in the right one too. */
  private static String lhs(Expr.BinaryExpr binary) {
    String text = print(binary.lhs());
    return binary.operator() == BinaryOperator.POW && text.equals("+Inf") ? "Inf" : text;
  }

  static String sign(Expr.UnaryExpr unary) {
    return unary.negated() ? "-" : "+";
  }

  private static String selector(Expr.VectorSelector selector) {
    List<String> matchers =
        selector.matchers().stream()
            .filter(matcher -> !isName(matcher, selector.name()))
            .map(matcher -> labelName(matcher.name()) + operatorAndValue(matcher))
            .sorted()
            .toList();
    // The second argument of info may be empty.
    return matchers.isEmpty() && !selector.name().isEmpty()
        ? selector.name()
        : selector.name() + "{" + String.join(",", matchers) + "}";
  }

  private static boolean isName(LabelMatcher matcher, String name) {
    return !name.isEmpty()
        && matcher.matchesMetricName()
        && matcher.type() == LabelMatcher.Type.EQUAL
        && matcher.value().equals(name);
  }

  private static String operatorAndValue(LabelMatcher matcher) {
    return matcher.type().text() + Quoting.quote(matcher.value());
  }

  private static String labels(List<String> names) {
    return names.stream().map(Printer::labelName).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String labelName(String name) {
    boolean plain =
        !name.isEmpty()
            && !Lexer.isDigit(name.charAt(0))
            && name.codePoints().allMatch(Lexer::isAlphaNumeric);
    return plain ? name : Quoting.quote(name);
  }

  private static String extension(Expr.VectorSelector selector) {
    return selector.extension() == RangeExtension.NONE ? "" : " " + selector.extension().text();
  }

  private static String modifiers(@Nullable AtModifier at, TimeSpan offset) {
    return (at == null ? "" : " @ " + at(at))
        + (offset.isAbsent() ? "" : " offset " + span(offset));
  }

  private static String at(AtModifier at) {
    return at instanceof AtModifier.Timestamp timestamp
        ? BigDecimal.valueOf(timestamp.millis(), 3).toPlainString()
        : ((AtModifier.Preprocessor) at).name().toLowerCase(Locale.ROOT) + "()";
  }

  /** Everything of a subquery but its expression. */
  static String subquerySuffix(Expr.SubqueryExpr subquery) {
    return "["
        + span(subquery.range())
        + ":"
        + (subquery.step().isAbsent() ? "" : span(subquery.step()))
        + "]"
        + modifiers(subquery.at(), subquery.offset());
  }

  /** The operator with its modifiers. */
  static String operator(Expr.BinaryExpr binary) {
    StringBuilder out = new StringBuilder(binary.operator().text());
    if (binary.returnBool()) {
      out.append(" bool");
    }
    VectorMatching matching = binary.matching();
    if (matching == null) {
      return out.toString();
    }
    boolean grouped =
        matching.card() == Cardinality.MANY_TO_ONE || matching.card() == Cardinality.ONE_TO_MANY;
    if (grouped || matching.on() || !matching.matchingLabels().isEmpty()) {
      out.append(matching.on() ? " on " : " ignoring ").append(labels(matching.matchingLabels()));
    }
    if (grouped) {
      out.append(matching.card() == Cardinality.MANY_TO_ONE ? " group_left " : " group_right ")
          .append(labels(matching.include()));
    }
    return out.append(fill(matching.fillLeft(), matching.fillRight())).toString();
  }

  private static String fill(@Nullable Double left, @Nullable Double right) {
    if (left != null && left.equals(right)) {
      return " fill (" + GoNumber.general(left) + ")";
    }
    return (left == null ? "" : " fill_left (" + GoNumber.general(left) + ")")
        + (right == null ? "" : " fill_right (" + GoNumber.general(right) + ")");
  }

  /** The name of the aggregation with its grouping, up to the parenthesis. */
  static String aggregator(Expr.AggregateExpr aggregate) {
    String name = aggregate.operator().text();
    if (aggregate.without()) {
      return name + " without " + labels(aggregate.grouping()) + " ";
    }
    return aggregate.grouping().isEmpty()
        ? name
        : name + " by " + labels(aggregate.grouping()) + " ";
  }

  private static String span(TimeSpan span) {
    DurationExpr expr = span.expr();
    return expr == null ? Durations.format(span.millis()) : duration(expr);
  }

  private static String seconds(double seconds) {
    return Durations.format(Math.round(seconds * 1_000));
  }

  private static String duration(DurationExpr expr) {
    if (expr instanceof DurationExpr.Literal literal) {
      return literal.duration() ? seconds(literal.seconds()) : Numbers.format(literal.seconds());
    }
    if (expr instanceof DurationExpr.QueryLength length) {
      return length.kind().name().toLowerCase(Locale.ROOT) + "()";
    }
    if (expr instanceof DurationExpr.Unary unary) {
      return (unary.negated() ? "-" : "+") + duration(unary.inner());
    }
    if (expr instanceof DurationExpr.Binary binary) {
      return duration(binary.lhs()) + " " + binary.operator().text() + " " + duration(binary.rhs());
    }
    if (expr instanceof DurationExpr.Extreme extreme) {
      return (extreme.max() ? "max_of(" : "min_of(")
          + duration(extreme.lhs())
          + ", "
          + duration(extreme.rhs())
          + ")";
    }
    if (expr instanceof DurationExpr.Paren paren) {
      return "(" + duration(paren.inner()) + ")";
    }
    throw new IllegalStateException("a duration of kind " + expr.getClass());
  }
}
