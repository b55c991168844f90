package io.varve.query.promql.function;

import io.varve.storage.model.SeriesKey;

/** The order in which people expect texts with numbers in them. */
public final class TextOrder {
  private TextOrder() {}

  /**
   * Natural order: runs of digits by their number, everything between by its bytes; texts that are
   * equal so far, by their length. {@code a2 < a10}. 0 does not mean equal: {@code a01}, {@code
   * a1}.
   */
  public static int compareNatural(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int endA = endOfRun(a, i);
      int endB = endOfRun(b, j);
      int order =
          isDigit(a.charAt(i)) && isDigit(b.charAt(j))
              ? compareNumbers(a, i, endA, b, j, endB)
              : SeriesKey.compareUtf8(a.substring(i, endA), b.substring(j, endB));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return Boolean.compare(i < a.length(), j < b.length());
  }

  /** End of the run of digits, or of anything else, that starts at a place. */
  private static int endOfRun(String text, int start) {
    boolean digits = isDigit(text.charAt(start));
    int end = start + 1;
    while (end < text.length() && isDigit(text.charAt(end)) == digits) {
      end++;
    }
    return end;
  }

  private static int compareNumbers(String a, int from, int endA, String b, int fromB, int endB) {
    int i = skipZeros(a, from, endA);
    int j = skipZeros(b, fromB, endB);
    if (endA - i != endB - j) {
      return endA - i - (endB - j);
    }
    return a.substring(i, endA).compareTo(b.substring(j, endB));
  }

  private static int skipZeros(String text, int from, int end) {
    int at = from;
    while (at < end && text.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
