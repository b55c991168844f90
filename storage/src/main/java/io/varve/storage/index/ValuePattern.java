package io.varve.storage.index;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression over tag values that knows the common easy forms: alternatives of literals,
 * each possibly bound to the value's start or end ({@code ^(a|b)$}, {@code ^web-.*}, {@code disk}),
 * {@code .*} and {@code .+}.
 *
 * <p>Easy forms compare bytes; all others, and all values with a line feed (which {@code .} does
 * not match), go to RE2/J, whose time is linear in the value. For one thread.
 */
final class ValuePattern {
  /** One alternative. */
  private record Literal(byte[] bytes, boolean fromStart, boolean toEnd) {
    boolean matches(byte[] value) {
      if (value.length < bytes.length) {
        return false;
      }
      if (fromStart) {
        return (!toEnd || value.length == bytes.length) && matchesAt(value, 0);
      }
      if (toEnd) {
        return matchesAt(value, value.length - bytes.length);
      }
      for (int at = 0; at <= value.length - bytes.length; at++) {
        if (matchesAt(value, at)) {
          return true;
        }
      }
      return false;
    }

    private boolean matchesAt(byte[] value, int at) {
      return Arrays.equals(value, at, at + bytes.length, bytes, 0, bytes.length);
    }
  }

  private static final String SPECIAL = "\\.+*?()|[]{}^$";
  private static final byte[] NOTHING = {};

  private final Pattern pattern;

  /** Null if the pattern is none of the easy forms. */
  private final @Nullable List<Literal> literals;

  private final boolean anyNonEmpty;

  private ValuePattern(Pattern pattern, @Nullable List<Literal> literals, boolean anyNonEmpty) {
    this.pattern = pattern;
    this.literals = literals;
    this.anyNonEmpty = anyNonEmpty;
  }

  static ValuePattern of(Pattern pattern) {
    if ((pattern.flags() & ~Pattern.DOTALL) != 0) {
      return new ValuePattern(pattern, null, false);
    }
    List<Literal> literals = new ArrayList<>();
    String text = pattern.pattern();
    if (isAnyNonEmpty(text)) {
      return new ValuePattern(pattern, literals, true);
    }
    boolean easy = parse(text, false, false, literals);
    return new ValuePattern(pattern, easy ? literals : null, false);
  }

  /** Whether the pattern is found in a value, given as UTF-8. */
  boolean matches(byte[] value) {
    List<Literal> easy = literals;
    if (easy == null || contains(value, (byte) '\n')) {
      return pattern.matcher(value).find();
    }
    if (anyNonEmpty) {
      return value.length > 0;
    }
    for (int i = 0; i < easy.size(); i++) {
      if (easy.get(i).matches(value)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a series without the tag matches. */
  boolean matchesEmpty() {
    return matches(NOTHING);
  }

  /** Whether the answer is yes for all values, whatever they are. */
  boolean matchesEverything() {
    return pattern.pattern().equals(".*") || pattern.pattern().isEmpty();
  }

  /** The only values that can match, if the pattern is a list of whole values; else null. */
  @Nullable List<byte[]> wholeValues() {
    if (literals == null || anyNonEmpty) {
      return null;
    }
    List<byte[]> values = new ArrayList<>();
    for (Literal literal : literals) {
      if (!literal.fromStart || !literal.toEnd) {
        return null;
      }
      values.add(literal.bytes);
    }
    return values;
  }

  /** The pattern as it was written. */
  String text() {
    return pattern.pattern();
  }

  /** The flags that {@link #text} was compiled with. */
  int flags() {
    return pattern.flags();
  }

  /** Whether this is decided by comparing bytes. */
  boolean isEasy() {
    return literals != null;
  }

  private static boolean isAnyNonEmpty(String text) {
    return text.equals(".+")
        || text.equals("^.+$")
        || text.equals("^(?:.+)$")
        || text.equals("^(.+)$");
  }

  /** Adds the alternatives of {@code text}; false if one of them is not easy. */
  private static boolean parse(
      String text, boolean fromStart, boolean toEnd, List<Literal> literals) {
    List<String> alternatives = splitTopLevel(text);
    if (alternatives == null) {
      return false;
    }
    for (String alternative : alternatives) {
      if (!parseOne(alternative, fromStart, toEnd, literals)) {
        return false;
      }
    }
    return true;
  }

  private static boolean parseOne(
      String text, boolean fromStart, boolean toEnd, List<Literal> literals) {
    int start = 0;
    int end = text.length();
    boolean atStart = fromStart;
    boolean atEnd = toEnd;
    if (text.startsWith("^")) {
      atStart = true;
      start = 1;
    }
    if (end > start && text.charAt(end - 1) == '$' && !isEscaped(text, start, end - 1)) {
      atEnd = true;
      end--;
    }
    String body = text.substring(start, end);
    String inner = groupContent(body);
    if (inner != null) {
      return parse(inner, atStart, atEnd, literals);
    }
    if (body.startsWith(".*")) {
      atStart = false;
      body = body.substring(2);
    }
    if (body.endsWith(".*") && !isEscaped(body, 0, body.length() - 2)) {
      atEnd = false;
      body = body.substring(0, body.length() - 2);
    }
    String literal = unescape(body);
    if (literal == null) {
      return false;
    }
    literals.add(new Literal(literal.getBytes(StandardCharsets.UTF_8), atStart, atEnd));
    return true;
  }

  /** The parts between bars outside of all groups; null if there are brackets or loose parens. */
  private static @Nullable List<String> splitTopLevel(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        return null;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == '|' && depth == 0) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }

  /** What is in the group that the whole text is; null if it is not one group. */
  private static @Nullable String groupContent(String text) {
    if (!text.startsWith("(") || !text.endsWith(")")) {
      return null;
    }
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')' && --depth == 0) {
        boolean whole = i == text.length() - 1;
        return whole ? text.substring(text.startsWith("(?:") ? 3 : 1, i) : null;
      }
    }
    return null;
  }

  private static @Nullable String unescape(String text) {
    StringBuilder literal = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        if (i == text.length() || Character.isLetterOrDigit(text.charAt(i))) {
          return null;
        }
        c = text.charAt(i);
      } else if (SPECIAL.indexOf(c) >= 0) {
        return null;
      }
      literal.append(c);
    }
    return literal.toString();
  }

  private static boolean isEscaped(String text, int from, int at) {
    int slashes = 0;
    while (at - slashes > from && text.charAt(at - slashes - 1) == '\\') {
      slashes++;
    }
    return slashes % 2 == 1;
  }

  private static boolean contains(byte[] value, byte wanted) {
    for (byte b : value) {
      if (b == wanted) {
        return true;
      }
    }
    return false;
  }
}
