package io.varve.bench.tsbs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A measurement of TSBS's devops case: what moves, and how that is shown as fields.
 *
 * @param walks what moves; as many as there are fields unless the view computes them
 * @param integers of each field, whether its values are whole
 */
record Measurement(
    String name,
    List<String> fields,
    List<Boolean> integers,
    List<Walk> walks,
    View view,
    OwnTags ownTags) {

  /** Fields out of walks. */
  interface View {
    void show(double[] walks, double[] values);
  }

  /** Tags besides the host's, as names and values in turn. */
  interface OwnTags {
    List<String> of(SplittableRandom random);
  }

  static final View AS_IS = (walks, values) -> System.arraycopy(walks, 0, values, 0, walks.length);
  static final OwnTags NO_TAGS = random -> List.of();

  /** Collects the fields of a measurement. */
  static final class Builder {
    private final String name;
    private final OwnTags ownTags;
    private final List<String> fields = new ArrayList<>();
    private final List<Walk> walks = new ArrayList<>();

    Builder(String name, OwnTags ownTags) {
      this.name = name;
      this.ownTags = ownTags;
    }

    Builder(String name) {
      this(name, NO_TAGS);
    }

    /** Adds fields, separated by blanks, that all walk the same way. */
    Builder fields(Walk walk, String names) {
      for (String field : names.split(" ", -1)) {
        fields.add(field);
        walks.add(walk);
      }
      return this;
    }

    Measurement build() {
      return new Measurement(
          name, fields, Collections.nCopies(fields.size(), true), walks, AS_IS, ownTags);
    }
  }
}
