package io.varve.query.prometheus;

import com.google.re2j.Pattern;
import io.varve.query.promql.LabelPredicate;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.storage.model.TagPredicate;
import java.util.ArrayList;
import java.util.List;

/** Label matchers as predicates over the tags of a series. */
final class LabelPredicates {
  /** The label that says which database a series is in. */
  static final String DATABASE = "db";

  private LabelPredicates() {}

  /** The predicate that all matchers but those on the metric's name amount to in a database. */
  static TagPredicate of(List<LabelMatcher> matchers, String databaseLabel) {
    List<TagPredicate> all = new ArrayList<>();
    for (LabelMatcher matcher : matchers) {
      if (!matcher.matchesMetricName()) {
        all.add(
            matcher.name().equals(DATABASE) && !databaseLabel.isEmpty()
                ? ofDatabase(matcher, databaseLabel)
                : of(matcher));
      }
    }
    return switch (all.size()) {
      case 0 -> new TagPredicate.All();
      case 1 -> all.get(0);
      default -> new TagPredicate.And(all);
    };
  }

  /** A tag of the name goes before the label. */
  private static TagPredicate ofDatabase(LabelMatcher matcher, String label) {
    TagPredicate untagged = new TagPredicate.Equals(DATABASE, "");
    return LabelPredicate.of(matcher).matches(label)
        ? new TagPredicate.Or(List.of(of(matcher), untagged))
        : new TagPredicate.And(List.of(of(matcher), new TagPredicate.Not(untagged)));
  }

  private static TagPredicate of(LabelMatcher matcher) {
    String name = matcher.name();
    return switch (matcher.type()) {
      case EQUAL -> new TagPredicate.Equals(name, matcher.value());
      case NOT_EQUAL -> new TagPredicate.Not(new TagPredicate.Equals(name, matcher.value()));
      case REGEX -> new TagPredicate.Matches(name, whole(matcher.value()));
      case NOT_REGEX ->
          new TagPredicate.Not(new TagPredicate.Matches(name, whole(matcher.value())));
    };
  }

  /** The pattern that has to match all of a value, line ends included. */
  private static Pattern whole(String pattern) {
    return LabelPredicate.compile("^(?:" + pattern + ")$");
  }
}
