package io.varve.server.http;

import io.varve.storage.model.TagPredicate;
import java.util.ArrayList;
import java.util.List;

/**
 * Which series a delete is about, in the language of InfluxDB 2: comparisons of {@code
 * _measurement} and tags by {@code =} and {@code !=}, joined by {@code AND}, with parentheses.
 *
 * <p>Keys are bare words or in double quotes, values bare words or in double or single quotes; in
 * quotes a backslash keeps what follows. Whatever else there is in that language ({@code OR},
 * {@code _field}, {@code _time}, regular expressions) is refused, never ignored: a delete must not
 * take more than was meant. For one text; at most {@link #MAX_CHARS} long.
 */
final class DeletePredicate {
  private static final int MAX_CHARS = 8 * 1024;
  private static final String MEASUREMENT = "_measurement";

  /** A comparison. */
  private record Term(String key, boolean negated, String value) {
    boolean holds(String actual) {
      return actual.equals(value) != negated;
    }

    TagPredicate onTag() {
      TagPredicate equal = new TagPredicate.Equals(key, value);
      return negated ? new TagPredicate.Not(equal) : equal;
    }
  }

  private final String text;
  private final List<Term> terms = new ArrayList<>();
  private int position;

  private DeletePredicate(String text) {
    this.text = text;
  }

  /**
   * Parses a predicate; blank text selects every series.
   *
   * @throws IllegalArgumentException that says what is wrong and where
   */
  static DeletePredicate parse(String text) {
    if (text.length() > MAX_CHARS) {
      throw new IllegalArgumentException(
          "predicate of " + text.length() + " characters is longer than " + MAX_CHARS);
    }
    DeletePredicate predicate = new DeletePredicate(text);
    predicate.skipSpaces();
    if (predicate.position < text.length()) {
      predicate.conjunction();
    }
    return predicate;
  }

  /** Whether series of the measurement may be meant. */
  boolean selectsMeasurement(String measurement) {
    return terms.stream()
        .filter(term -> term.key().equals(MEASUREMENT))
        .allMatch(term -> term.holds(measurement));
  }

  /** The condition on tags. */
  TagPredicate tags() {
    return new TagPredicate.And(
        terms.stream().filter(term -> !term.key().equals(MEASUREMENT)).map(Term::onTag).toList());
  }

  /** Parses all of the text; parentheses change nothing where all is joined by AND. */
  private void conjunction() {
    int open = 0;
    while (true) {
      for (; take('('); open++) {
        skipSpaces();
      }
      term();
      for (skipSpaces(); open > 0 && take(')'); open--) {
        skipSpaces();
      }
      skipSpaces();
      if (position == text.length()) {
        if (open > 0) {
          throw error("a closing parenthesis is missing");
        }
        return;
      }
      int at = position;
      String joint = text.charAt(at) == ')' ? ")" : bareWord("AND");
      if (joint.equalsIgnoreCase("or")) {
        throw error("OR is not supported", at);
      }
      if (!joint.equalsIgnoreCase("and")) {
        throw error("expected AND, found \"" + joint + "\"", at);
      }
      skipSpaces();
    }
  }

  private boolean take(char wanted) {
    skipSpaces();
    boolean found = position < text.length() && text.charAt(position) == wanted;
    position += found ? 1 : 0;
    return found;
  }

  private void term() {
    skipSpaces();
    int at = position;
    String key = peek() == '"' ? quoted() : bareWord("a tag key or _measurement");
    if (key.isEmpty()) {
      throw error("a tag key must not be empty", at);
    }
    if (key.equals("_field") || key.equals("_time") || key.equals("_value")) {
      throw error("conditions on " + key + " are not supported", at);
    }
    if (key.equalsIgnoreCase("and") || key.equalsIgnoreCase("or")) {
      throw error("expected a tag key or _measurement, found \"" + key + "\"", at);
    }
    skipSpaces();
    boolean negated = peek() == '!';
    position += negated ? 1 : 0;
    if (peek() != '=') {
      throw error("expected = or !=");
    }
    position++;
    if (peek() == '~' || peek() == '=') {
      throw error("only = and != are supported");
    }
    skipSpaces();
    String value = peek() == '"' || peek() == '\'' ? quoted() : bareWord("a value");
    terms.add(new Term(key, negated, value));
  }

  private String quoted() {
    int start = position;
    char quote = text.charAt(position++);
    StringBuilder value = new StringBuilder();
    while (peek() != quote) {
      if (peek() == '\\') {
        position++;
      }
      if (position >= text.length()) {
        throw error("a quote is not closed", start);
      }
      value.append(text.charAt(position++));
    }
    position++;
    return value.toString();
  }

  private String bareWord(String expected) {
    int start = position;
    while (position < text.length() && isWord(text.charAt(position))) {
      position++;
    }
    if (position == start) {
      throw error("expected " + expected);
    }
    return text.substring(start, position);
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == ':';
  }

  /** The next character; 0 at the end. */
  private char peek() {
    return position < text.length() ? text.charAt(position) : 0;
  }

  private void skipSpaces() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private IllegalArgumentException error(String what) {
    return error(what, position);
  }

  private static IllegalArgumentException error(String what, int at) {
    return new IllegalArgumentException("invalid predicate: " + what + " at character " + (at + 1));
  }
}
