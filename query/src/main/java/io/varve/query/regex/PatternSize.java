package io.varve.query.regex;

/**
 * An upper bound of what compiling a pattern costs, found without compiling it.
 *
 * <p>The text is read once. The escapes, classes and {@code \Q...\E} of RE2 are stepped over; what
 * is no pattern gives any figure, since it does not compile anyway.
 *
 * @param depth groups inside each other
 * @param characters length with all counted repetitions written out, capped far above any limit
 */
record PatternSize(int depth, long characters) {
  private static final long CAP = 1L << 40;

  static PatternSize of(String pattern) {
    return new Scan(pattern).run();
  }

  /** One reading. A group costs an entry on the stack of sizes. */
  private static final class Scan {
    private final String pattern;
    private int at;
    private int depth;
    private int deepest;
    private final long[] outer;

    /** Size of the group so far, without {@code atom}, and of what a repetition would repeat. */
    private long size;

    private long atom;

    Scan(String pattern) {
      this.pattern = pattern;
      this.outer = new long[pattern.length() + 1];
    }

    PatternSize run() {
      while (at < pattern.length()) {
        char c = pattern.charAt(at);
        switch (c) {
          case '\\' -> begin(escapeEnd());
          case '[' -> begin(classEnd());
          case '(' -> {
            finishAtom();
            outer[depth++] = size;
            deepest = Math.max(deepest, depth);
            size = 0;
            at++;
          }
          case ')' -> {
            finishAtom();
            atom = size + 2;
            size = depth > 0 ? outer[--depth] : 0;
            at++;
          }
          case '{' -> repetition();
          default -> begin(at + 1);
        }
      }
      finishAtom();
      for (int i = 0; i < depth; i++) {
        size = Math.min(CAP, size + outer[i]);
      }
      return new PatternSize(deepest, size);
    }

    private void begin(int end) {
      finishAtom();
      // A literal between \Q and \E counts as one atom: a repetition takes its last character only.
      atom = (long) end - at;
      at = Math.min(end, pattern.length());
    }

    private void finishAtom() {
      size = Math.min(CAP, size + atom);
      atom = 0;
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}} behind an atom, or a literal brace. */
    private void repetition() {
      int end = pattern.indexOf('}', at);
      long count = 0;
      long largest = 0;
      for (int i = at + 1; i < end; i++) {
        char c = pattern.charAt(i);
        if (c >= '0' && c <= '9') {
          count = Math.min(CAP, count * 10 + (c - '0'));
          largest = Math.max(largest, count);
        } else if (c == ',') {
          count = 0;
        } else {
          end = -1;
        }
      }
      if (end < 0) {
        begin(at + 1);
      } else {
        // RE2 allows 1,000 at most and says so itself.
        atom = Math.min(CAP, atom * Math.max(1, Math.min(largest, 1_001)));
        at = end + 1;
      }
    }

    private int escapeEnd() {
      if (!pattern.startsWith("\\Q", at)) {
        return at + 2;
      }
      int end = pattern.indexOf("\\E", at);
      return end < 0 ? pattern.length() : end + 2;
    }

    private int classEnd() {
      int i = at + 1;
      if (pattern.startsWith("^", i)) {
        i++;
      }
      if (pattern.startsWith("]", i)) {
        i++;
      }
      while (i < pattern.length() && pattern.charAt(i) != ']') {
        int posixEnd = pattern.startsWith("[:", i) ? pattern.indexOf(":]", i + 2) : -1;
        if (posixEnd >= 0) {
          i = posixEnd + 2;
        } else {
          i += pattern.charAt(i) == '\\' ? 2 : 1;
        }
      }
      return i + 1;
    }
  }
}
