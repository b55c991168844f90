package io.varve.query.regex;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.varve.query.QueryException;

/**
 * Compiles patterns that come from clients.
 *
 * <p>Matching takes time linear in the value. Compiling is bounded too: by the length of the
 * pattern, since it takes time that grows with its square; by its groups inside each other, since
 * it recurses; and by its size once the counted repetitions, which RE2/J limits one by one only,
 * are written out.
 */
public final class Patterns {
  /** Characters that a pattern may have. */
  public static final int MAX_LENGTH = 32_768;

  /** Groups inside each other. */
  public static final int MAX_DEPTH = 200;

  /** Characters that a pattern may have once its repetitions are written out. */
  public static final int MAX_SIZE = 100_000;

  private Patterns() {}

  /**
   * A compiled pattern.
   *
   * @param flags those of {@link Pattern#compile(String, int)}
   * @throws QueryException if it does not compile, in RE2's words
   */
  public static Pattern compile(String regex, int flags) {
    if (regex.length() > MAX_LENGTH) {
      throw new QueryException(
          "error parsing regexp: expression of "
              + regex.length()
              + " characters is longer than "
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
      return Pattern.compile(regex, flags);
    } catch (PatternSyntaxException e) {
      // RE2/J shows the flag as if it were part of the pattern.
      throw new QueryException(String.valueOf(e.getMessage()).replace("`(?s)", "`"));
    }
  }
}
