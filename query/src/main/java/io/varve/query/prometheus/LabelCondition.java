package io.varve.query.prometheus;

import io.varve.query.promql.ast.LabelMatcher;

/**
 * What a label of the wanted series has to be; the metric's name is the label {@code __name__}.
 *
 * @param value for the two regular operators an RE2 pattern for the whole label value
 */
public record LabelCondition(Operator operator, String name, String value) {
  /** How the value is compared, in the order in which Prometheus numbers it. */
  public enum Operator {
    EQUAL,
    NOT_EQUAL,
    REGEX,
    NOT_REGEX
  }

  LabelMatcher matcher() {
    LabelMatcher.Type type =
        switch (operator) {
          case EQUAL -> LabelMatcher.Type.EQUAL;
          case NOT_EQUAL -> LabelMatcher.Type.NOT_EQUAL;
          case REGEX -> LabelMatcher.Type.REGEX;
          case NOT_REGEX -> LabelMatcher.Type.NOT_REGEX;
        };
    return new LabelMatcher(type, name, value);
  }
}
