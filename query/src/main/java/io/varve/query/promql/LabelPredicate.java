package io.varve.query.promql;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.regex.Patterns;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LabelMatcher}, ready to be asked. An absent label is the empty text. Safe for use by
 * several threads.
 */
public final class LabelPredicate {
  private final LabelMatcher matcher;
  private final @Nullable Pattern pattern;

  private LabelPredicate(LabelMatcher matcher, @Nullable Pattern pattern) {
    this.matcher = matcher;
    this.pattern = pattern;
  }

  /**
   * Compiles it.
   *
   * @throws QueryException if the pattern does not compile, in RE2's words
   */
  public static LabelPredicate of(LabelMatcher matcher) {
    boolean plain =
        switch (matcher.type()) {
          case EQUAL, NOT_EQUAL -> true;
          case REGEX, NOT_REGEX -> false;
        };
    return new LabelPredicate(matcher, plain ? null : compile(matcher.value()));
  }

  /**
   * A pattern whose dot matches line ends too, to be used with {@link Pattern#matches}; for
   * functions that take patterns.
   *
   * @throws QueryException if it does not compile, in RE2's words
   */
  public static Pattern compile(String regex) {
    return Patterns.compile(regex, Pattern.DOTALL);
  }

  public LabelMatcher matcher() {
    return matcher;
  }

  public boolean matches(String value) {
    return switch (matcher.type()) {
      case EQUAL -> value.equals(matcher.value());
      case NOT_EQUAL -> !value.equals(matcher.value());
      case REGEX -> matchesPattern(value);
      case NOT_REGEX -> !matchesPattern(value);
    };
  }

  private boolean matchesPattern(String value) {
    if (pattern == null) {
      throw new IllegalStateException("no pattern for " + matcher);
    }
    return pattern.matches(value);
  }
}
