package io.varve.query.promql;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.varve.query.QueryException;
import io.varve.query.promql.ast.LabelMatcher;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LabelMatcher}, ready to be asked. An absent label is the empty text.
 *
 * <p>Patterns are RE2, so matching takes time linear in the value. Compiling is bounded too: by the
 * length of the pattern, by its groups inside each other, and by its size once the counted
 * repetitions, which RE2/J limits one by one only, are written out.
 *
 * <p>Safe for use by several threads.
 */
public final class LabelPredicate {
  /** Characters that a pattern may have. */
  public static final int MAX_LENGTH = 32_768;

  /** Levels of groups that a pattern may have; compiling recurses. */
  public static final int MAX_DEPTH = 200;

  /** Characters that a pattern may have once its repetitions are written out. */
  public static final int MAX_SIZE = 100_000;

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
    if (regex.length() > MAX_LENGTH) {
      throw new QueryException(
          "error parsing regexp: "
              + regex.length()
              + " characters are more than the limit of "
              + MAX_LENGTH);
    }
    PatternSize size = PatternSize.of(regex);
    if (size.depth() > MAX_DEPTH) {
      throw new QueryException("error parsing regexp: expression nests too deeply");
    }
    if (size.characters() > MAX_SIZE) {
      throw new QueryException("error parsing regexp: expression too large");
    }
    try {
      return Pattern.compile(regex, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      // RE2/J shows the flag as if it were part of the pattern.
      throw new QueryException(String.valueOf(e.getMessage()).replace("`(?s)", "`"));
    }
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
