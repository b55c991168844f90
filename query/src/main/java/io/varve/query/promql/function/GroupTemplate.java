package io.varve.query.promql.function;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replacement text of label_replace, read once: {@code $1}, {@code ${1}}, {@code $name}, {@code
 * ${name}} and {@code $$} as Go's Regexp.Expand has them. A name is as long as letters, digits and
 * underscores go; a dollar without a name stays itself; groups that do not exist or took no part in
 * the match are empty.
 */
public final class GroupTemplate {
  /** The groups of a match. */
  public interface Groups {
    /** The text of a group by its number, 0 the whole match; null if there is none. */
    @Nullable String byNumber(int number);

    /** The text of a group by its name; null if there is none. */
    @Nullable String byName(String name);
  }

  private static final int MAX_NUMBER_DIGITS = 9;

  /** Text that stands for itself, if the name is null, or the group of that name. */
  private record Part(String text, @Nullable String name) {}

  private final List<Part> parts = new ArrayList<>();

  public GroupTemplate(String template) {
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at++);
      if (c != '$') {
        literal.append(c);
        continue;
      }
      if (template.startsWith("$", at)) {
        literal.append('$');
        at++;
        continue;
      }
      boolean brace = template.startsWith("{", at);
      int start = brace ? at + 1 : at;
      int end = endOfName(template, start);
      if (end == start || (brace && !template.startsWith("}", end))) {
        literal.append('$');
        continue;
      }
      parts.add(new Part(literal.toString(), null));
      literal.setLength(0);
      parts.add(new Part("", template.substring(start, end)));
      at = brace ? end + 1 : end;
    }
    parts.add(new Part(literal.toString(), null));
  }

  private static int endOfName(String template, int start) {
    int end = start;
    while (end < template.length()) {
      int c = template.codePointAt(end);
      if (!Character.isLetter(c) && !Character.isDigit(c) && c != '_') {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  public String expand(Groups groups) {
    if (parts.size() == 1) {
      return parts.get(0).text;
    }
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      out.append(part.text);
      if (part.name != null) {
        int number = number(part.name);
        String text = number >= 0 ? groups.byNumber(number) : groups.byName(part.name);
        out.append(text == null ? "" : text);
      }
    }
    return out.toString();
  }

  /** The number that a name is, or -1; numbers have no leading zeros. */
  private static int number(String name) {
    if (name.length() > MAX_NUMBER_DIGITS || (name.length() > 1 && name.charAt(0) == '0')) {
      return -1;
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return -1;
      }
    }
    return Integer.parseInt(name);
  }
}
