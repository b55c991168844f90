package io.varve.query.promql.eval;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.promql.LabelPredicate;
import io.varve.query.promql.Labels;
import io.varve.query.promql.PromException;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.AggregateExpr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.StringLiteral;
import io.varve.query.promql.function.GroupTemplate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code label_replace} and {@code label_join}. */
final class LabelFunctions {
  private final Evaluator evaluator;

  LabelFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  void replace(Call call, Steps steps, SeriesSink sink) {
    String target = text(call, 1);
    String replacement = text(call, 2);
    String source = text(call, 3);
    String regex = text(call, 4);
    checkLabelName(target, "label_replace");
    Replacement values = new Replacement(compile(regex), new GroupTemplate(replacement));
    set(
        call.args().get(0),
        target,
        steps,
        sink,
        labels -> {
          String value = values.of(labels.get(source));
          return value == null ? labels : labels.with(target, value);
        });
  }

  /** What stands for values; neighbours often have the same. */
  private static final class Replacement {
    private final Pattern pattern;
    private final GroupTemplate template;
    private @Nullable String last;
    private @Nullable String lastResult;

    Replacement(Pattern pattern, GroupTemplate template) {
      this.pattern = pattern;
      this.template = template;
    }

    /** Null if the value does not match. */
    @Nullable String of(String value) {
      if (!value.equals(last)) {
        Matcher matcher = pattern.matcher(value);
        lastResult = matcher.matches() ? template.expand(new MatchedGroups(matcher)) : null;
        last = value;
      }
      return lastResult;
    }
  }

  void join(Call call, Steps steps, SeriesSink sink) {
    String target = text(call, 1);
    String separator = text(call, 2);
    List<String> sources =
        call.args().subList(3, call.args().size()).stream().map(LabelFunctions::text).toList();
    checkLabelName(target, "label_join");
    set(
        call.args().get(0),
        target,
        steps,
        sink,
        labels ->
            labels.with(
                target, String.join(separator, sources.stream().map(labels::get).toList())));
  }

  /** Sets a label of all series, which can make some of them the same if they have it already. */
  private void set(
      Expr argument, String target, Steps steps, SeriesSink sink, UnaryOperator<Labels> change) {
    Evaluator.SeriesFeed feed =
        into ->
            evaluator.vector(
                argument, steps, (labels, values) -> into.accept(change.apply(labels), values));
    boolean isNew =
        Evaluator.withoutParens(argument) instanceof AggregateExpr aggregation
            && aggregation.operator().givesGroups()
            && !aggregation.without()
            && !aggregation.grouping().contains(target);
    if (isNew) {
      feed.into(sink);
    } else {
      SeriesMerger.merge(evaluator.budget(), sink, feed);
    }
  }

  private static Pattern compile(String regex) {
    try {
      return LabelPredicate.compile(regex);
    } catch (QueryException e) {
      throw execution("invalid regular expression in label_replace(): " + regex);
    }
  }

  /** The groups of a regular expression's match. */
  private record MatchedGroups(Matcher matcher) implements GroupTemplate.Groups {
    @Override
    public @Nullable String byNumber(int number) {
      return number > matcher.groupCount() ? null : matcher.group(number);
    }

    @Override
    public @Nullable String byName(String name) {
      return matcher.pattern().namedGroups().containsKey(name) ? matcher.group(name) : null;
    }
  }

  /**
   * Any text will do that is not empty and is UTF-8; the parser reads other bytes as surrogates.
   */
  private static void checkLabelName(String name, String function) {
    if (name.isEmpty() || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw execution("invalid destination label name in " + function + "(): " + name);
    }
  }

  private static String text(Call call, int argument) {
    return text(call.args().get(argument));
  }

  private static String text(Expr argument) {
    return ((StringLiteral) Evaluator.withoutParens(argument)).value();
  }

  private static PromException execution(String message) {
    return new PromException(PromException.Kind.EXECUTION, message);
  }
}
