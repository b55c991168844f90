package io.varve.query.promql.ast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the elements of two vectors find each other.
 *
 * @param matchingLabels the labels of {@code on} or {@code ignoring}; empty for neither
 * @param on whether only {@code matchingLabels} count, rather than all others
 * @param include the labels that {@code group_left} or {@code group_right} take from the one side
 * @param fillLeft the value of a left element that is missing; null if nothing stands in for it
 * @param fillRight the same for the right side
 */
public record VectorMatching(
    Cardinality card,
    List<String> matchingLabels,
    boolean on,
    List<String> include,
    @Nullable Double fillLeft,
    @Nullable Double fillRight) {

  /** How many elements of the left may meet how many of the right. */
  public enum Cardinality {
    ONE_TO_ONE("one-to-one"),
    /** {@code group_left}. */
    MANY_TO_ONE("many-to-one"),
    /** {@code group_right}. */
    ONE_TO_MANY("one-to-many"),
    /** Set operators. */
    MANY_TO_MANY("many-to-many");

    private final String text;

    Cardinality(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public VectorMatching {
    matchingLabels = List.copyOf(matchingLabels);
    include = List.copyOf(include);
  }

  /** The same with another cardinality. */
  public VectorMatching with(Cardinality newCard) {
    return new VectorMatching(newCard, matchingLabels, on, include, fillLeft, fillRight);
  }

  /** Whether something stands in for missing elements. */
  public boolean fills() {
    return fillLeft != null || fillRight != null;
  }
}
