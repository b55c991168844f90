package io.varve.query.influxql;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Expression;

/** Regular expressions in RE2 syntax. */
final class Regexes {
  /** Characters that a pattern may have; compiling takes time that grows with their square. */
  static final int MAX_LENGTH = 32_768;

  /** Levels of groups that a pattern may have; compiling recurses. */
  static final int MAX_DEPTH = 200;

  private Regexes() {}

  /**
   * The expression, known to compile.
   *
   * @throws QueryException if it does not, in RE2's words
   */
  static Expression.Regex check(String pattern) {
    if (pattern.length() > MAX_LENGTH) {
      throw new QueryException(
          "regular expression of " + pattern.length() + " characters is longer than " + MAX_LENGTH);
    }
    if (depth(pattern) > MAX_DEPTH) {
      throw new QueryException("error parsing regexp: expression nests too deeply");
    }
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new QueryException(String.valueOf(e.getMessage()));
    }
    return new Expression.Regex(pattern);
  }

  /** How deep groups are nested; only of use for patterns that compile. */
  private static int depth(String pattern) {
    int depth = 0;
    int deepest = 0;
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '\\') {
        at = skipEscape(pattern, at);
      } else if (c == '[') {
        at = skipClass(pattern, at);
      } else {
        if (c == '(') {
          depth++;
          deepest = Math.max(deepest, depth);
        } else if (c == ')') {
          depth--;
        }
        at++;
      }
    }
    return deepest;
  }

  private static int skipEscape(String pattern, int backslash) {
    if (!pattern.startsWith("\\Q", backslash)) {
      return backslash + 2;
    }
    int end = pattern.indexOf("\\E", backslash);
    return end < 0 ? pattern.length() : end + 2;
  }

  private static int skipClass(String pattern, int bracket) {
    int at = bracket + 1;
    if (pattern.startsWith("^", at)) {
      at++;
    }
    if (pattern.startsWith("]", at)) {
      at++;
    }
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      int posixEnd = pattern.startsWith("[:", at) ? pattern.indexOf(":]", at + 2) : -1;
      if (posixEnd >= 0) {
        at = posixEnd + 2;
      } else {
        at += pattern.charAt(at) == '\\' ? 2 : 1;
      }
    }
    return at + 1;
  }
}
