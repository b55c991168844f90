package io.varve.query.promql.ast;

/**
 * A place in a query text.
 *
 * @param start offset of the first character, in UTF-16 units
 * @param end offset behind the last character
 */
public record PositionRange(int start, int end) {

  /** From the start of this to the end of {@code last}. */
  public PositionRange to(PositionRange last) {
    return new PositionRange(start, last.end);
  }
}
