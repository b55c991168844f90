package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.Expr.AggregateExpr;
import io.varve.query.promql.ast.Expr.BinaryExpr;
import io.varve.query.promql.ast.Expr.Call;
import io.varve.query.promql.ast.Expr.MatrixSelector;
import io.varve.query.promql.ast.Expr.ParenExpr;
import io.varve.query.promql.ast.Expr.UnaryExpr;
import io.varve.query.promql.ast.Expr.VectorSelector;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.ast.RangeExtension;
import io.varve.query.promql.function.RangeFunctions;
import io.varve.query.promql.function.StepValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The selectors of a query that differ in the name of the metric only, and of which the same is
 * wanted: as metrics of one measurement are columns of the same rows, all of a group can be read by
 * one scan. What the first one of a group reads for the others waits here until they ask for it.
 * For one thread.
 */
final class JointSelectors {
  /** Two names of this kind are never names of the same field. */
  private static final Pattern PLAIN = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

  /**
   * What the selectors of a group have in common.
   *
   * @param function that is applied to ranges; empty for instant vectors
   */
  private record Key(
      String function,
      long rangeMillis,
      long offsetMillis,
      @Nullable AtModifier at,
      List<LabelMatcher> matchers) {}

  /** Selectors that are read together, by the names of their metrics. */
  static final class Group {
    private final List<LabelMatcher> matchers;
    private final Map<String, VectorSelector> members = new HashMap<>();
    private final Map<String, SeriesTable> waiting = new HashMap<>();
    private @Nullable Steps looks;

    Group(List<LabelMatcher> matchers) {
      this.matchers = matchers;
    }

    /** The matchers but for that of the name. */
    List<LabelMatcher> matchers() {
      return matchers;
    }

    List<String> names() {
      return List.copyOf(members.keySet());
    }

    /** Whether what is to be read at some times is to be read for all. */
    boolean isFirst() {
      return looks == null;
    }

    /** Says that series that were read at some times come next. */
    void begin(Steps newLooks, SampleBudget budget) {
      looks = newLooks;
      members.keySet().forEach(name -> waiting.put(name, new SeriesTable(budget)));
    }

    void add(Labels labels, StepValues values) {
      SeriesTable series = waiting.get(labels.get(Labels.NAME));
      if (series == null) {
        throw new IllegalStateException("not asked for: " + labels);
      }
      series.accept(labels, values);
    }

    /** The series of a selector at some times, once; to be closed. Null if they are not there. */
    @Nullable SeriesTable take(VectorSelector selector, Steps times) {
      String name = nameOf(selector);
      return name != null && times.equals(looks) ? waiting.remove(name) : null;
    }
  }

  private final IdentityHashMap<VectorSelector, Group> groups = new IdentityHashMap<>();

  /** Looks for groups in an expression. */
  void find(Expr expr) {
    Map<Key, Group> found = new HashMap<>();
    visit(expr, found);
    for (Group group : found.values()) {
      if (group.members.size() > 1) {
        group.members.values().forEach(selector -> groups.put(selector, group));
      }
    }
  }

  /** The group of a selector, if it has one. */
  @Nullable Group groupOf(VectorSelector selector) {
    return groups.get(selector);
  }

  /** Forgets a group that is not to be read together. */
  void remove(Group group) {
    group.members.values().forEach(groups::remove);
  }

  private static void visit(Expr expr, Map<Key, Group> found) {
    if (expr instanceof VectorSelector selector) {
      add("", 0, selector, found);
    } else if (expr instanceof ParenExpr paren) {
      visit(paren.expr(), found);
    } else if (expr instanceof UnaryExpr unary) {
      visit(unary.expr(), found);
    } else if (expr instanceof BinaryExpr binary) {
      visit(binary.lhs(), found);
      visit(binary.rhs(), found);
    } else if (expr instanceof AggregateExpr aggregation) {
      visit(aggregation.expr(), found);
    } else if (expr instanceof Call call) {
      visit(call, found);
    }
  }

  /** Subqueries have times of their own, and some functions want something else of a selector. */
  private static void visit(Call call, Map<Key, Group> found) {
    if (call.function() == PromFunction.TIMESTAMP || call.function() == PromFunction.INFO) {
      return;
    }
    if (call.args().size() == 1
        && Evaluator.withoutParens(call.args().get(0)) instanceof MatrixSelector matrix
        && RangeFunctions.names().contains(call.function().text())) {
      add(call.function().text(), matrix.range().millis(), matrix.vectorSelector(), found);
      return;
    }
    call.args().forEach(argument -> visit(argument, found));
  }

  private static void add(
      String function, long rangeMillis, VectorSelector selector, Map<Key, Group> found) {
    String name = nameOf(selector);
    if (name == null || selector.extension() != RangeExtension.NONE) {
      return;
    }
    List<LabelMatcher> others = new ArrayList<>(selector.matchers());
    others.removeIf(LabelMatcher::matchesMetricName);
    Key key = new Key(function, rangeMillis, selector.offset().millis(), selector.at(), others);
    found.computeIfAbsent(key, k -> new Group(others)).members.putIfAbsent(name, selector);
  }

  /** The plain name that a selector is about; null if it may be about several. */
  private static @Nullable String nameOf(VectorSelector selector) {
    String name = null;
    for (LabelMatcher matcher : selector.matchers()) {
      if (matcher.matchesMetricName()) {
        boolean usable =
            name == null
                && matcher.type() == LabelMatcher.Type.EQUAL
                && PLAIN.matcher(matcher.value()).matches();
        if (!usable) {
          return null;
        }
        name = matcher.value();
      }
    }
    return name;
  }
}
