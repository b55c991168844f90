package io.varve.storage.model;

import com.google.re2j.Pattern;
import java.util.List;

/**
 * A condition on the tags of a series. Immutable.
 *
 * <p>A tag that a series does not have counts as present with an empty value: {@code Equals("host",
 * "")} selects the series without {@code host}.
 */
public sealed interface TagPredicate {
  /** Every series. */
  record All() implements TagPredicate {}

  /** No series. */
  record None() implements TagPredicate {}

  /** The tag has exactly this value. */
  record Equals(String key, String value) implements TagPredicate {}

  /** The pattern is found somewhere in the tag's value; anchors are up to the pattern. */
  record Matches(String key, Pattern pattern) implements TagPredicate {}

  /** The inner predicate does not hold. */
  record Not(TagPredicate operand) implements TagPredicate {}

  /** All operands hold; true if there are none. */
  record And(List<TagPredicate> operands) implements TagPredicate {
    public And {
      operands = List.copyOf(operands);
    }
  }

  /** At least one operand holds; false if there are none. */
  record Or(List<TagPredicate> operands) implements TagPredicate {
    public Or {
      operands = List.copyOf(operands);
    }
  }
}
