package io.varve.query.prometheus;

import io.varve.query.promql.LabelPredicate;
import io.varve.query.promql.ast.LabelMatcher;
import java.util.ArrayList;
import java.util.List;

/** Finds the metrics that matchers on the name select. */
final class Metrics {
  private Metrics() {}

  /** The metrics of a database whose names meet all matchers that are about the name. */
  static List<MetricField> matching(MetricNames names, List<LabelMatcher> matchers) {
    List<LabelPredicate> onName =
        matchers.stream().filter(LabelMatcher::matchesMetricName).map(LabelPredicate::of).toList();
    for (LabelPredicate predicate : onName) {
      LabelMatcher matcher = predicate.matcher();
      if (matcher.type() == LabelMatcher.Type.EQUAL) {
        return meetsAll(onName, matcher.value()) ? names.find(matcher.value()) : List.of();
      }
    }
    List<MetricField> found = new ArrayList<>();
    names
        .listed()
        .forEach(
            (name, metrics) -> {
              if (meetsAll(onName, name)) {
                found.addAll(metrics);
              }
            });
    return found;
  }

  private static boolean meetsAll(List<LabelPredicate> predicates, String name) {
    for (LabelPredicate predicate : predicates) {
      if (!predicate.matches(name)) {
        return false;
      }
    }
    return true;
  }
}
