package io.varve.query;

import org.jspecify.annotations.Nullable;

/** One column of a {@link ResultBlock}; exactly the array that {@link #kind} names is filled. */
public interface ResultColumn {
  /** How values are carried and printed. */
  enum Kind {
    /** {@link #longs}: nanoseconds since the epoch, printed as the request's {@code epoch} asks. */
    TIME,
    /** {@link #longs}. */
    INTEGER,
    /** {@link #longs}, the 64 bits read as unsigned. */
    UNSIGNED,
    /** {@link #longs}: 0 or 1. */
    BOOLEAN,
    /** {@link #doubles}. */
    FLOAT,
    /** {@link #strings}. */
    STRING,
    /** {@link #strings}: texts without newlines, joined by newlines. */
    LIST
  }

  Kind kind();

  /** Whether the row has no value; its array entry is then unspecified. */
  boolean isNull(int row);

  /** False if it is known that {@link #isNull} holds for no row. */
  default boolean mayHaveNulls() {
    return true;
  }

  long[] longs();

  double[] doubles();

  /** UTF-8. */
  byte[][] strings();

  /** The same texts as codes, if that is how a {@link Kind#STRING} column has them. */
  default @Nullable CodedTexts coded() {
    return null;
  }
}
